"""The pages around the chat: a demo storefront, the policy, the files that pages load, and what machines ask for."""

import hashlib
import html
from dataclasses import dataclass
from functools import cache
from gzip import compress
from pathlib import Path

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import html as html_response
from sanic.response import json as json_response
from sanic.response import raw as raw_response

from bot import metrics
from bot.policy.document import Clause, load
from bot.settings import Settings
from bot.web.errors import ApiError
from bot.web.http import add_routes, require_ready
from bot.web.openapi import document
from bot.web.origins import Origins

_HERE = Path(__file__).parent
_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
_STRIP = '<p class="strip">A demo storefront: nothing here is for sale, and the chat is real.</p>'
_SECONDS = 300  # for which a browser keeps a file without asking


@dataclass(frozen=True)
class File:
    """A file that pages load, as it is sent."""

    content: bytes
    zipped: bytes
    type: str
    tag: str

    @classmethod
    def read(cls, path: Path) -> "File":
        """Read and compress it, once."""
        content = path.read_bytes()
        tag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
        return cls(content, compress(content, 9, mtime=0), _TYPES[path.suffix], tag)


class _Site:
    def __init__(self, settings: Settings) -> None:
        self._origins = Origins(settings)
        self._openapi = document(settings)
        self._widget = File.read(_HERE / "widget" / "widget.js")
        self._assets = {path.name: File.read(path) for path in (_HERE / "pages").iterdir() if path.suffix in _TYPES}

    async def index(self, _: Request) -> HTTPResponse:
        """Show the demo storefront."""
        return html_response(storefront())

    async def privacy(self, _: Request) -> HTTPResponse:
        """Show the policy; each clause is an anchor."""
        return html_response(policypage())

    async def widget(self, request: Request) -> HTTPResponse:
        """Send the widget, also to pages of the origins that may embed it."""
        return _sent(request, self._widget, self._origins.headers(request))

    async def asset(self, request: Request, name: str) -> HTTPResponse:
        """Send a style sheet, a script or a picture of the pages."""
        if name not in self._assets:
            raise ApiError(404, "not_found", "There is no such file.")
        return _sent(request, self._assets[name], {})

    async def openapi(self, _: Request) -> HTTPResponse:
        """Send the contract of the channel."""
        return json_response(self._openapi)

    async def health(self, _: Request) -> HTTPResponse:
        """Say that the process answers."""
        return json_response({"status": "ok"})

    async def ready(self, request: Request) -> HTTPResponse:
        """Say whether the assistant can answer."""
        require_ready(request)
        return json_response({"status": "ready"})

    async def figures(self, _: Request) -> HTTPResponse:
        """Show what is counted, for Prometheus."""
        return raw_response(metrics.exposition(), content_type=metrics.CONTENT_TYPE)


def site(settings: Settings) -> Blueprint:
    """Return the routes."""
    blueprint, pages = Blueprint("site"), _Site(settings)
    routes = [
        ("GET", "/", pages.index),
        ("GET", "/privacy", pages.privacy),
        ("GET", "/widget.js", pages.widget),
        ("GET", "/assets/<name:str>", pages.asset),
        ("GET", "/openapi.json", pages.openapi),
        ("GET", "/health", pages.health),
        ("GET", "/ready", pages.ready),
        ("GET", "/metrics", pages.figures),
    ]
    add_routes(blueprint, routes)
    return blueprint


def _sent(request: Request, file: File, headers: dict[str, str]) -> HTTPResponse:
    """Send a file compressed if the browser takes that, and not again if it has it."""
    headers = {**headers, "ETag": file.tag, "Cache-Control": f"public, max-age={_SECONDS}"}
    headers["Vary"] = ", ".join(filter(None, ("Accept-Encoding", headers.get("Vary"))))
    if request.headers.get("if-none-match") == file.tag:
        return HTTPResponse(status=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return raw_response(file.zipped, headers={**headers, "Content-Encoding": "gzip"}, content_type=file.type)
    return raw_response(file.content, headers=headers, content_type=file.type)


@cache
def storefront() -> str:
    """Return the demo storefront."""
    return _framed("Lighting for every room", _file("storefront.html"), _STRIP)


@cache
def deskpage() -> str:
    """Return the page for agents."""
    return _file("desk.html")


@cache
def policypage() -> str:
    """Return the policy as a page: its sections to choose from, and each clause with its id."""
    policy = load()
    contents, parts = [], []
    for section in policy.sections:
        title = html.escape(section.title)
        contents.append(f'<li><a href="#{section.id}">{title}</a></li>')
        parts.append(f'<section id="{section.id}"><h2>{title}</h2>')
        parts += [f"<p>{' '.join(map(_clause, block))}</p>" for block in section.blocks]
        parts.append("</section>")
    nav = f'<nav class="contents" aria-label="Sections"><ul>{"".join(contents)}</ul></nav>'
    return page(policy.title, nav + "".join(parts))


def problem(error: ApiError) -> str:
    """Return the page for a browser that asked for what is not there or cannot be had."""
    text = html.escape(str(error)).replace("/opt-out", '<a href="/opt-out">/opt-out</a>')
    heading = "Not found" if error.status == 404 else "That did not work"
    return page(heading, f'<p>{text}</p><p><a href="/">To the start</a></p>')


def page(heading: str, content: str, title: str | None = None) -> str:
    """Return a page of the site with the chat; ``content`` is HTML, ``title`` what the tab says instead of the heading."""
    return _framed(title or heading, f'<main id="main" class="text"><h1>{html.escape(heading)}</h1>{content}</main>')


def _framed(title: str, main: str, strip: str = "") -> str:
    """Return a page: what is the same on all of them around what is its own; ``strip`` is HTML above the header's bar."""
    return _file("frame.html").format(title=html.escape(title), main=main, strip=strip)


@cache
def _file(name: str) -> str:
    return (_HERE / "pages" / name).read_text(encoding="utf-8")


def _clause(clause: Clause) -> str:
    return f'<span id="{clause.id}">{"<br>".join(map(html.escape, clause.text.splitlines()))}</span>'
