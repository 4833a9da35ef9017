"""Where desks of others tell what their people say to shoppers."""

import asyncio

import structlog
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response
from sqlalchemy.exc import SQLAlchemyError

from bot.handoff.desks.chatwoot import Chatwoot, Refused
from bot.handoff.model import Handoff, NotStored
from bot.web.channel import StorefrontChannel
from bot.web.errors import ApiError, too_long

_LONGEST = 1_000_000  # bytes: an event quotes its conversation
_SECONDS = 4  # Chatwoot takes a conversation from a bot that has not answered within five

log = structlog.get_logger()


def desks(channel: StorefrontChannel) -> Blueprint:
    """Return the routes of the desks that are among the ways to people."""
    blueprint = Blueprint("desks")
    chatwoot = channel.people.chain.desks.get("chatwoot")
    if isinstance(chatwoot, Chatwoot):
        door = _ChatwootDoor(channel, chatwoot)

        async def hear(request: Request) -> HTTPResponse:
            """Take in what people of Chatwoot say."""
            return await door.hear(request)

        # a stream, because such an event may be larger than what shoppers may send
        blueprint.add_route(hear, "/desks/chatwoot", methods=["POST"], name="chatwoot", stream=True)
    return blueprint


class _ChatwootDoor:
    def __init__(self, channel: StorefrontChannel, chatwoot: Chatwoot) -> None:
        self._channel = channel
        self._chatwoot = chatwoot

    async def hear(self, request: Request) -> HTTPResponse:
        """Take in an event; what could not be stored in time is refused, so that it comes again."""
        body = await _read(request)
        try:
            heard = self._chatwoot.read(request.headers, body)
        except Refused as error:
            raise ApiError(error.status, "unauthorized" if error.status == 401 else "malformed", str(error)) from None
        if heard is not None:
            work = asyncio.ensure_future(asyncio.to_thread(self._channel.reception.heard, "chatwoot", heard))
            try:
                handoff = await asyncio.wait_for(asyncio.shield(work), _SECONDS)
            except TimeoutError:  # it goes on, and when it comes again it is known
                work.add_done_callback(_log_failure)
                raise _again() from None
            except (NotStored, SQLAlchemyError) as error:
                log.error("event of a desk not taken in", error=type(error).__name__)
                raise _again() from None
            if handoff is not None:
                self._channel.announce(handoff.conversation)
        return json_response({"status": "ok"})


def _again() -> ApiError:
    """Return the error after which Chatwoot tries again, three times within seconds: it does so for 429 and 500 alone."""
    return ApiError(500, "not_ready", "This could not be stored just now. Please send it again.", retry_after=3)


async def _read(request: Request) -> bytes:
    body = b""
    while (part := await request.stream.read()) is not None:
        body += part
        if len(body) > _LONGEST:
            raise too_long(_LONGEST)
    return body


def _log_failure(work: "asyncio.Future[Handoff | None]") -> None:
    if not work.cancelled() and work.exception() is not None:
        log.error("event of a desk not taken in", error=type(work.exception()).__name__)
