"""Signed webhook: a case is a JSON object, for any other help desk."""

import json
from collections.abc import Callable
from typing import Any

from bot.conversations.model import rfc3339
from bot.handoff.case import Case
from bot.handoff.helpdesks import SECONDS
from bot.outgoing import post_signed


class WebhookDesk:
    """Webhook that gets the events ``requested`` and ``added``; an answer of 2xx accepts them.

    A repetition has the same ``id``.
    """

    def __init__(self, url: str, secret: str) -> None:
        self._url = url
        self._secret = secret

    def open(self, case: Case, remote: str | None, keep: Callable[[str], None]) -> str:
        """Post the case, and return its id."""
        transcript = [
            {"from": message.sender, "text": message.text, "at": rfc3339(message.at)}
            for message in case.said
        ]
        self._post(case, case.id, "requested", transcript=transcript)
        return case.id

    def add(self, case: Case, remote: str) -> None:
        """Post the addition."""
        self._post(case, f"{case.id}-added", "added")

    def _post(self, case: Case, identifier: str, event: str, **more: Any) -> None:
        payload = {
            "id": identifier,
            "event": event,
            "handoff": case.id,
            "reference": case.reference,
            "reason": str(case.reason),
            "topics": list(case.topics),
            "note": case.note,
            "contact": case.contact,
            "requested_at": rfc3339(case.requested_at),
            "store_time": case.store_time,
            "support_open": case.is_open,
            **more,
        }
        body = json.dumps(payload, ensure_ascii=False).encode()
        post_signed(self._url, self._secret, identifier, body, SECONDS)
