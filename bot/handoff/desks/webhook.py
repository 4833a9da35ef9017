"""A signed webhook: a JSON object for whatever system support has."""

import json
from collections.abc import Callable
from typing import Any

from bot.handoff.case import Case
from bot.handoff.desks import SECONDS
from bot.outgoing import post_signed
from bot.turns import rfc3339


class Webhook:
    """Posts ``requested`` and ``added``, each with an ``id`` by which a repetition is known; an answer of 2xx has taken it."""

    def __init__(self, url: str, secret: str) -> None:
        self._url = url
        self._secret = secret

    def open(self, case: Case, remote: str | None, keep: Callable[[str], None]) -> str:
        """Post the case."""
        said = [{"from": message.sender, "text": message.text, "at": rfc3339(message.at)} for message in case.said]
        self._post(case, case.id, "requested", transcript=said)
        return case.id

    def add(self, case: Case, remote: str) -> None:
        """Post what was added."""
        self._post(case, f"{case.id}-added", "added")

    def _post(self, case: Case, identifier: str, event: str, **more: Any) -> None:
        told = {
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
        body = json.dumps(told, ensure_ascii=False).encode()
        post_signed(self._url, self._secret, identifier, body, SECONDS)
