"""Chatwoot: a conversation in an API inbox, of which the bot is the agent bot.

Such a conversation begins as ``pending``, and the bot hands it over by setting it to ``open``.
Creating contacts and reading need a user's token; everything else needs the bot's own token.
Messages of agents come as signed webhooks. Chatwoot tries each at most three times, within seconds,
so ``events`` reads the messages that were lost.
"""

import hmac
import json
import re
import time
from collections.abc import Callable, Mapping
from typing import Any

import requests

from bot.handoff.case import Case, InboundEvent
from bot.handoff.helpdesks import SECONDS
from bot.outgoing import NotDelivered, call, signature

_OUTGOING = 1  # type of an agent's message in a reading; a webhook calls it "outgoing"
_OLDEST = 300  # seconds: an older webhook may have been recorded and sent again by a stranger


class Refused(Exception):
    """Webhook with a wrong signature or an unknown form; ``status`` is the HTTP status for it."""

    def __init__(self, status: int, problem: str) -> None:
        super().__init__(problem)
        self.status = status


class Chatwoot:
    """Help desk of one API inbox of one Chatwoot account."""

    def __init__(
        self, url: str, account: int, inbox: int, bot_token: str, user_token: str, secret: str
    ) -> None:
        self._base = f"{url.rstrip('/')}/api/v1/accounts/{account}"
        self._inbox = inbox
        self._bot_token = bot_token
        self._user_token = user_token
        self._secret = secret

    def open(self, case: Case, remote: str | None, keep: Callable[[str], None]) -> str:
        """Begin a conversation with the case as a private note, and hand it over to agents."""
        if remote is None:
            remote = self._begin(case)
            keep(remote)
        self._write(remote, case.id, case.as_text(), private=True)
        self._set_status(remote, "open")
        return remote

    def add(self, case: Case, remote: str) -> None:
        """Write the addition as a private note, and open the conversation again."""
        self._write(remote, f"{case.id}-added", case.added_as_text(), private=True)
        self._set_status(remote, "open")

    def say(self, remote: str, identifier: str, text: str) -> None:
        """Write a message in the name of the contact."""
        self._write(remote, identifier, text)

    def close(self, remote: str) -> None:
        """Resolve the conversation without a message: the bot wrote its last one before."""
        self._set_status(remote, "resolved")

    def events(self, remote: str) -> list[InboundEvent]:
        """Return the messages of agents in a conversation, and its end if it is resolved.

        Raises NotDelivered, also for an answer of an unknown form.
        """
        events: list[InboundEvent] = []
        last = 0
        while page := self._page(remote, last):
            try:
                events += [
                    event
                    for message in page
                    if (event := _agent_message(remote, message, _OUTGOING)) is not None
                ]
            except (KeyError, TypeError, AttributeError):
                raise NotDelivered("Chatwoot's messages are of a form that is not known") from None
            last = max(message["id"] for message in page)
        conversation = self._get(f"/conversations/{remote}")
        if conversation.get("status") == "resolved":
            events.append(
                InboundEvent(
                    remote, name=_name((conversation.get("meta") or {}).get("assignee")), ended=True
                )
            )
        return events

    def parse_event(self, headers: Mapping[str, str], body: bytes) -> InboundEvent | None:
        """Return the event of a webhook, None if it is not for the shopper; raises Refused."""
        self._check(headers, body)
        try:
            event = json.loads(body)
        except (ValueError, RecursionError):
            raise Refused(400, "The body must be JSON.") from None
        try:
            return _inbound(event)
        except (KeyError, TypeError, AttributeError):
            raise Refused(400, "This is not an event of Chatwoot's.") from None

    def _check(self, headers: Mapping[str, str], body: bytes) -> None:
        timestamp = headers.get("x-chatwoot-timestamp", "")
        known = re.fullmatch(r"[0-9]{1,12}", timestamp)
        if known is None or abs(time.time() - int(timestamp)) > _OLDEST:
            raise Refused(401, "X-Chatwoot-Timestamp is missing, or more than five minutes away.")
        if not hmac.compare_digest(
            headers.get("x-chatwoot-signature", "").encode(),
            signature(self._secret, timestamp, body).encode(),
        ):
            raise Refused(401, "X-Chatwoot-Signature does not fit the body.")

    def _begin(self, case: Case) -> str:
        """Create a contact and a pending conversation; return the id of the conversation."""
        new_contact = {"inbox_id": self._inbox, "name": f"Shopper {case.reference}"}
        created = _payload(self._post("/contacts", new_contact, self._user_token))
        contact = created.get("contact", created)
        links = [created.get("contact_inbox"), *(contact.get("contact_inboxes") or [])]
        source = next(
            (
                link["source_id"]
                for link in links
                if isinstance(link, dict) and link.get("source_id")
            ),
            None,
        )
        if source is None:
            raise NotDelivered("Chatwoot told no source_id of the contact")
        answer = self._post(
            "/conversations",
            {
                "source_id": source,
                "inbox_id": self._inbox,
                **({"contact_id": contact["id"]} if isinstance(contact.get("id"), int) else {}),
                "status": "pending",
                "custom_attributes": {
                    "handoff": case.id,
                    "reference": case.reference,
                    "reason": str(case.reason),
                },
            },
        )
        identifier = _json(answer).get("id")
        if not isinstance(identifier, int):
            raise NotDelivered("Chatwoot told no id of the conversation")
        return str(identifier)

    def _page(self, remote: str, after: int) -> list[dict[str, Any]]:
        """Return the next messages of a conversation, the oldest first, a hundred at most."""
        page = self._get(f"/conversations/{remote}/messages", after=after).get("payload")
        if not isinstance(page, list) or not all(
            isinstance(one, dict) and isinstance(one.get("id"), int) for one in page
        ):
            raise NotDelivered("Chatwoot's messages are no list of messages")
        if any(message["id"] <= after for message in page):
            raise NotDelivered("Chatwoot told older messages than were asked for")
        return page

    def _get(self, path: str, **query: int) -> dict[str, Any]:
        return _json(
            call(
                "GET",
                f"{self._base}{path}",
                SECONDS,
                params=query,
                headers={"api_access_token": self._user_token},
            )
        )

    def _write(self, remote: str, identifier: str, text: str, private: bool = False) -> None:
        self._post(
            f"/conversations/{remote}/messages",
            {
                "content": text,
                "message_type": "outgoing" if private else "incoming",
                "private": private,
                "content_attributes": {"external_id": identifier},
            },
        )

    def _set_status(self, remote: str, status: str) -> None:
        answer = _payload(self._post(f"/conversations/{remote}/toggle_status", {"status": status}))
        if answer.get("success") is False or answer.get("current_status", status) != status:
            raise NotDelivered(f"Chatwoot did not set a conversation to {status}")

    def _post(
        self, path: str, body: Mapping[str, Any], token: str | None = None
    ) -> requests.Response:
        headers = {"api_access_token": token or self._bot_token}
        return call("POST", f"{self._base}{path}", SECONDS, json=body, headers=headers)


def _json(answer: requests.Response) -> dict[str, Any]:
    try:
        body = answer.json()
    except ValueError:
        raise NotDelivered("Chatwoot's answer is no JSON") from None
    if not isinstance(body, dict):
        raise NotDelivered("Chatwoot's answer is no object")
    return body


def _payload(answer: requests.Response) -> dict[str, Any]:
    """Return the object under ``payload``, or the whole answer if it has none."""
    body = _json(answer)
    return body["payload"] if isinstance(body.get("payload"), dict) else body


def _inbound(event: dict[str, Any]) -> InboundEvent | None:
    """Return the event of a webhook in our terms, None if it is not for the shopper."""
    if event["event"] == "conversation_resolved":
        return InboundEvent(
            remote=str(event["id"]),
            name=_name((event.get("meta") or {}).get("assignee")),
            ended=True,
        )
    if event["event"] != "message_created":
        return None
    return _agent_message(str(event["conversation"]["id"]), event, "outgoing")


def _agent_message(
    remote: str, message: Mapping[str, Any], outgoing: str | int
) -> InboundEvent | None:
    """Return a message as an event, None if it is not an agent's message to the shopper.

    ``outgoing`` is the type of messages to the shopper.
    """
    sender = message.get("sender") or {}
    if message["message_type"] != outgoing or message["private"]:
        return None
    if sender.get("type") != "user":  # an automation rule or a bot, not an agent
        return None
    text = message["content"] or (
        "(a file, which cannot be shown here)" if message.get("attachments") else ""
    )
    return InboundEvent(remote, str(message["id"]), _name(sender), str(text))


def _name(person: Any) -> str:
    return str((person or {}).get("name") or "")
