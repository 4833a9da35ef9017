"""The desk: the page on which agents answer shoppers, and what it asks the server."""

import re
from typing import Any

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import html as html_response
from sanic.response import json as json_response

from bot.handoff.model import EMBEDDED, Agent, Handoff, Kind, NotTaken, State
from bot.handoff.reception import LONGEST, Reception
from bot.intake import clean
from bot.policy.facts import facts
from bot.turns import Message, rfc3339
from bot.web import http
from bot.web.channel import StorefrontChannel
from bot.web.errors import ApiError, malformed, too_long
from bot.web.limits import Limits
from bot.web.site import deskpage
from bot.web.store import UnknownConversation


def desk(channel: StorefrontChannel, limits: Limits) -> Blueprint:
    """Return the routes."""
    blueprint, handlers = Blueprint("desk"), _Desk(channel, limits)
    routes = [
        ("GET", "/desk", handlers.page),
        ("GET", "/desk/queue", handlers.queue),
        ("GET", "/desk/handoffs/<identifier:str>", handlers.read),
        ("POST", "/desk/handoffs/<identifier:str>/claim", handlers.claim),
        ("POST", "/desk/handoffs/<identifier:str>/messages", handlers.reply),
        ("POST", "/desk/handoffs/<identifier:str>/typing", handlers.typing),
        ("POST", "/desk/handoffs/<identifier:str>/resolve", handlers.resolve),
    ]
    http.add_routes(blueprint, routes)
    return blueprint


class _Desk:
    def __init__(self, channel: StorefrontChannel, limits: Limits) -> None:
        self._channel = channel
        self._reception: Reception = channel.reception
        self._work = channel.reception.work
        self._store = channel.memory.store
        self._limits = limits

    async def page(self, _: Request) -> HTTPResponse:
        """Show the page; what it shows it asks for with the agent's token."""
        return html_response(deskpage())

    async def queue(self, request: Request) -> HTTPResponse:
        """Tell what there is to do, and who asks."""
        agent = await self._agent(request)
        listed = [self._as_json(handoff, agent) for handoff in self._work.listed()]
        canned = [facts().by_name[name].text for name in ("support_hours", "support_phone", "mail_address")]
        return json_response({"agent": agent.name, "handoffs": listed, "canned": canned})

    async def read(self, request: Request, identifier: str) -> HTTPResponse:
        """Tell a handoff with its conversation."""
        agent = await self._agent(request)
        return self._told(self._handoff(identifier), agent)

    async def claim(self, request: Request, identifier: str) -> HTTPResponse:
        """Take a handoff: of two agents one gets it."""
        agent = await self._agent(request)
        handoff = self._work.claim(self._handoff(identifier).id, agent)
        self._channel.announce(handoff.conversation)
        return self._told(handoff, agent)

    async def reply(self, request: Request, identifier: str) -> HTTPResponse:
        """Say something to the shopper; personal data in it is kept as that of the shopper is."""
        agent, handoff = await self._mine(request, identifier)
        sent = http.body(request)
        text = clean(http.string(sent, "text"))
        client_id = http.client_id(sent)
        if not text:
            raise malformed('"text" is empty.')
        if len(text) > LONGEST:
            raise too_long(LONGEST)
        mark = self._channel.memory.mark(f"{agent.id} {client_id}") if client_id else None
        handoff = self._reception.say(handoff, text, mark, agent.name, agent)
        self._channel.announce(handoff.conversation)
        return self._told(handoff, agent)

    async def typing(self, request: Request, identifier: str) -> HTTPResponse:
        """Let the shopper see that somebody types."""
        _, handoff = await self._mine(request, identifier)
        self._work.note_typing(handoff)
        return HTTPResponse(status=204)

    async def resolve(self, request: Request, identifier: str) -> HTTPResponse:
        """End a handoff, or mark it for later."""
        agent = await self._agent(request)
        handoff = self._handoff(identifier)
        # a chat that is over has no way to reach anybody later
        follow_up = http.body(request, optional=True).get("follow_up") is True and handoff.kind is Kind.MESSAGE
        ended = self._work.resolve(handoff.id, agent, follow_up)
        self._channel.announce(ended.conversation)
        return json_response(self._as_json(ended, agent))

    async def _agent(self, request: Request) -> Agent:
        """Return who asks; a wrong token counts against its address, so that none is guessed."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        agent = self._reception.agents.recognise(token.strip()) if scheme.lower() == "bearer" and token else None
        if agent is None:
            await self._limits.count_start(request)
            raise ApiError(401, "unauthorized", "This is no agent's token. Make one: privacy-bot desk add NAME.")
        return agent

    def _handoff(self, identifier: str) -> Handoff:
        handoff = self._work.find(identifier) if re.fullmatch(r"[0-9a-f]{32}", identifier) else None
        if handoff is None or handoff.state is State.DRAFTED or handoff.desk != EMBEDDED:
            raise ApiError(404, "not_found", "There is no such handoff: the shopper may have deleted the conversation.")
        return handoff

    async def _mine(self, request: Request, identifier: str) -> tuple[Agent, Handoff]:
        """Return who asks and a live handoff that they have."""
        agent = await self._agent(request)
        handoff = self._handoff(identifier)
        if handoff.agent != agent.id or handoff.state is not State.ACCEPTED or handoff.kind is not Kind.LIVE:
            raise NotTaken("You do not have this chat: it is over, or somebody else has taken it.")
        return agent, handoff

    def _told(self, handoff: Handoff, agent: Agent) -> HTTPResponse:
        try:
            said = self._store.since(handoff.conversation, 0)
        except UnknownConversation:
            said = []
        messages = [message.as_json() | {"text": self._revealed(handoff, agent, message)} for message in said]
        return json_response({**self._as_json(handoff, agent), "messages": messages})

    def _revealed(self, handoff: Handoff, agent: Agent, message: Message) -> str:
        """Return a message as an agent may see it, who sees what was typed to others as the bot does."""
        return self._reception.revealed(handoff, message) if handoff.agent == agent.id else message.text

    def _as_json(self, handoff: Handoff, agent: Agent) -> dict[str, Any]:
        """Return a handoff as the page has it; how to reach somebody is told to whoever has taken it."""
        mine = handoff.agent == agent.id
        return {
            "id": handoff.id,
            "reference": handoff.reference,
            "kind": str(handoff.kind),
            "state": str(handoff.state),
            "reason": str(handoff.reason),
            "topics": list(handoff.titles),
            "note": handoff.note,
            "contact": handoff.contact if mine else None,
            "requested_at": rfc3339(handoff.requested_at),
            "mine": mine,
            "agent": handoff.agent_name,
            "follow_up": handoff.follow_up,
        }
