"""Calls of the desk about all handoffs, its agents, their canned answers, and the history."""

from dataclasses import asdict
from datetime import date
from typing import Annotated

from fastapi import Query
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.conversations.intake import clean
from bot.handoff.canned import MOST, from_policy
from bot.handoff.history import Search
from bot.handoff.model import NotTaken
from bot.optouts.model import Action
from bot.optouts.reach import IN_THE_BROWSER
from bot.optouts.wording import Wording
from bot.topics import TOPICS
from bot.web.desk import schemas
from bot.web.desk.access import DeskAccess, card_json, handoff_json
from bot.web.errors import ApiError
from bot.web.requests import json_body
from bot.web.templates import render

_LONGEST_PAST = 10_000  # pages of the history


class OverviewHandlers:
    """Handlers of the calls about everything at the desk."""

    def __init__(self, access: DeskAccess) -> None:
        self._access = access
        self._agents = access.handoffs.agents
        self._inbox = access.handoffs.inbox
        self._desk = access.desk

    async def page(self) -> Response:
        """Return the page, which fetches all data with the session of the agent."""
        kinds = Wording(Action.OPT_OUT).choices()[:-1]  # "everything" is all of them
        topics = {name: topic.title for name, topic in TOPICS.items()}
        return render(
            "desk.html",
            topics=topics,
            kinds=kinds,
            browser=IN_THE_BROWSER,
            single_sign_on=self._access.has_single_sign_on,
        )

    async def queue(
        self,
        request: Request,
        chat: Annotated[
            str, Query(max_length=32, description="Id of the handoff that the page shows.")
        ] = "",
    ) -> Response:
        """Return the open handoffs, who is here, and the handoff that the page shows."""
        agent = self._access.agent(request)
        cards = self._desk.cards.of(self._inbox.listed())
        everybody = self._agents.colleagues()
        shown = None
        if chat:
            try:
                shown = self._access.case_json(self._access.handoff(chat), agent)
            except ApiError:  # the shopper has deleted it: the rest is shown all the same
                shown = None
        return JSONResponse(
            {
                "agent": agent.name,
                "available": all(one.available for one in everybody if one.id == agent.id),
                "mail": self._desk.mails.enabled,
                "colleagues": [asdict(one) for one in everybody if one.id != agent.id],
                "handoffs": [card_json(card, agent) for card in cards],
                "chat": shown,
            }
        )

    async def set_available(self, request: Request) -> Response:
        """Store whether the agent takes new chats."""
        agent = self._access.agent(request)
        body = await json_body(request, schemas.Availability)
        self._agents.set_available(agent.id, body.available)
        return Response(status_code=204)

    async def leave(self, request: Request) -> Response:
        """Note that the agent leaves the desk: their chats go to somebody else at once."""
        agent = self._access.agent(request)
        self._agents.leave(agent.id)
        return Response(status_code=204)

    async def answers(self, request: Request) -> Response:
        """Return the canned answers of the agent, and those from the policy."""
        agent = self._access.agent(request)
        answers = [*self._desk.canned.of(agent), *from_policy()]
        return JSONResponse({"answers": [asdict(one) for one in answers]})

    async def save_answer(self, request: Request) -> Response:
        """Store a canned answer of the agent."""
        agent = self._access.agent(request)
        body = await json_body(request, schemas.NewAnswer)
        if not self._desk.canned.save(agent, clean(body.title), clean(body.text)):
            raise NotTaken(f"You have {MOST} answers of your own already: delete one first.")
        return await self.answers(request)

    async def remove_answer(self, request: Request, identifier: str) -> Response:
        """Delete a canned answer of the agent."""
        agent = self._access.agent(request)
        self._desk.canned.remove(agent, identifier)
        return await self.answers(request)

    async def history(
        self,
        request: Request,
        words: Annotated[
            str,
            Query(
                max_length=schemas.LONGEST_SEARCH,
                description="Words, a reference, or an address that was left for the answer.",
            ),
        ] = "",
        day: Annotated[date | None, Query(description="Day of the request.")] = None,
        topic: Annotated[str, Query(max_length=40, description="Name of a topic.")] = "",
        page: Annotated[int, Query(ge=0, le=_LONGEST_PAST)] = 0,
    ) -> Response:
        """Return a page of the handoffs that are over, the latest first."""
        agent = self._access.agent(request)
        found, more = self._desk.history.found(Search(clean(words), day, topic), page)
        listed = [handoff_json(handoff, agent) for handoff in found]
        return JSONResponse({"handoffs": listed, "more": more})
