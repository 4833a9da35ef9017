"""The storefront channel: the HTTP contract of a conversation, as an input channel of Rasa's server."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Self

from rasa.core.channels.channel import InputChannel
from sanic import Blueprint, Sanic
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response
from sanic.response import text as text_response

from actions.services import services
from bot.dialogue.replies import replies
from bot.handoff.model import HUMAN
from bot.handoff.service import People
from bot.intake import clean
from bot.memory import Memory
from bot.settings import Settings, settings
from bot.tracker import TrackerMemory
from bot.transcript import as_text
from bot.turns import Message, Reply, rfc3339
from bot.web import http
from bot.web.conversations import Conversations
from bot.web.errors import ApiError, expired, malformed, too_long, unauthorized
from bot.web.limits import Limits
from bot.web.optouts import honour_signal
from bot.web.origins import Origins
from bot.web.tokens import BadToken, ExpiredToken, Tokens


class StorefrontChannel(InputChannel):
    """Serves ``/webhooks/storefront``."""

    def __init__(self, configuration: Settings | None = None, limits: Limits | None = None) -> None:
        self._settings = configuration or settings()
        self._origins = Origins(self._settings)
        self._limits = limits or Limits(self._settings)
        self._tokens = Tokens(self._settings.secrets, timedelta(hours=self._settings.session_hours))
        self._app: Sanic | None = None
        self.memory = Memory.of(self._settings, TrackerMemory(self._trackers))
        self.people = People.of(self._settings)
        self.reception = self.people.reception(self.memory.store, self.memory.vault)

    @classmethod
    def name(cls) -> str:
        """Name of the channel, and the last part of its address."""
        return "storefront"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> Self:
        """Creates the channel; all of its settings come from the environment."""
        return cls()

    def blueprint(self, on_new_message: Any) -> Blueprint:
        """Return the routes; ``on_new_message`` hands a message to the assistant."""

        async def respond(conversation: str, said: str) -> list[Reply]:
            """Ask the assistant."""
            return await replies(on_new_message, conversation, said, self.name())

        self._conversations = Conversations(self.memory, self.reception, respond, self._settings.turn_seconds)
        blueprint = Blueprint(self.name(), strict_slashes=False)
        routes = [
            ("POST", "/session", self._start),
            ("DELETE", "/session", self._end),
            ("POST", "/messages", self._say),
            ("GET", "/messages", self._listen),
            ("GET", "/transcript", self._transcript),
        ]
        preflights = [("OPTIONS", path, self._preflight) for path in ("/session", "/messages", "/transcript")]
        http.add_routes(blueprint, routes + preflights)

        @blueprint.on_request
        async def guard(request: Request) -> None:
            """Turn away pages of other sites."""
            self._origins.check(request)

        @blueprint.on_response
        async def share(request: Request, response: HTTPResponse) -> None:
            """Let pages of the allowed origins read the answer, and nobody keep it."""
            response.headers.update(self._origins.headers(request))
            response.headers["Cache-Control"] = "no-store"

        @blueprint.before_server_start
        async def remember(app: Sanic, _: Any) -> None:
            """Remember where the assistant will be."""
            self._app = app

        @blueprint.exception(ApiError)
        async def on_error(_: Request, error: ApiError) -> HTTPResponse:
            """Answer with the error, also in a server of Rasa's own."""
            return http.error_response(error)

        return blueprint

    async def _preflight(self, request: Request) -> HTTPResponse:
        return HTTPResponse(status=204, headers=self._origins.preflight(request))

    async def _start(self, request: Request) -> HTTPResponse:
        http.require_ready(request)
        sent = http.body(request, optional=True)
        if sent.get("resume") is not None:
            conversation = self._session(http.string(sent, "resume"))
            messages = self._conversations.heard(conversation)
            return self._opened(conversation, self._conversations.state(conversation), messages, 200)
        await self._limits.count_start(request)
        signal = self._honour_signal if request.headers.get("sec-gpc") == "1" else None  # no other value counts (W3C GPC)
        conversation, turn = await self._conversations.start(signal)
        return self._opened(conversation, turn.state, turn.messages, 201)

    async def _end(self, request: Request) -> HTTPResponse:
        conversation = self._authorized(request)
        http.require_ready(request)
        await self._conversations.forget(conversation)
        return HTTPResponse(status=204)

    async def _say(self, request: Request) -> HTTPResponse:
        conversation = self._authorized(request)
        http.require_ready(request)
        sent = http.body(request)
        client_id = http.client_id(sent)
        await self._limits.count("messages", conversation)
        if ("text" in sent) == ("choice" in sent):
            raise malformed('Send either {"text": "…"} or {"choice": "<id>"}.')
        if "choice" in sent:
            turn = await self._conversations.choose(conversation, http.string(sent, "choice"), client_id)
        else:
            turn = await self._conversations.say(conversation, self._text(sent), client_id)
        return json_response(turn.as_json(), headers={"X-Message-Id": str(turn.received)} if turn.received else {})

    async def _listen(self, request: Request) -> HTTPResponse:
        conversation = self._authorized(request)
        after = int(http.number(request, "after", whole=True))
        wait = min(http.number(request, "wait"), self._settings.max_wait_seconds)
        messages = await self._conversations.since(conversation, after, wait)
        state = self._conversations.state(conversation)
        typing = {"X-Typing": "1"} if state in HUMAN and self._conversations.is_typing(conversation) else {}
        return http.messages_response(messages, state, typing)

    async def _transcript(self, request: Request) -> HTTPResponse:
        conversation = self._authorized(request)
        messages = self._conversations.heard(conversation)
        if "text/plain" in request.headers.get("accept", ""):
            return text_response(as_text(messages))
        return http.messages_response(messages, self._conversations.state(conversation))

    async def _honour_signal(self, conversation: str) -> list[Reply]:
        return [await honour_signal(services(), conversation)]

    def announce(self, conversation: str) -> None:
        """Let those who wait for news of a conversation look again."""
        self._conversations.announce(conversation)

    def _trackers(self) -> Any:
        """Return the assistant's tracker store; routes ask only when it is loaded."""
        assert self._app is not None
        return self._app.ctx.agent.tracker_store

    def _opened(self, conversation: str, state: str, messages: Sequence[Message], status: int) -> HTTPResponse:
        token, expires = self._tokens.issue(conversation)
        opened = {"token": token, "expires_at": rfc3339(expires), "state": state}
        return json_response({**opened, "messages": [message.as_json() for message in messages]}, status=status)

    def _authorized(self, request: Request) -> str:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise unauthorized()
        return self._session(token.strip())

    def _session(self, token: str) -> str:
        try:
            return self._tokens.read(token)
        except ExpiredToken:
            raise expired() from None
        except BadToken:
            raise unauthorized() from None

    def _text(self, sent: dict[str, Any]) -> str:
        text = http.string(sent, "text")
        if len(text) > self._settings.max_text:
            raise too_long(self._settings.max_text)
        if not clean(text):
            raise malformed('"text" is empty. Send what the visitor typed.')
        return text
