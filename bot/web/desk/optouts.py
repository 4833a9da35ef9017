"""Calls of the desk about opt-outs of the shopper who talks to the agent."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.application.agent_optouts import OptOutRefused
from bot.conversations.model import rfc3339
from bot.handoff.model import Agent, Handoff, HandoffKind
from bot.optouts.model import NotRecorded, Receipt, Record, in_order
from bot.optouts.wording import Wording
from bot.web.desk import schemas
from bot.web.desk.access import DeskAccess
from bot.web.errors import ApiError, malformed
from bot.web.requests import json_body


class OptOutHandlers:
    """Handlers of the calls about opt-outs."""

    def __init__(self, access: DeskAccess) -> None:
        self._access = access
        self._optouts = access.desk.optouts

    async def found(self, request: Request, identifier: str) -> Response:
        """Return what is on record for a reference, an address, or the shopper's browser."""
        agent, handoff = self._chat(request, identifier)
        body = await json_body(request, schemas.OptOutQuery)
        try:
            records = self._optouts.found(handoff, body.query)
        except OptOutRefused as error:
            raise malformed(str(error)) from None
        self._access.note("optouts_looked_up", agent, handoff.reference)
        return JSONResponse({"records": [_record_json(record) for record in records]})

    async def record(self, request: Request, identifier: str) -> Response:
        """Record an opt-out for the shopper, who is told in the chat and can undo it."""
        agent, handoff = self._chat(request, identifier)
        body = await json_body(request, schemas.OptOut)
        try:
            receipt = await self._optouts.record(
                handoff, agent, frozenset(body.kinds), body.address.strip()
            )
        except OptOutRefused as error:
            raise malformed(str(error)) from None
        except NotRecorded as error:
            raise _not_recorded(error) from None
        self._note("optout_recorded", agent, handoff, receipt)
        return JSONResponse(_done_json(receipt))

    async def undo(self, request: Request, identifier: str) -> Response:
        """Undo an opt-out; the shopper is told in the chat."""
        agent, handoff = self._chat(request, identifier)
        body = await json_body(request, schemas.Undo)
        try:
            receipt = await self._optouts.undo(handoff, agent, body.reference)
        except OptOutRefused as error:
            raise malformed(str(error)) from None
        except NotRecorded as error:
            raise _not_recorded(error) from None
        self._note("optout_undone", agent, handoff, receipt)
        return JSONResponse(_done_json(receipt))

    def _chat(self, request: Request, identifier: str) -> tuple[Agent, Handoff]:
        """Return the agent and their chat; raises ApiError 409 for a message that was left."""
        agent, handoff = self._access.mine(request, identifier)
        if handoff.kind is not HandoffKind.LIVE:
            raise ApiError(
                409, "taken", "Only in a chat: there the shopper sees it and can object."
            )
        return agent, handoff

    def _note(self, act: str, agent: Agent, handoff: Handoff, receipt: Receipt) -> None:
        self._access.changed(act, agent, handoff)
        self._access.note(act, agent, receipt.reference)


def _record_json(record: Record) -> dict[str, Any]:
    return {
        "reference": record.reference,
        "action": str(record.action),
        "kinds": in_order(record.kinds),
        "what": Wording(record.action).describe(record.kinds),
        "status": str(record.status),
        "channel": str(record.channel),
        "received_at": rfc3339(record.received_at),
        "due": record.due.isoformat(),
    }


def _done_json(receipt: Receipt) -> dict[str, str]:
    return {
        "reference": receipt.reference,
        "status": str(receipt.status) if receipt.new else "known",
        "what": Wording(receipt.action).describe(receipt.kinds),
    }


def _not_recorded(error: NotRecorded) -> ApiError:
    return ApiError(503, "not_ready", str(error), retry_after=5)
