"""Webhooks of external help desks, which deliver their agents' messages to shoppers."""

import asyncio

import structlog
from fastapi import APIRouter
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.handoff.helpdesks.chatwoot import Chatwoot, Refused
from bot.handoff.model import Handoff, NotStored
from bot.web import schemas
from bot.web.context import WebContext
from bot.web.errors import ApiError
from bot.web.schemas import refusals

CHATWOOT_PATH = "/desks/chatwoot"
LONGEST_EVENT = 1_000_000  # bytes: an event quotes its conversation
_SECONDS = 4  # Chatwoot takes a conversation from a bot that has not answered within five

log = structlog.get_logger()


def helpdesk_webhooks(web: WebContext) -> APIRouter:
    """Return the routes of the configured external help desks."""
    routes = APIRouter(tags=["help desks"])
    chatwoot = web.services.handoffs.help_desk("chatwoot")
    if isinstance(chatwoot, Chatwoot):
        routes.add_api_route(
            CHATWOOT_PATH,
            _ChatwootHandler(web, chatwoot).take_in,
            methods=["POST"],
            operation_id="chatwoot_event",
            summary="Take in an event of Chatwoot",
            responses={200: {"model": schemas.Health}, **refusals(400, 401, 413)},
        )
    return routes


class _ChatwootHandler:
    def __init__(self, web: WebContext, chatwoot: Chatwoot) -> None:
        self._engine = web.engine
        self._handoffs = web.services.handoffs
        self._chatwoot = chatwoot

    async def take_in(self, request: Request) -> Response:
        """Accept an event.

        An event that is not stored in time is refused, so that Chatwoot sends it again.
        """
        try:
            event = self._chatwoot.parse_event(request.headers, await request.body())
        except Refused as error:
            code = "unauthorized" if error.status == 401 else "malformed"
            raise ApiError(error.status, code, str(error)) from None
        if event is not None:
            work = asyncio.ensure_future(
                asyncio.to_thread(self._handoffs.on_event, "chatwoot", event)
            )
            try:
                handoff = await asyncio.wait_for(asyncio.shield(work), _SECONDS)
            except TimeoutError:  # the work goes on; the repeated event is recognised
                work.add_done_callback(_log_failure)
                raise _again() from None
            except (NotStored, SQLAlchemyError) as error:
                log.error("event of a desk not taken in", error=type(error).__name__)
                raise _again() from None
            if handoff is not None:
                self._engine.announce(handoff.conversation)
        return JSONResponse({"status": "ok"})


def _again() -> ApiError:
    """Return the error after which Chatwoot sends an event again.

    It does so only after 429 and 500.
    """
    message = "This could not be stored just now. Please send it again."
    return ApiError(500, "not_ready", message, retry_after=3)


def _log_failure(work: "asyncio.Future[Handoff | None]") -> None:
    if not work.cancelled() and work.exception() is not None:
        log.error("event of a desk not taken in", error=type(work.exception()).__name__)
