"""Cross-origin rules (CORS): pages of other sites that may use the storefront API.

Starlette's own middleware fits neither of the contract's rules: a page of another site is refused
with 403, and the server's own origin is known from the request alone.
"""

from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.settings import Settings
from bot.web.errors import ApiError

_METHODS = "GET, POST, DELETE"
_HEADERS = "authorization, content-type"
_EXPOSED = "retry-after, x-message-id, x-typing"
_PREFLIGHT_SECONDS = 600


class Origins:
    """Origins that may embed the widget: the server's own, and exactly those of the settings."""

    def __init__(self, settings: Settings) -> None:
        self._allowed = frozenset(settings.origins)

    def allows(self, headers: Headers) -> bool:
        """Return whether the origin of a request may use the API; a request may have no origin."""
        origin, host = headers.get("origin"), headers.get("host")
        own = (f"https://{host}", f"http://{host}") if host else ()
        return origin is None or origin in self._allowed or origin in own

    def headers(self, headers: Headers) -> Mapping[str, str]:
        """Return the headers that let a page of an allowed origin read the answer."""
        origin = headers.get("origin")
        if origin is None or not self.allows(headers):
            return {"Vary": "Origin"}
        return {
            "Vary": "Origin",
            "Access-Control-Allow-Origin": origin,
            "Access-Control-Expose-Headers": _EXPOSED,
        }

    def preflight(self, headers: Headers) -> Response:
        """Return the answer to a preflight request of a browser."""
        shared = dict(self.headers(headers))
        if "Access-Control-Allow-Origin" in shared:
            shared["Access-Control-Allow-Methods"] = _METHODS
            shared["Access-Control-Allow-Headers"] = _HEADERS
            shared["Access-Control-Max-Age"] = str(_PREFLIGHT_SECONDS)
        return Response(status_code=204, headers=shared)


class StorefrontCors:
    """Middleware of the storefront API: it lets allowed sites read answers, and forbids caching.

    It stands outside of whatever answers errors, because the widget must read errors too.
    """

    def __init__(self, app: ASGIApp, origins: Origins, prefix: str) -> None:
        """Add the headers to answers of the paths that begin with ``prefix``."""
        self._app = app
        self._origins = origins
        self._prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request."""
        if scope["type"] != "http" or not scope["path"].startswith(self._prefix):
            await self._app(scope, receive, send)
            return
        shared = {**self._origins.headers(Headers(scope=scope)), "Cache-Control": "no-store"}

        async def share(message: Message) -> None:
            """Add the headers to an answer."""
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(shared)
            await send(message)

        await self._app(scope, receive, share)


class OriginCheck:
    """Middleware of the storefront API: it refuses pages of other sites, and answers preflights."""

    def __init__(self, app: ASGIApp, origins: Origins, prefix: str) -> None:
        """Guard the paths that begin with ``prefix``."""
        self._app = app
        self._origins = origins
        self._prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request; raise ApiError 403 if it comes from a page of another site."""
        if scope["type"] != "http" or not scope["path"].startswith(self._prefix):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if not self._origins.allows(headers):
            raise ApiError(
                403,
                "forbidden_origin",
                "Pages of this site may not use this server (PRIVACY_BOT_ORIGINS).",
            )
        if scope["method"] == "OPTIONS":
            await self._origins.preflight(headers)(scope, receive, send)
        else:
            await self._app(scope, receive, send)
