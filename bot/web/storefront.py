"""Storefront API: the HTTP contract of a conversation, below /webhooks/storefront."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from bot.application.gpc import honour_signal
from bot.conversations.model import rfc3339
from bot.conversations.transcript import as_text
from bot.handoff.model import HUMAN
from bot.web import schemas
from bot.web.context import WebContext
from bot.web.errors import expired, unauthorized
from bot.web.requests import (
    bearer,
    bearer_token,
    checked_text,
    json_body,
    json_body_of,
    messages_response,
    sends_gpc,
)
from bot.web.schemas import MAX_NUMBER, refusals
from bot.web.tokens import BadToken, ExpiredToken

PREFIX = "/webhooks/storefront"

# What every route may answer; 413 is added where there is a body.
_REFUSED = (400, 401, 403, 410, 429, 503)
_ID_HEADER = {
    "X-Message-Id": {"description": "Id of the shopper's message.", "schema": {"type": "integer"}}
}
_TYPING_HEADER = {
    "X-Typing": {"description": "1 if an agent is typing.", "schema": {"type": "string"}}
}


def storefront(web: WebContext) -> APIRouter:
    """Return the routes of the storefront API.

    Each of them but the deletion honours the header Sec-GPC: 1.
    """
    routes, handlers = APIRouter(prefix=PREFIX, tags=["storefront"]), _Handlers(web)
    longest_text = {"maxLength": web.settings.max_text}
    conversation = [Depends(bearer)]
    routes.add_api_route(
        "/session",
        handlers.start,
        methods=["POST"],
        operation_id="start",
        summary="Start a conversation, or go on with one",
        description="Like every call but DELETE, it heeds Sec-GPC: 1: ads and sharing stop.",
        status_code=201,
        openapi_extra=json_body_of(schemas.Start, required=False),
        responses={
            201: {"model": schemas.Session, "description": "A new conversation."},
            200: {"model": schemas.Session, "description": "The conversation of the token."},
            **refusals(*_REFUSED, 413),
        },
    )
    routes.add_api_route(
        "/session",
        handlers.forget,
        methods=["DELETE"],
        operation_id="forget",
        summary="Delete the conversation everywhere",
        status_code=204,
        dependencies=conversation,
        responses=refusals(*_REFUSED),
    )
    routes.add_api_route(
        "/messages",
        handlers.say,
        methods=["POST"],
        operation_id="say",
        summary="Say something, or pick a choice",
        openapi_extra=json_body_of(schemas.Say, text=longest_text),
        dependencies=conversation,
        responses={
            200: {"model": schemas.Turn, "description": "The replies.", "headers": _ID_HEADER},
            **refusals(*_REFUSED, 413),
        },
    )
    routes.add_api_route(
        "/messages",
        handlers.listen,
        methods=["GET"],
        operation_id="listen",
        summary="Fetch what was said since a message",
        dependencies=conversation,
        responses={
            200: {"model": schemas.Messages, "description": "Messages.", "headers": _TYPING_HEADER},
            **refusals(*_REFUSED),
        },
    )
    routes.add_api_route(
        "/transcript",
        handlers.transcript,
        methods=["GET"],
        operation_id="transcript",
        summary="Fetch the conversation as the shopper saw it",
        dependencies=conversation,
        responses={
            200: {
                "model": schemas.Messages,
                "description": "The whole conversation, also as text/plain.",
                "content": {"text/plain": {"schema": {"type": "string"}}},
            },
            **refusals(*_REFUSED),
        },
    )
    return routes


class _Handlers:
    def __init__(self, web: WebContext) -> None:
        self._web = web
        self._engine = web.engine
        self._settings = web.settings

    async def start(self, request: Request) -> Response:
        """Start a conversation, or go on with the one of a token."""
        self._web.require_ready()
        body = await json_body(request, schemas.Start, optional=True)
        if body.resume is not None:
            conversation = self._conversation_of(body.resume)
            self._note_presence(conversation, loaded=True)
        else:
            await self._web.limits.count_start(request)
            conversation, _ = await self._engine.start()
        await self._heed_signal(request, conversation, body.gpc)
        return self._session(conversation, 201 if body.resume is None else 200)

    async def forget(self, request: Request) -> Response:
        """Delete the conversation of the token."""
        conversation = self._authorized(request)
        self._web.require_ready()
        await self._engine.forget(conversation)
        return Response(status_code=204)

    async def say(self, request: Request) -> Response:
        """Answer a text or a choice."""
        conversation = self._authorized(request)
        self._web.require_ready()
        await self._heed_signal(request, conversation)
        body = await json_body(request, schemas.Say)
        await self._web.limits.count("messages", conversation)
        if body.is_choice:
            turn = await self._engine.choose(conversation, body.choice, body.client_id)
        else:
            text = checked_text(body.text, self._settings.max_text)
            turn = await self._engine.say(conversation, text, body.client_id)
        headers = {"X-Message-Id": str(turn.received)} if turn.received else {}
        return JSONResponse(turn.as_json(), headers=headers)

    async def listen(
        self,
        request: Request,
        after: Annotated[
            int, Query(ge=0, le=MAX_NUMBER, description="The last message that is known.")
        ] = 0,
        wait: Annotated[
            float, Query(ge=0, le=MAX_NUMBER, description="Seconds to wait for a message.")
        ] = 0,
        typing: Annotated[
            int, Query(ge=0, le=1, description="1 while the shopper types; agents are shown it.")
        ] = 0,
    ) -> Response:
        """Return the messages after an id, at once or as soon as there is one."""
        conversation = self._authorized(request)
        self._note_presence(conversation, typing=bool(typing))
        await self._heed_signal(request, conversation)
        messages = await self._engine.since(
            conversation, after, min(wait, self._settings.max_wait_seconds)
        )
        state = self._engine.state(conversation)
        answers = state in HUMAN and self._engine.is_typing(conversation)
        return messages_response(messages, state, {"X-Typing": "1"} if answers else {})

    async def transcript(self, request: Request) -> Response:
        """Return the whole conversation, as JSON or as text."""
        conversation = self._authorized(request)
        await self._heed_signal(request, conversation)
        messages = self._engine.messages(conversation)
        if "text/plain" in request.headers.get("accept", ""):
            return PlainTextResponse(as_text(messages))
        return messages_response(messages, self._engine.state(conversation))

    def _note_presence(self, conversation: str, typing: bool = False, loaded: bool = False) -> None:
        """Let agents see that the shopper's page is there, while they have the conversation."""
        if self._engine.state(conversation) in HUMAN:
            self._web.services.desk.shoppers.note(conversation, typing, loaded)

    async def _heed_signal(
        self, request: Request, conversation: str, told_by_script: bool = False
    ) -> None:
        """Honour the signal of a browser; a script tells it by the body, not by the header."""
        signal = told_by_script or sends_gpc(request)
        if signal and await honour_signal(self._web.services, conversation):
            self._engine.announce(conversation)

    def _session(self, conversation: str, status: int) -> Response:
        messages = self._engine.messages(conversation)
        token, expires = self._web.tokens.issue(conversation)
        opened: dict[str, Any] = {
            "token": token,
            "expires_at": rfc3339(expires),
            "state": self._engine.state(conversation),
            "messages": [message.as_json() for message in messages],
        }
        return JSONResponse(opened, status_code=status)

    def _authorized(self, request: Request) -> str:
        token = bearer_token(request)
        if token is None:
            raise unauthorized()
        return self._conversation_of(token)

    def _conversation_of(self, token: str) -> str:
        try:
            return self._web.tokens.read(token)
        except ExpiredToken:
            raise expired() from None
        except BadToken:
            raise unauthorized() from None
