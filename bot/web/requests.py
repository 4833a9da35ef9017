"""Functions to read requests and write answers, shared by several groups of routes."""

import json
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar
from urllib.parse import unquote_to_bytes

from fastapi.routing import APIRoute
from fastapi.security import APIKeyCookie, HTTPBearer
from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.conversations.intake import clean
from bot.conversations.model import Message
from bot.web.errors import in_words, malformed, too_long

bearer = HTTPBearer(auto_error=False, description="The token of a session.")
session_cookie = APIKeyCookie(
    name="staff",
    auto_error=False,
    description="The session of an agent or officer (__Secure-staff over HTTPS).",
)
Model = TypeVar("Model", bound=BaseModel)


class FormRoute(APIRoute):
    """Route of a form, which refuses one that is not in UTF-8: its letters would be misread."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler, with the check before it."""
        handle = super().get_route_handler()

        async def checked(request: Request) -> Response:
            """Handle a request, or raise the contract's error."""
            kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
            body = await request.body()
            if kind == "application/x-www-form-urlencoded" and not _is_utf8_form(body):
                raise malformed("The form must be sent in UTF-8. Please open it again and retry.")
            return await handle(request)

        return checked


def _is_utf8_form(body: bytes) -> bool:
    """Return whether an encoded form is in UTF-8; its bytes are ASCII (URL Standard, 5.2)."""
    try:
        unquote_to_bytes(body).decode()
    except UnicodeDecodeError:
        return False
    return body.isascii()


async def json_body(request: Request, model: type[Model], optional: bool = False) -> Model:
    """Return the body of a request, read as JSON even if its Content-Type says otherwise.

    An ``optional`` body may be empty. Raises the contract's error for a body that does not fit.
    The body is read here because FastAPI would read it before the route could check the token.
    """
    body = await request.body()
    if optional and not body:
        return model()
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        raise malformed("The body must be JSON.") from None
    if isinstance(sent, dict):
        sent = {name: _whole(value) for name, value in sent.items()}
    try:
        return model.model_validate(sent)
    except ValidationError as error:
        raise malformed(in_words(error.errors()[0])) from None


def json_body_of(
    model: type[BaseModel], required: bool = True, **changed: dict[str, Any]
) -> dict[str, Any]:
    """Return the documentation of a route's JSON body; ``changed`` adds to its properties."""
    schema = model.model_json_schema()
    for name, more in changed.items():
        schema["properties"][name].update(more)
    return {
        "requestBody": {"required": required, "content": {"application/json": {"schema": schema}}}
    }


def _whole(value: Any) -> Any:
    """Return a value without halves of surrogate pairs, which JSON can hold and text cannot."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


def sends_gpc(request: Request) -> bool:
    """Return whether a browser sends the Global Privacy Control: 1, no other value (W3C GPC)."""
    return request.headers.get("sec-gpc") == "1"


def bearer_token(request: Request) -> str | None:
    """Return the token of the Authorization header, or None if there is none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


def checked_text(text: str, limit: int) -> str:
    """Return a text that may be stored.

    Raise the contract's error if the text is empty or too long.
    """
    if len(text) > limit:
        raise too_long(limit)
    if not clean(text):
        raise malformed('"text" is empty. Send the text that was typed.')
    return text


def messages_response(
    messages: list[Message], state: str, headers: dict[str, str] | None = None
) -> JSONResponse:
    """Return the answer with messages and the state of their conversation."""
    told = {"messages": [message.as_json() for message in messages], "state": state}
    return JSONResponse(told, headers=headers)
