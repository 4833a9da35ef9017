"""Zendesk Support: a case is a ticket with a private first comment."""

from collections.abc import Callable
from typing import Any

import requests

from bot.handoff.case import Case
from bot.handoff.helpdesks import SECONDS
from bot.handoff.model import Reason
from bot.outgoing import NotDelivered, call


class Zendesk:
    """Help desk of one Zendesk account; ``url`` is ``https://SUBDOMAIN.zendesk.com``."""

    def __init__(self, url: str, email: str, token: str) -> None:
        self._tickets = f"{url.rstrip('/')}/api/v2/tickets"
        self._auth = (f"{email}/token", token)

    def open(self, case: Case, remote: str | None, keep: Callable[[str], None]) -> str:
        """Make a ticket, and return its id.

        Several attempts make one ticket. Zendesk knows a repetition by its idempotency key. If the
        key came before with another text, the ticket is found by its external id.
        """
        ticket: dict[str, Any] = {
            "subject": case.subject,
            "comment": {"body": case.as_text(), "public": False},
            "tags": ["privacy-bot", str(case.reason)],
            "priority": "high" if case.reason in (Reason.COMPLAINT, Reason.ACCESS) else "normal",
            "type": "question",
            "external_id": case.id,
        }
        if case.email:
            ticket["requester"] = {"name": f"Shopper {case.reference}", "email": case.email}
        try:
            answer = self._call(
                "POST", self._tickets, json={"ticket": ticket}, headers={"Idempotency-Key": case.id}
            )
            return str(answer["ticket"]["id"])
        except KeyError:
            raise NotDelivered("Zendesk told no id of the ticket") from None
        except NotDelivered as error:
            # 400: the key came before with another text, so an earlier attempt did arrive.
            existing = self._find(case) if error.status == 400 else None
            if existing is None:
                raise
            self.add(case, existing)  # the contact may be new
            return existing

    def add(self, case: Case, remote: str) -> None:
        """Write the addition as a private comment, and make the shopper the requester.

        A change that an agent made meanwhile is not overwritten: Zendesk answers with a conflict,
        and a later attempt reads the ticket again.
        """
        ticket = self._call("GET", f"{self._tickets}/{remote}").get("ticket") or {}
        changed: dict[str, Any] = {"comment": {"body": case.added_as_text(), "public": False}}
        if ticket.get("updated_at"):
            changed |= {"safe_update": True, "updated_stamp": ticket["updated_at"]}
        if case.email:
            changed["requester"] = {"name": f"Shopper {case.reference}", "email": case.email}
        self._call("PUT", f"{self._tickets}/{remote}", json={"ticket": changed})

    def _find(self, case: Case) -> str | None:
        """Return the id of the ticket of a case, None if there is none."""
        tickets = (
            self._call("GET", self._tickets, params={"external_id": case.id}).get("tickets") or []
        )
        return next(
            (str(ticket["id"]) for ticket in tickets if ticket.get("external_id") == case.id), None
        )

    def _call(self, method: str, url: str, **options: Any) -> dict[str, Any]:
        answer = call(method, url, SECONDS, auth=self._auth, **options)
        try:
            body = answer.json()
        except requests.JSONDecodeError:
            raise NotDelivered("Zendesk's answer is no JSON") from None
        return body if isinstance(body, dict) else {}
