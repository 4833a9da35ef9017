"""The desk: the page on which agents answer shoppers, and the calls of that page."""

import re
from typing import Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from bot.accounts.model import Account, Role
from bot.conversations.intake import clean
from bot.conversations.model import Message, rfc3339
from bot.conversations.store import UnknownConversation
from bot.handoff.model import EMBEDDED, UNSENT, Agent, Handoff, HandoffKind, NotTaken, State
from bot.handoff.service import LONGEST
from bot.policy.facts import facts
from bot.web import schemas
from bot.web.context import WebContext
from bot.web.errors import not_found
from bot.web.requests import checked_text, json_body, json_body_of, session_cookie
from bot.web.schemas import page_of, refusals
from bot.web.staff import StaffDoor, session_routes
from bot.web.templates import render

_CANNED = ("support_hours", "support_phone", "mail_address")


def agent_desk(web: WebContext) -> APIRouter:
    """Return the routes of the desk."""
    door = StaffDoor(web, Role.AGENT)
    routes, handlers = APIRouter(prefix="/desk", tags=["desk"]), _Handlers(web, door)
    agent: dict[str, Any] = {"dependencies": [Depends(session_cookie)]}
    one = "/handoffs/{identifier}"

    def answers(model: Any, *statuses: int) -> dict[int | str, dict[str, Any]]:
        """Return the documentation of a call's answers."""
        return {200: {"model": model}, **refusals(400, 401, 403, 429, 503, *statuses)}

    routes.add_api_route(
        "", handlers.page, methods=["GET"], response_class=HTMLResponse, responses=page_of(429)
    )
    routes.add_api_route(
        "/queue", handlers.queue, methods=["GET"], responses=answers(schemas.DeskQueue), **agent
    )
    reply, end = json_body_of(schemas.AgentReply), json_body_of(schemas.Resolve, required=False)
    for path, method, handler, model, body in (
        (one, "GET", handlers.read, schemas.HandoffWithMessages, None),
        (f"{one}/claim", "POST", handlers.claim, schemas.HandoffWithMessages, None),
        (f"{one}/messages", "POST", handlers.reply, schemas.HandoffWithMessages, reply),
        (f"{one}/resolve", "POST", handlers.resolve, schemas.Handoff, end),
    ):
        routes.add_api_route(
            path,
            handler,
            methods=[method],
            responses=answers(model, 404, 409, 413),
            openapi_extra=body,
            **agent,
        )
    routes.add_api_route(
        f"{one}/typing",
        handlers.typing,
        methods=["POST"],
        status_code=204,
        responses=refusals(400, 401, 403, 404, 409, 429, 503),
        **agent,
    )
    routes.include_router(session_routes(door))
    return routes


class _Handlers:
    def __init__(self, web: WebContext, door: StaffDoor) -> None:
        self._door = door
        self._engine = web.engine
        self._handoffs = web.services.handoffs
        self._inbox = web.services.handoffs.inbox
        self._store = web.services.store

    async def page(self) -> Response:
        """Return the page, which fetches all data with the session of the agent."""
        return render("desk.html", single_sign_on=self._door.has_single_sign_on)

    async def queue(self, request: Request) -> Response:
        """Return the open handoffs, and the name of the agent."""
        agent = await self._agent(request)
        listed = [self._as_json(handoff, agent) for handoff in self._inbox.listed()]
        canned = [text for name in _CANNED if (text := facts().text(name))]
        return JSONResponse({"agent": agent.name, "handoffs": listed, "canned": canned})

    async def read(self, request: Request, identifier: str) -> Response:
        """Return a handoff with its conversation."""
        agent = await self._agent(request)
        return self._with_messages(self._handoff(identifier), agent)

    async def claim(self, request: Request, identifier: str) -> Response:
        """Claim a handoff; only one of two agents gets it."""
        agent = await self._agent(request)
        handoff = self._inbox.claim(self._handoff(identifier).id, agent)
        self._note("claimed", agent, handoff)
        self._engine.announce(handoff.conversation)
        return self._with_messages(handoff, agent)

    async def reply(self, request: Request, identifier: str) -> Response:
        """Send a message to the shopper; personal data in it is masked as in the shopper's text."""
        agent, handoff = await self._mine(request, identifier)
        body = await json_body(request, schemas.AgentReply)
        text = checked_text(clean(body.text), LONGEST)
        handoff = self._handoffs.reply(handoff, text, agent, body.client_id)
        self._note("replied", agent, handoff)
        self._engine.announce(handoff.conversation)
        return self._with_messages(handoff, agent)

    async def typing(self, request: Request, identifier: str) -> Response:
        """Record that the agent is typing."""
        _, handoff = await self._mine(request, identifier)
        self._inbox.note_typing(handoff)
        return Response(status_code=204)

    async def resolve(self, request: Request, identifier: str) -> Response:
        """End a handoff, or mark its message to be answered later."""
        agent = await self._agent(request)
        handoff = self._handoff(identifier)
        body = await json_body(request, schemas.Resolve, optional=True)
        # after a chat there is no contact for a later answer, so only a message can be marked
        follow_up = body.follow_up and handoff.kind is HandoffKind.MESSAGE
        ended = self._inbox.resolve(handoff.id, agent, follow_up)
        self._note("resolved", agent, ended)
        self._engine.announce(ended.conversation)
        return JSONResponse(self._as_json(ended, agent))

    async def _agent(self, request: Request) -> Agent:
        """Return the agent who is signed in, and is at the desk now."""
        account = self._door.account(request)
        self._handoffs.agents.note_presence(account.id)
        return Agent(account.id, account.name)

    def _note(self, act: str, agent: Agent, handoff: Handoff) -> None:
        """Add an act of an agent to the audit log."""
        account = Account(agent.id, agent.name, frozenset({Role.AGENT}))
        self._door.note(act, account, reference=handoff.reference)

    def _handoff(self, identifier: str) -> Handoff:
        known = re.fullmatch(r"[0-9a-f]{32}", identifier)
        handoff = self._inbox.find(identifier) if known else None
        if handoff is None or handoff.state in UNSENT or handoff.desk != EMBEDDED:
            raise not_found(
                "There is no such handoff: the shopper may have deleted the conversation."
            )
        return handoff

    async def _mine(self, request: Request, identifier: str) -> tuple[Agent, Handoff]:
        """Return the agent and their chat; raise NotTaken if the agent does not have it."""
        agent = await self._agent(request)
        handoff = self._handoff(identifier)
        live = handoff.state is State.ACCEPTED and handoff.kind is HandoffKind.LIVE
        if handoff.agent != agent.id or not live:
            raise NotTaken("You do not have this chat: it is over, or somebody else has taken it.")
        return agent, handoff

    def _with_messages(self, handoff: Handoff, agent: Agent) -> Response:
        try:
            said = self._store.since(handoff.conversation, 0)
        except UnknownConversation:
            said = []
        messages = [
            message.as_json() | {"text": self._shown(handoff, agent, message)} for message in said
        ]
        return JSONResponse({**self._as_json(handoff, agent), "messages": messages})

    def _shown(self, handoff: Handoff, agent: Agent, message: Message) -> str:
        """Return the text of a message; contact data only for the agent of the handoff."""
        mine = handoff.agent == agent.id
        return self._handoffs.revealed(handoff, message) if mine else message.text

    def _as_json(self, handoff: Handoff, agent: Agent) -> dict[str, Any]:
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
