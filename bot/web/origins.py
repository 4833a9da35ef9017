"""Which pages of other sites may use the channel (CORS), and what every answer tells a browser about itself."""

from sanic.request import Request

from bot.settings import Settings
from bot.web.errors import ApiError

_METHODS = "GET, POST, DELETE"
_HEADERS = "authorization, content-type"
_EXPOSED = "retry-after, x-message-id, x-typing"
_PREFLIGHT_SECONDS = 600

# Nothing but what this server serves itself: no inline script, no other host, no frame around a page.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_SECURITY = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), browsing-topics=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class Origins:
    """The origins that may embed the widget: this server's own, and those of the settings, each by its exact name."""

    def __init__(self, settings: Settings) -> None:
        self._allowed = frozenset(settings.origins)

    def check(self, request: Request) -> None:
        """Raise the contract's error for a request that a page of another site sent."""
        origin = request.headers.get("origin")
        if origin is not None and not self._allows(request, origin):
            raise ApiError(403, "forbidden_origin", "Pages of this site may not use this server (PRIVACY_BOT_ORIGINS).")

    def headers(self, request: Request) -> dict[str, str]:
        """Return what lets a page of an allowed origin read the answer; nobody else is named, and nobody is by a wildcard."""
        origin = request.headers.get("origin")
        if origin is None or not self._allows(request, origin):
            return {"Vary": "Origin"}
        return {"Vary": "Origin", "Access-Control-Allow-Origin": origin, "Access-Control-Expose-Headers": _EXPOSED}

    def preflight(self, request: Request) -> dict[str, str]:
        """Return what answers a browser that asks before it sends."""
        headers = self.headers(request)
        if "Access-Control-Allow-Origin" in headers:
            headers["Access-Control-Allow-Methods"] = _METHODS
            headers["Access-Control-Allow-Headers"] = _HEADERS
            headers["Access-Control-Max-Age"] = str(_PREFLIGHT_SECONDS)
        return headers

    def _allows(self, request: Request, origin: str) -> bool:
        host = request.headers.get("host")
        return origin in self._allowed or bool(host and origin in (f"https://{host}", f"http://{host}"))


def security_headers(production: bool) -> dict[str, str]:
    """Return the headers that every answer has."""
    if not production:
        return _SECURITY
    return {**_SECURITY, "Strict-Transport-Security": "max-age=31536000"}
