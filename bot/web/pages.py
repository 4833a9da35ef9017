"""The pages beside the channel: health, the policy, and where to begin."""

import html
from functools import cache

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import html as html_response
from sanic.response import json as json_response
from sanic.response import raw as raw_response

from bot import metrics
from bot.policy.document import Clause, load
from bot.web.http import require_ready

INDEX = """
<p>This server answers questions about the store's <a href="/privacy">privacy policy</a>. A conversation goes over HTTP, from
<code>POST /webhooks/storefront/session</code> on; the README shows how. To try it here and now, run
<code>.venv/bin/privacy-bot shell</code> in the project's folder.</p>
"""


def pages() -> Blueprint:
    """Return the routes."""
    blueprint = Blueprint("pages")

    @blueprint.get("/")
    async def index(_: Request) -> HTTPResponse:
        """Say what this is and where to go on."""
        return html_response(page("The privacy bot", INDEX))

    @blueprint.get("/health")
    async def health(_: Request) -> HTTPResponse:
        """Say that the process answers."""
        return json_response({"status": "ok"})

    @blueprint.get("/ready")
    async def ready(request: Request) -> HTTPResponse:
        """Say whether the assistant can answer."""
        require_ready(request)
        return json_response({"status": "ready"})

    @blueprint.get("/metrics")
    async def figures(_: Request) -> HTTPResponse:
        """Show what is counted, for Prometheus."""
        return raw_response(metrics.exposition(), content_type=metrics.CONTENT_TYPE)

    @blueprint.get("/privacy")
    async def privacy(_: Request) -> HTTPResponse:
        """Show the policy; each clause is an anchor."""
        return html_response(policypage())

    return blueprint


@cache
def policypage() -> str:
    """Return the policy as a page, each clause with its id."""
    policy = load()
    parts = []
    for section in policy.sections:
        parts.append(f'<section id="{section.id}"><h2>{html.escape(section.title)}</h2>')
        parts += [f"<p>{' '.join(map(_clause, block))}</p>" for block in section.blocks]
        parts.append("</section>")
    return page(policy.title, "".join(parts))


def page(title: str, content: str) -> str:
    """Return a page of the site; ``content`` is HTML."""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{html.escape(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"></head>'
        f"<body><main><h1>{html.escape(title)}</h1>{content}</main></body></html>"
    )


def _clause(clause: Clause) -> str:
    return f'<span id="{clause.id}">{"<br>".join(map(html.escape, clause.text.splitlines()))}</span>'
