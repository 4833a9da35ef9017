"""The pages beside the channel: health, the policy, and where to begin."""

import html

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import html as html_response
from sanic.response import json as json_response

from bot.policy.document import Clause, load
from bot.web.channel import error_response
from bot.web.errors import not_ready


def pages() -> Blueprint:
    """Return the routes."""
    blueprint = Blueprint("pages")

    @blueprint.get("/health")
    async def health(_: Request) -> HTTPResponse:
        """Say that the process answers."""
        return json_response({"status": "ok"})

    @blueprint.get("/ready")
    async def ready(request: Request) -> HTTPResponse:
        """Say whether the assistant can answer."""
        agent = request.app.ctx.agent
        if agent is None or not agent.is_ready():
            return error_response(not_ready())
        return json_response({"status": "ready"})

    @blueprint.get("/privacy")
    async def privacy(_: Request) -> HTTPResponse:
        """Show the policy; each clause is an anchor."""
        return html_response(policy_page())

    return blueprint


def policy_page() -> str:
    """Return the policy as a page, each clause with its id."""
    policy = load()
    parts = []
    for section in policy.sections:
        parts.append(f'<section id="{section.id}"><h2>{html.escape(section.title)}</h2>')
        parts += [f"<p>{' '.join(map(_clause, block))}</p>" for block in section.blocks]
        parts.append("</section>")
    title = html.escape(policy.title)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"></head>'
        f"<body><main><h1>{title}</h1>{''.join(parts)}</main></body></html>"
    )


def _clause(clause: Clause) -> str:
    return f'<span id="{clause.id}">{"<br>".join(map(html.escape, clause.text.splitlines()))}</span>'
