"""Confirmation of an opt-in by the link that was mailed to its address (double opt-in)."""

import asyncio

from fastapi import APIRouter
from starlette.responses import HTMLResponse, Response

from bot.optouts.links import ConfirmationLinks, UnknownLink
from bot.optouts.model import LedgerError, NotRecorded, Record, UnknownReference
from bot.optouts.wording import Wording
from bot.policy.facts import facts
from bot.web.context import WebContext
from bot.web.errors import not_found
from bot.web.schemas import page_of
from bot.web.templates import render

_NOT_VALID = (
    "This link is not valid, or not any more. Nothing has changed. If you would like to have "
    "something again, please ask for it once more in the chat."
)


def opt_in(web: WebContext) -> APIRouter:
    """Return the routes of the link."""
    routes, handlers = APIRouter(tags=["opt-outs"]), _Handlers(web)
    for method, handler, errors in (
        ("GET", handlers.ask, (404,)),
        ("POST", handlers.confirm, (404, 413, 503)),
    ):
        routes.add_api_route(
            "/opt-in/{token}",
            handler,
            methods=[method],
            response_class=HTMLResponse,
            responses=page_of(*errors),
        )
    return routes


class _Handlers:
    def __init__(self, web: WebContext) -> None:
        self._optouts = web.services.optouts
        self._links = ConfirmationLinks(web.settings)

    async def ask(self, token: str) -> Response:
        """Return a page with a button; a link scanner that opens the link changes nothing."""
        try:
            record = await asyncio.to_thread(self._optouts.ledger.get, self._request_of(token))
        except UnknownReference:
            raise not_found(_NOT_VALID) from None
        return render("opt_in.html", asked=_asked(record))

    async def confirm(self, token: str) -> Response:
        """Give effect to the opt-in, and tell so."""
        try:
            record = await self._optouts.confirm(
                self._request_of(token), "by the link that was mailed to the address"
            )
        except NotRecorded:
            return render("not_recorded.html", status=503, reach=facts().reach)
        except LedgerError:  # it is gone, or was denied, taken back or undone meanwhile
            raise not_found(_NOT_VALID) from None
        return render("opted_in.html", asked=_asked(record))

    def _request_of(self, token: str) -> str:
        try:
            return self._links.request(token)
        except UnknownLink:
            raise not_found(_NOT_VALID) from None


def _asked(record: Record) -> list[str]:
    return Wording(record.action).parts(record.kinds)
