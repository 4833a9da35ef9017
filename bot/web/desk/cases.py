"""Calls of the desk about one handoff: taking it, answering it, passing it on, ending it."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.conversations.intake import clean
from bot.handoff.model import Agent, HandoffKind, NotTaken
from bot.handoff.service import LONGEST
from bot.web.desk import schemas
from bot.web.desk.access import DeskAccess, handoff_json
from bot.web.errors import ApiError
from bot.web.requests import checked_text, json_body

_NO_MAIL = "Mail to shoppers is not set up: whoever runs the bot sets PRIVACY_BOT_SHOPPER_SMTP_URL."


class CaseHandlers:
    """Handlers of the calls about one handoff."""

    def __init__(self, access: DeskAccess) -> None:
        self._access = access
        self._handoffs = access.handoffs
        self._inbox = access.handoffs.inbox

    async def read(self, request: Request, identifier: str) -> Response:
        """Return a handoff with its conversation."""
        agent = self._access.agent(request)
        return self._access.case(self._access.handoff(identifier), agent)

    async def claim(self, request: Request, identifier: str) -> Response:
        """Claim a handoff; only one of two agents gets it."""
        agent = self._access.agent(request)
        handoff = self._inbox.claim(self._access.handoff(identifier).id, agent)
        self._access.changed("claimed", agent, handoff)
        return self._access.case(handoff, agent)

    async def reply(self, request: Request, identifier: str) -> Response:
        """Send a message to the shopper; personal data in it is masked as in the shopper's text."""
        agent, handoff = self._access.mine(request, identifier)
        body = await json_body(request, schemas.AgentText)
        text = checked_text(clean(body.text), LONGEST)
        if handoff.kind is not HandoffKind.LIVE:
            raise NotTaken("This is no chat: answer by mail.")
        handoff = self._handoffs.reply(handoff, text, agent, body.client_id)
        self._access.changed("replied", agent, handoff)
        return self._access.case(handoff, agent)

    async def mail(self, request: Request, identifier: str) -> Response:
        """Send a mail to a shopper who left a message with an address."""
        agent, handoff = self._access.mine(request, identifier)
        body = await json_body(request, schemas.AgentText)
        text = checked_text(clean(body.text), LONGEST)
        mails = self._access.desk.mails
        if not mails.enabled:
            raise ApiError(409, "no_mail", _NO_MAIL)
        masked = self._handoffs.masked(handoff, text)
        handoff = mails.write(handoff, agent, text, masked, body.client_id)
        self._access.note("mailed", agent, handoff.reference)
        return self._access.case(handoff, agent)

    async def annotate(self, request: Request, identifier: str) -> Response:
        """Add a note that shoppers never see; any agent may."""
        agent = self._access.agent(request)
        handoff = self._access.handoff(identifier)
        body = await json_body(request, schemas.AgentText)
        text = checked_text(clean(body.text), LONGEST)
        self._access.desk.notes.add(handoff, agent, self._handoffs.masked(handoff, text))
        self._access.note("noted", agent, handoff.reference)
        return self._access.case(handoff, agent)

    async def typing(self, request: Request, identifier: str) -> Response:
        """Record that the agent is typing."""
        _, handoff = self._access.mine(request, identifier)
        if handoff.kind is not HandoffKind.LIVE:
            raise NotTaken("This is no chat.")
        self._inbox.note_typing(handoff)
        return Response(status_code=204)

    async def seen(self, request: Request, identifier: str) -> Response:
        """Record how far the agent has seen the conversation."""
        agent = self._access.agent(request)
        body = await json_body(request, schemas.ReadTo)
        self._inbox.note_read(self._access.handoff(identifier), agent, body.message)
        return Response(status_code=204)

    async def pass_on(self, request: Request, identifier: str) -> Response:
        """Give the handoff to a colleague who is here, or back to the queue."""
        agent, handoff = self._access.mine(request, identifier)
        body = await json_body(request, schemas.PassOn)
        to = self._colleague(agent, body.to) if body.to else None
        passed = self._inbox.pass_on(handoff.id, agent, to)
        self._access.changed("passed_on", agent, passed)
        return JSONResponse(handoff_json(passed, agent))

    async def reopen(self, request: Request, identifier: str) -> Response:
        """Take an answered message again, to go on with its mails."""
        agent = self._access.agent(request)
        handoff = self._inbox.reopen(self._access.handoff(identifier).id, agent)
        self._access.note("reopened", agent, handoff.reference)
        return self._access.case(handoff, agent)

    async def resolve(self, request: Request, identifier: str) -> Response:
        """End a handoff, or mark its message to be answered later."""
        agent = self._access.agent(request)
        handoff = self._access.handoff(identifier)
        body = await json_body(request, schemas.Resolve, optional=True)
        # after a chat there is no contact for a later answer, so only a message can be marked
        follow_up = body.follow_up and handoff.kind is HandoffKind.MESSAGE
        ended = self._inbox.resolve(handoff.id, agent, follow_up)
        self._access.changed("resolved", agent, ended)
        return JSONResponse(handoff_json(ended, agent))

    def _colleague(self, agent: Agent, identifier: str) -> Agent:
        """Return another agent who is here and takes chats; raises NotTaken."""
        for one in self._handoffs.agents.colleagues():
            if one.id == identifier and one.id != agent.id and one.here and one.available:
                return Agent(one.id, one.name)
        raise NotTaken("This colleague is not here just now, or takes no chats.")
