"""Middleware of every request: limits, security headers, and an answer to every error."""

import asyncio
import contextlib
from collections.abc import Mapping
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.web.errors import ApiError, error_response
from bot.web.limits import Limits

_LINGER_SECONDS = 1  # for a client to read the answer to a body that is too large
_LINGER_BYTES = 1_000_000  # of that body are read meanwhile
# Mail providers and help desks send many requests from one address; health checks are frequent.
_UNLIMITED = ("/unsubscribe/", "/desks/", "/health", "/ready")

# What these calls tell is for one person, and nothing between may keep it.
_PRIVATE = ("/desk/", "/office/", "/sign-in")

# FastAPI would trace and export by itself if its environment asked for it.
NO_TELEMETRY: Any = {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}

# Nothing but the server's own files: no inline script, no other host, no frame around a page.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_SECURITY = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), browsing-topics=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def security_headers(production: bool) -> dict[str, str]:
    """Return the headers that every answer has."""
    return {
        **_SECURITY,
        **({"Strict-Transport-Security": "max-age=31536000"} if production else {}),
    }


class SecurityHeaders:
    """Outermost middleware: it adds the security headers to every answer.

    It also passes HEAD on as GET, and removes a slash at the end of the path.
    """

    def __init__(self, app: ASGIApp, production: bool) -> None:
        self._app = app
        self._headers = security_headers(production)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def protect(message: Message) -> None:
            """Add the security headers to an answer."""
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                if scope["path"].startswith(_PRIVATE):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(_plain(scope), receive, protect)


class RequestGuard:
    """Middleware that counts every request, and turns every exception into an answer."""

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        self._app = app
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request, begun = Request(scope), False

        async def noted(message: Message) -> None:
            """Send a part of the answer."""
            nonlocal begun
            begun = True
            await send(message)

        try:
            if not scope["path"].startswith(_UNLIMITED):
                await self._limits.count_request(request)
            await self._app(scope, receive, noted)
        except Exception as error:
            if (
                begun
            ):  # a part of the answer was sent, so only a closed connection can show the error
                raise
            await error_response(request, error)(scope, receive, send)


class BodyTooLarge(Exception):
    """Error of a body that is longer than the limit of its path."""


class BodyLimit:
    """Middleware that refuses a body beyond the limit of its path.

    It refuses after the head if Content-Length is too large, and else as soon as too much has come.
    Starlette's own answers in plain text, and leaves the connection open.
    """

    def __init__(self, app: ASGIApp, limit: int, limits_by_path: Mapping[str, int]) -> None:
        """Limit bodies to ``limit`` bytes, and those of some paths to ``limits_by_path``."""
        self._app = app
        self._limit = limit
        self._limits_by_path = limits_by_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._limits_by_path.get(scope["path"], self._limit)
        read, begun = 0, False

        async def counted() -> Message:
            """Receive a part of the body; raise BodyTooLarge beyond the limit."""
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > limit:
                raise BodyTooLarge
            return message

        async def noted(message: Message) -> None:
            """Send a part of the answer, but not if a parser of forms has hidden BodyTooLarge."""
            nonlocal begun
            if read > limit:
                raise BodyTooLarge
            begun = True
            await send(message)

        try:
            if int(Headers(scope=scope).get("content-length", "0")) > limit:
                raise BodyTooLarge
            await self._app(scope, counted, noted)
        except BodyTooLarge:
            if begun:
                raise
            message = f"A request can have {limit} bytes at most."
            answer = error_response(Request(scope), ApiError(413, "too_long", message))
            answer.headers["Connection"] = "close"  # so that the rest of it is not read
            await answer(scope, receive, _lingering(receive, send))


def _lingering(receive: Receive, send: Send) -> Send:
    """Return a ``send`` that ends an answer when the client has sent its body, or soon after.

    A connection that is closed earlier may be reset before the answer is read (RFC 9112, 9.6).
    """

    async def linger(message: Message) -> None:
        """Send a part of the answer; end the last one after the rest of the body."""
        if message["type"] != "http.response.body":
            await send(message)
            return
        await send({**message, "more_body": True})
        left = _LINGER_BYTES
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LINGER_SECONDS):
                while left > 0 and (part := await receive()).get("more_body"):
                    left -= len(part["body"])
        await send({"type": "http.response.body"})

    return linger


def _plain(scope: Scope) -> Scope:
    """Return the scope as routes expect it: GET for HEAD, no slash at the end of the path.

    The server sends no body in the answer to HEAD.
    """
    method = "GET" if scope["method"] == "HEAD" else scope["method"]
    return {**scope, "method": method, "path": scope["path"].rstrip("/") or "/"}
