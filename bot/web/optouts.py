"""Opt-outs by HTTP: a form without JavaScript, one-click unsubscribing, status pages, and GPC."""

import asyncio
import json
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form
from starlette.requests import Request as HttpRequest
from starlette.responses import HTMLResponse, JSONResponse, Response

from bot.conversations.intake import clean
from bot.conversations.model import rfc3339
from bot.optouts.addresses import BadAddress, normalise
from bot.optouts.links import UnknownLink, UnsubscribeLinks
from bot.optouts.model import (
    EVERYTHING,
    Action,
    Channel,
    LedgerError,
    NotRecorded,
    OptOutKind,
    Receipt,
    Request,
    Subject,
    UnknownReference,
)
from bot.optouts.reach import ADDRESS, reach_sentence, recorded
from bot.optouts.wording import Wording
from bot.policy.facts import facts
from bot.web import schemas
from bot.web.context import WebContext
from bot.web.errors import ApiError, allowed_methods, not_found, wants_page
from bot.web.requests import FormRoute
from bot.web.schemas import page_of, refusals
from bot.web.templates import render

GPC_SUPPORTED_SINCE = "2026-11-25"
_SHOWN_CHARACTERS = 254  # of an address that is shown again


def optouts(web: WebContext) -> APIRouter:
    """Return the routes for opt-outs."""
    routes, handlers = APIRouter(tags=["opt-outs"]), _Handlers(web)
    link = "/unsubscribe/{token}"
    for path, method, handler, errors in (
        ("/opt-out", "GET", handlers.form, (429,)),
        ("/opt-out", "POST", handlers.submit, (400, 413, 429, 503)),
        (link, "GET", handlers.ask, (404,)),
        (link, "POST", handlers.unsubscribe, (404, 413, 503)),
    ):
        routes.add_api_route(
            path,
            handler,
            methods=[method],
            response_class=HTMLResponse,
            responses=page_of(*errors),
            route_class_override=FormRoute if handler == handlers.submit else None,
        )
    methods: dict[int | str, dict[str, Any]] = {204: {"description": "The header Allow has them."}}
    routes.add_api_route(
        link, handlers.methods, methods=["OPTIONS"], status_code=204, responses=methods
    )
    status = {200: {"model": schemas.OptOutStatus}, **refusals(404, 429, 503)}
    routes.add_api_route("/optouts/{reference}", handlers.status, methods=["GET"], responses=status)
    gpc: dict[int | str, dict[str, Any]] = {200: {"model": schemas.Gpc}}
    routes.add_api_route("/.well-known/gpc.json", handlers.gpc, methods=["GET"], responses=gpc)
    return routes


class _Handlers:
    def __init__(self, web: WebContext) -> None:
        self._optouts = web.services.optouts
        self._limits = web.limits
        self._links = UnsubscribeLinks(web.settings)

    async def form(self) -> Response:
        """Return the form."""
        return _form_page()

    async def submit(
        self, request: HttpRequest, form: Annotated[schemas.OptOutForm, Form()]
    ) -> Response:
        """Record the chosen kinds, or return the form again with its problems."""
        await self._limits.count_start(request)
        email = clean(form.email)
        kinds = (
            EVERYTHING
            if "everything" in form.kind
            else frozenset(kind for kind in OptOutKind if kind in form.kind)
        )
        problems = {} if kinds else {"kind": "Please choose what to stop."}
        try:
            email = normalise(email)
        except BadAddress:
            problems["email"] = "Please type your e-mail address: a name, an @ and a domain."
        if problems:
            return _form_page(400, email, form.kind, problems)
        try:
            receipt = await self._record(kinds, email, Channel.WEB_FORM)
        except NotRecorded:
            return render("not_recorded.html", status=503, reach=facts().reach)
        return _recorded_page(receipt)

    async def ask(self, token: str) -> Response:
        """Return a page with a button; a link scanner that opens the link changes nothing."""
        self._address_of(token)
        return render("unsubscribe.html")

    async def methods(self, request: HttpRequest) -> Response:
        """Return the methods of a link; nothing changes."""
        return Response(status_code=204, headers={"Allow": allowed_methods(request)})

    async def unsubscribe(self, request: HttpRequest, token: str) -> Response:
        """Unsubscribe by one click: no cookie, no login, no redirection (RFC 8058, 3.2)."""
        email = self._address_of(token)
        await request.body()  # whatever a mail program sends: the token is enough
        kinds = frozenset({OptOutKind.MARKETING_EMAIL})
        try:
            holder = self._links.holder(email)
            receipt = await self._record(kinds, email, Channel.ONE_CLICK, holder)
        except NotRecorded:
            message = "This could not be recorded just now. Please try again."
            raise ApiError(503, "not_recorded", message, retry_after=60) from None
        return _recorded_page(receipt)

    async def status(self, request: HttpRequest, reference: str) -> Response:
        """Return the status of a request, without the address of the shopper.

        Whoever guesses references is stopped soon, and then does not see those that exist either.
        """
        await self._limits.check_unknown(request)
        try:
            receipt = await asyncio.to_thread(self._optouts.ledger.receipt, reference)
        except UnknownReference as error:
            await self._limits.count_unknown(request)
            raise not_found(str(error)) from None
        except LedgerError as error:
            message = "This request cannot be looked up just now. Please ask our support team."
            raise ApiError(503, "not_ready", message) from error
        headers = {"Vary": "Accept"}
        if wants_page(request):
            wording = Wording(receipt.action)
            return render(
                "status.html",
                headers=headers,
                record=receipt,
                asked=wording.parts(receipt.kinds),
                state=wording.state_sentence(receipt),
            )
        return JSONResponse(status_object(receipt), headers=headers)

    async def gpc(self) -> Response:
        """Report that the Global Privacy Control signal is honoured."""
        return JSONResponse({"gpc": True, "lastUpdate": GPC_SUPPORTED_SINCE})

    async def _record(
        self,
        kinds: frozenset[OptOutKind],
        email: str,
        channel: Channel,
        holder: str | None = None,
    ) -> Receipt:
        wording = Wording(Action.OPT_OUT).describe(kinds)
        subject = Subject("email", email)
        return await self._optouts.record(
            Request(Action.OPT_OUT, kinds, subject, channel, wording, holder)
        )

    def _address_of(self, token: str) -> str:
        try:
            return self._links.address(token)
        except UnknownLink:
            raise not_found("This link is not valid. Please use the form at /opt-out.") from None


def status_object(receipt: Receipt) -> dict[str, Any]:
    """Return the status of a receipt in the form of the Data Rights Protocol 1.0."""
    return {
        # Not the id of the request, which all who asked for the same would share.
        "request_id": receipt.reference,
        "received_at": receipt.received_at.isoformat(),
        "expected_by": receipt.due.isoformat(),
        "processing_details": Wording(receipt.action).state_sentence(receipt),
        "status": str(receipt.status),
        "reason": receipt.reason or None,
    }


def _form_page(
    status: int = 200,
    email: str = "",
    chosen: list[str] | None = None,
    problems: dict[str, str] | None = None,
) -> Response:
    return render(
        "opt_out.html",
        status=status,
        email=email[:_SHOWN_CHARACTERS],
        choices=Wording(Action.OPT_OUT).choices(),
        chosen=chosen or [],
        problems=problems or {},
    )


def _recorded_page(receipt: Receipt) -> Response:
    wording = Wording(receipt.action)
    noted = recorded(receipt.reference, receipt.action, receipt.kinds, ADDRESS)
    return render(
        "recorded.html",
        record=receipt,
        asked=wording.parts(receipt.kinds),
        recorded=json.dumps(noted.as_json()),
        at=rfc3339(datetime.now(UTC)),
        reach=reach_sentence(receipt.action, receipt.kinds, ADDRESS),
        by=wording.due_sentence(receipt),
        still=wording.other_mail_sentence(receipt.kinds),
    )
