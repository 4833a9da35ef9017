"""Zendesk Support: a ticket, whose first comment is private."""

from collections.abc import Callable
from typing import Any

import requests

from bot.handoff.case import Case
from bot.handoff.desks import SECONDS
from bot.handoff.model import Reason
from bot.outgoing import NotDelivered, call


class Zendesk:
    """The tickets of one account; ``url`` is ``https://SUBDOMAIN.zendesk.com``."""

    def __init__(self, url: str, email: str, token: str) -> None:
        self._tickets = f"{url.rstrip('/')}/api/v2/tickets"
        self._auth = (f"{email}/token", token)

    def open(self, case: Case, remote: str | None, keep: Callable[[str], None]) -> str:
        """Make a ticket; of several attempts one counts, by its key, or else by its external id."""
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
            made = self._call("POST", self._tickets, json={"ticket": ticket}, headers={"Idempotency-Key": case.id})
            return str(made["ticket"]["id"])
        except KeyError:
            raise NotDelivered("Zendesk told no id of the ticket") from None
        except NotDelivered as error:
            # The key came before with another text: an earlier attempt arrived, and its answer did not.
            known = self._find(case) if error.status == 400 else None
            if known is None:
                raise
            self.add(case, known)  # how to reach them may be what is new
            return known

    def add(self, case: Case, remote: str) -> None:
        """Add a private comment, and whom to answer; an agent who changed the ticket meanwhile is not overwritten."""
        ticket = self._call("GET", f"{self._tickets}/{remote}").get("ticket") or {}
        changed: dict[str, Any] = {"comment": {"body": case.added_as_text(), "public": False}}
        if ticket.get("updated_at"):
            changed |= {"safe_update": True, "updated_stamp": ticket["updated_at"]}
        if case.email:
            changed["requester"] = {"name": f"Shopper {case.reference}", "email": case.email}
        self._call("PUT", f"{self._tickets}/{remote}", json={"ticket": changed})

    def _find(self, case: Case) -> str | None:
        found = self._call("GET", self._tickets, params={"external_id": case.id}).get("tickets") or []
        return next((str(ticket["id"]) for ticket in found if ticket.get("external_id") == case.id), None)

    def _call(self, method: str, url: str, **options: Any) -> dict[str, Any]:
        answer = call(method, url, SECONDS, auth=self._auth, **options)
        try:
            told = answer.json()
        except requests.JSONDecodeError:
            raise NotDelivered("Zendesk's answer is no JSON") from None
        return told if isinstance(told, dict) else {}
