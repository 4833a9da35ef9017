"""Chatwoot: a conversation of an API inbox, in which the bot is the inbox's agent bot.

A conversation of such an inbox begins as pending; that the bot opens it is the handoff. Contacts, and reading, need a user's
token, everything else the bot's own. From people come webhooks, signed, three times within seconds at most: what was said
while nobody listened is read.
"""

import hmac
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

import requests

from bot.handoff.case import Case, Heard
from bot.handoff.desks import SECONDS
from bot.outgoing import NotDelivered, call, signature

_OUTGOING = 1  # what an event calls "outgoing" is a number where messages are read
_OLDEST = 300  # seconds: an older webhook may be somebody's recording


class Refused(Exception):
    """A webhook is not Chatwoot's, or not of a form that it sends; ``status`` is the answer it gets."""

    def __init__(self, status: int, problem: str) -> None:
        super().__init__(problem)
        self.status = status


class Chatwoot:
    """One inbox of one account."""

    def __init__(self, url: str, account: int, inbox: int, bot_token: str, user_token: str, secret: str) -> None:
        self._base = f"{url.rstrip('/')}/api/v1/accounts/{account}"
        self._inbox = inbox
        self._bot_token = bot_token
        self._user_token = user_token
        self._secret = secret

    def open(self, case: Case, remote: str | None, keep: Callable[[str], None]) -> str:
        """Begin a conversation there, with the case as a private note, and hand it over."""
        if remote is None:
            remote = self._begin(case)
            keep(remote)
        self._write(remote, case.id, case.as_text(), private=True)
        self._set_status(remote, "open")
        return remote

    def add(self, case: Case, remote: str) -> None:
        """Add a private note, and open the conversation again."""
        self._write(remote, f"{case.id}-added", case.added_as_text(), private=True)
        self._set_status(remote, "open")

    def say(self, remote: str, identifier: str, text: str) -> None:
        """Write as the contact."""
        self._write(remote, identifier, text)

    def close(self, remote: str) -> None:
        """Resolve the conversation; nothing is said, because the handoff was the bot's last word."""
        self._set_status(remote, "resolved")

    def heard(self, remote: str) -> list[Heard]:
        """Read what people have said in a conversation, and its status."""
        heard: list[Heard] = []
        last = 0
        while page := self._page(remote, last):
            try:
                heard += [said for message in page if (said := _said(remote, message, _OUTGOING)) is not None]
            except (KeyError, TypeError, AttributeError):
                raise NotDelivered("Chatwoot's messages are of a form that is not known") from None
            last = max(message["id"] for message in page)
        told = self._get(f"/conversations/{remote}")
        if told.get("status") == "resolved":
            heard.append(Heard(remote, name=_name((told.get("meta") or {}).get("assignee")), ended=True))
        return heard

    def read(self, headers: Mapping[str, str], body: bytes) -> Heard | None:
        """Return what a webhook tells, None if it is not for the shopper; raises Refused."""
        self._check(headers, body)
        try:
            event = json.loads(body)
        except (ValueError, RecursionError):
            raise Refused(400, "The body must be JSON.") from None
        try:
            return _heard(event)
        except (KeyError, TypeError):
            raise Refused(400, "This is not an event of Chatwoot's.") from None

    def _check(self, headers: Mapping[str, str], body: bytes) -> None:
        timestamp = headers.get("x-chatwoot-timestamp", "")
        if not (timestamp.isascii() and timestamp.isdigit() and abs(time.time() - int(timestamp)) <= _OLDEST):
            raise Refused(401, "X-Chatwoot-Timestamp is missing, or more than five minutes away.")
        if not hmac.compare_digest(
            headers.get("x-chatwoot-signature", "").encode(), signature(self._secret, timestamp, body).encode()
        ):
            raise Refused(401, "X-Chatwoot-Signature does not fit the body.")

    def _begin(self, case: Case) -> str:
        named = {"inbox_id": self._inbox, "name": f"Shopper {case.reference}"}
        made = _payload(self._post("/contacts", named, self._user_token))
        contact = made.get("contact", made)
        links = [made.get("contact_inbox"), *(contact.get("contact_inboxes") or [])]
        source = next((link["source_id"] for link in links if isinstance(link, dict) and link.get("source_id")), None)
        if source is None:
            raise NotDelivered("Chatwoot told no source_id of the contact")
        begun = self._post(
            "/conversations",
            {
                "source_id": source,
                "inbox_id": self._inbox,
                **({"contact_id": contact["id"]} if isinstance(contact.get("id"), int) else {}),
                "status": "pending",
                "custom_attributes": {"handoff": case.id, "reference": case.reference, "reason": str(case.reason)},
            },
        )
        identifier = _json(begun).get("id")
        if not isinstance(identifier, int):
            raise NotDelivered("Chatwoot told no id of the conversation")
        return str(identifier)

    def _page(self, remote: str, after: int) -> list[dict[str, Any]]:
        """Return the next messages of a conversation, the oldest first: a hundred at most."""
        page = self._get(f"/conversations/{remote}/messages", after=after).get("payload")
        if not isinstance(page, list) or not all(isinstance(one, dict) and isinstance(one.get("id"), int) for one in page):
            raise NotDelivered("Chatwoot's messages are no list of messages")
        if any(message["id"] <= after for message in page):
            raise NotDelivered("Chatwoot told older messages than were asked for")
        return page

    def _get(self, path: str, **query: int) -> dict[str, Any]:
        return _json(call("GET", f"{self._base}{path}", SECONDS, params=query, headers={"api_access_token": self._user_token}))

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

    def _post(self, path: str, sent: Mapping[str, Any], token: str | None = None) -> requests.Response:
        headers = {"api_access_token": token or self._bot_token}
        return call("POST", f"{self._base}{path}", SECONDS, json=sent, headers=headers)


def _json(answer: requests.Response) -> dict[str, Any]:
    try:
        told = answer.json()
    except ValueError:
        raise NotDelivered("Chatwoot's answer is no JSON") from None
    if not isinstance(told, dict):
        raise NotDelivered("Chatwoot's answer is no object")
    return told


def _payload(answer: requests.Response) -> dict[str, Any]:
    told = _json(answer)
    return told["payload"] if isinstance(told.get("payload"), dict) else told


def _heard(event: dict[str, Any]) -> Heard | None:
    if event["event"] == "conversation_resolved":
        return Heard(remote=str(event["id"]), name=_name((event.get("meta") or {}).get("assignee")), ended=True)
    if event["event"] != "message_created":
        return None
    return _said(str(event["conversation"]["id"]), event, "outgoing")


def _said(remote: str, message: Mapping[str, Any], outgoing: str | int) -> Heard | None:
    """Return what a message tells the shopper; ``outgoing`` is how the type of one that does is written."""
    sender = message.get("sender") or {}
    if message["message_type"] != outgoing or message["private"]:
        return None
    if sender.get("type") != "user":  # rules and bots are nobody who has joined
        return None
    text = message["content"] or ("(a file, which cannot be shown here)" if message.get("attachments") else "")
    return Heard(remote, str(message["id"]), _name(sender), str(text))


def _name(person: Any) -> str:
    return str((person or {}).get("name") or "")
