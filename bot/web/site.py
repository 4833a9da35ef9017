"""Pages and files around the chat, and the calls of monitoring: health, ready, metrics."""

import hmac
import ipaddress
from base64 import b64decode
from functools import partial
from os import stat
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from bot import metrics
from bot.policy.document import load
from bot.policy.notice import PAGE, notice
from bot.web import schemas
from bot.web.context import WebContext
from bot.web.errors import ApiError, not_found
from bot.web.requests import bearer_token, sends_gpc
from bot.web.schemas import page_of, refusals
from bot.web.templates import PAGES, render

WIDGET = Path(__file__).parent / "widget" / "widget.js"
_FILES = {path.name: path for path in PAGES.iterdir() if path.suffix in {".js", ".css", ".svg"}}
_PIXEL = b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
_PROXY_HEADERS = ("x-forwarded-for", "forwarded", "x-real-ip", "via")
_SECONDS = 300  # a browser uses a file so long without asking again


def site(web: WebContext) -> APIRouter:
    """Return the routes of the pages, the files and the calls of monitoring."""
    routes, handlers = APIRouter(tags=["site"]), _Handlers(web)
    add = partial(routes.add_api_route, methods=["GET"])
    binary = {"schema": {"type": "string", "format": "binary"}}
    types = ("text/javascript", "text/css", "image/svg+xml")
    file: dict[int | str, dict[str, Any]] = {
        200: {"description": "The file.", "content": dict.fromkeys(types, binary)},
        304: {"description": "The browser has it."},
        **refusals(404, 429),
    }
    page: dict[str, Any] = {"response_class": HTMLResponse, "responses": page_of(429)}
    add("/", handlers.index, **page)
    add("/privacy", handlers.privacy, **page)
    add(PAGE, handlers.assistant, **page)
    gif: dict[int | str, dict[str, Any]] = {
        200: {"description": "A transparent pixel.", "content": {"image/gif": binary}},
        **refusals(429),
    }
    add("/pixel.gif", handlers.pixel, response_class=Response, responses=gif)
    add("/widget.js", handlers.widget, response_class=Response, responses=file)
    add("/assets/{name}", handlers.asset, response_class=Response, responses=file)
    add("/health", handlers.health, responses={200: {"model": schemas.Health}})
    ready = {200: {"model": schemas.Health}, **refusals(503)}
    add("/ready", handlers.ready, responses=ready)
    text = {"content": {"text/plain": {"schema": {"type": "string"}}}}
    figures = {200: {**text, "description": "All figures."}, **refusals(401, 429)}
    add("/metrics", handlers.metrics, response_class=PlainTextResponse, responses=figures)
    return routes


class _Handlers:
    def __init__(self, web: WebContext) -> None:
        self._web = web
        self._files = StaticFiles(directory=PAGES)

    async def index(self, request: Request) -> Response:
        """Return the demo storefront; for a browser with Global Privacy Control without its ads."""
        return render("storefront.html", headers={"Vary": "Sec-GPC"}, gpc=sends_gpc(request))

    async def pixel(self) -> Response:
        """Return the pixel of the demo's ad tag, which stands for that of an ad network."""
        return Response(_PIXEL, headers={"Cache-Control": "no-store"}, media_type="image/gif")

    async def privacy(self) -> Response:
        """Return the policy; each clause has an anchor."""
        return render("policy.html", policy=load())

    async def assistant(self) -> Response:
        """Return what this assistant itself keeps of a chat; each clause has an anchor."""
        return render("policy.html", policy=notice())

    async def widget(self, request: Request) -> Response:
        """Return the widget, also to pages of the origins that may embed it."""
        return self._sent(request, WIDGET, dict(self._web.origins.headers(request.headers)))

    async def asset(self, request: Request, name: str) -> Response:
        """Return a style sheet, a script or a picture of the pages."""
        if name not in _FILES:
            raise not_found("There is no such file.")
        return self._sent(request, _FILES[name], {})

    async def health(self) -> Response:
        """Report that the process answers."""
        return JSONResponse({"status": "ok"})

    async def ready(self) -> Response:
        """Report that the assistant is ready, and its storage; 503 if one of them is not."""
        self._web.require_ready()
        self._web.require_storage()
        return JSONResponse({"status": "ready"})

    async def metrics(self, request: Request) -> Response:
        """Return all metrics in the format of Prometheus, to this machine or with the token."""
        token, given = self._web.settings.metrics_token, bearer_token(request)
        if not _is_from_here(request) and not (
            token and given and hmac.compare_digest(given.encode(), token.encode())
        ):
            await self._web.limits.count_start(request)
            message = "Metrics are for this machine, or with the token PRIVACY_BOT_METRICS_TOKEN."
            raise ApiError(401, "unauthorized", message)
        return Response(metrics.exposition(), headers={"Content-Type": metrics.CONTENT_TYPE})

    def _sent(self, request: Request, path: Path, headers: dict[str, str]) -> Response:
        """Return a file, or 304 if the browser has it."""
        sent = self._files.file_response(path, stat(path), request.scope)
        sent.headers.update({**headers, "Cache-Control": f"public, max-age={_SECONDS}"})
        return sent


def _is_from_here(request: Request) -> bool:
    """Return whether a request comes from this machine, and from no proxy on it."""
    proxied = any(name in request.headers for name in _PROXY_HEADERS)
    host = request.client.host if request.client else ""
    try:
        return ipaddress.ip_address(host).is_loopback and not proxied
    except ValueError:
        return False


class GzipFiles(GZipMiddleware):
    """Compression of files only.

    A compressed answer with a token could leak the token (BREACH).
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request."""
        is_file = scope["type"] == "http" and scope["path"].startswith(("/assets/", "/widget.js"))
        await (super().__call__ if is_file else self.app)(scope, receive, send)
