"""The storefront channel: the HTTP contract of a conversation, as an input channel of Rasa's server."""

import asyncio
import json
from datetime import timedelta
from functools import partial
from typing import Any, Self

from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response
from sanic.response import text as text_response

from bot.database import connect, wipe_deleted
from bot.settings import Settings, settings
from bot.tracker import forget
from bot.turns import Message, Reply, rfc3339
from bot.web.conversations import Conversations, clean
from bot.web.errors import ApiError, expired, malformed, not_ready, too_long, unauthorized
from bot.web.store import ConversationStore
from bot.web.tokens import BadToken, ExpiredToken, Tokens

MAX_CLIENT_ID = 64


class RepliesOutput(CollectingOutputChannel):
    """Collects what the bot says in a turn, with topic, sources and choices."""

    def __init__(self) -> None:
        super().__init__()
        self.replies: list[Reply] = []

    @classmethod
    def name(cls) -> str:
        """Name of the channel."""
        return "storefront"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Collect one response."""
        self.replies.append(Reply.of(message))


class StorefrontChannel(InputChannel):
    """Serves ``/webhooks/storefront``."""

    def __init__(self, configuration: Settings | None = None) -> None:
        self._settings = configuration or settings()
        self._tokens = Tokens(self._settings.secrets, timedelta(hours=self._settings.session_hours))

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
        blueprint = Blueprint("storefront", strict_slashes=False)

        async def respond(conversation: str, said: str) -> list[Reply]:
            output = RepliesOutput()
            await on_new_message(UserMessage(said, output, conversation, input_channel=self.name()))
            return output.replies

        engine = connect(self._settings.database)
        conversations = Conversations(ConversationStore(engine), respond, self._settings.turn_seconds)

        def ready(request: Request) -> None:
            agent = getattr(request.app.ctx, "agent", None)
            if agent is None or not agent.is_ready():
                raise not_ready()

        @blueprint.exception(ApiError)
        async def on_error(_: Request, error: ApiError) -> HTTPResponse:
            return error_response(error)

        @blueprint.post("/session")
        async def start(request: Request) -> HTTPResponse:
            ready(request)
            resume = body(request, optional=True).get("resume")
            if resume is not None:
                if not isinstance(resume, str):
                    raise malformed('"resume" must be the token of the conversation to continue.')
                conversation = self._session(resume)
                state = conversations.state(conversation)
                messages = await conversations.since(conversation, 0, 0)
                return self._opened(conversation, state, messages, 200)
            conversation, turn = await conversations.start()
            return self._opened(conversation, turn.state, turn.messages, 201)

        @blueprint.delete("/session")
        async def end(request: Request) -> HTTPResponse:
            conversation = self._authorized(request)
            ready(request)
            # Each step may be repeated, so a deletion that failed half-way is completed by the next call.
            await conversations.forget(conversation, partial(forget, request.app.ctx.agent.tracker_store))
            if not await asyncio.get_running_loop().run_in_executor(None, wipe_deleted, engine):
                raise not_ready()
            return HTTPResponse(status=204)

        @blueprint.post("/messages")
        async def say(request: Request) -> HTTPResponse:
            conversation = self._authorized(request)
            ready(request)
            sent = body(request)
            client_id = _client_id(sent)
            if ("text" in sent) == ("choice" in sent):
                raise malformed('Send either {"text": "…"} or {"choice": "<id>"}.')
            if "choice" in sent:
                turn = await conversations.choose(conversation, _string(sent, "choice"), client_id)
            else:
                turn = await conversations.say(conversation, self._text(sent), client_id)
            return json_response(turn.as_json())

        @blueprint.get("/messages")
        async def listen(request: Request) -> HTTPResponse:
            conversation = self._authorized(request)
            after = int(_number(request, "after", whole=True))
            wait = min(_number(request, "wait"), self._settings.max_wait_seconds)
            messages = await conversations.since(conversation, after, wait)
            return json_response(
                {"messages": [message.as_json() for message in messages], "state": conversations.state(conversation)}
            )

        @blueprint.get("/transcript")
        async def transcript(request: Request) -> HTTPResponse:
            conversation = self._authorized(request)
            messages = await conversations.since(conversation, 0, 0)
            if "text/plain" in request.headers.get("accept", ""):
                return text_response(as_text_transcript(messages))
            return json_response(
                {"messages": [message.as_json() for message in messages], "state": conversations.state(conversation)}
            )

        return blueprint

    def _opened(self, conversation: str, state: str, messages: Any, status: int) -> HTTPResponse:
        token, expires = self._tokens.issue(conversation)
        return json_response(
            {
                "token": token,
                "expires_at": rfc3339(expires),
                "state": state,
                "messages": [message.as_json() for message in messages],
            },
            status=status,
        )

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
        text = _string(sent, "text")
        if len(text) > self._settings.max_text:
            raise too_long(self._settings.max_text)
        if not clean(text):
            raise malformed('"text" is empty. Send what the visitor typed.')
        return text


def error_response(error: ApiError) -> HTTPResponse:
    """Return an error as the contract has it."""
    headers = {"Retry-After": str(error.retry_after)} if error.retry_after else {}
    return json_response(error.as_json(), status=error.status, headers=headers)


def as_text_transcript(messages: list[Message]) -> str:
    """Return a conversation as a person would keep it: who said what, and the sources."""
    names = {"bot": "Assistant", "agent": "Support", "visitor": "You", "system": "Note"}
    lines = []
    for message in messages:
        lines.append(f"{rfc3339(message.at)} {names[message.sender]}: {message.text}")
        lines += [f"    Source: {source['section']} ({source['clause']}): “{source['quote']}”" for source in message.sources()]
    return "\n".join(lines) + "\n"


def body(request: Request, optional: bool = False) -> dict[str, Any]:
    """Return the JSON object in a request's body; an empty body is an empty object if it is optional."""
    if optional and not request.body:
        return {}
    try:
        sent = json.loads(request.body)
    except (ValueError, RecursionError):
        raise malformed("The body must be JSON.") from None
    if not isinstance(sent, dict):
        raise malformed("The body must be a JSON object.")
    return sent


def _string(sent: dict[str, Any], name: str) -> str:
    value = sent[name]
    if not isinstance(value, str):
        raise malformed(f'"{name}" must be a string.')
    return value


def _client_id(sent: dict[str, Any]) -> str | None:
    value = sent.get("client_id")
    if value is None:
        return None
    if not isinstance(value, str) or not 0 < len(value) <= MAX_CLIENT_ID or not value.isprintable():
        raise malformed(f'"client_id" must be a printable string of 1 to {MAX_CLIENT_ID} characters.')
    return value


def _number(request: Request, name: str, whole: bool = False) -> float:
    given = request.args.get(name, "0")
    try:
        value = int(given) if whole else float(given)
    except ValueError:
        raise malformed(f'"{name}" must be a number.') from None
    if not 0 <= value <= 2**31 - 1:
        raise malformed(f'"{name}" must be a number from 0 to {2**31 - 1}.')
    return value
