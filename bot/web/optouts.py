"""The other doors to the ledger: a form without JavaScript, one-click unsubscribing, the status of a request, and GPC."""

import asyncio
import re
from typing import Any

from sanic import Blueprint
from sanic.request import Request as HttpRequest
from sanic.response import HTTPResponse
from sanic.response import html as html_response
from sanic.response import json as json_response

from actions.dialogue.wording import Wording
from actions.ledger.addresses import BadAddress, normalise
from actions.ledger.model import (
    EVERYTHING,
    Action,
    Channel,
    Kind,
    LedgerError,
    NotRecorded,
    Record,
    Request,
    Subject,
    UnknownReference,
)
from actions.services import Services, record
from bot.intake import clean
from bot.keys import Keyring, UnreadableSecret
from bot.settings import Settings
from bot.turns import Reply
from bot.web import optout_pages as pages
from bot.web.errors import ApiError
from bot.web.http import add_routes, wants_page
from bot.web.limits import Limits

GPC_SUPPORTED_SINCE = "2026-11-25"
_ONE_CLICK = ("List-Unsubscribe", "One-Click")  # RFC 8058, 3.1
_MULTIPART_ONE_CLICK = re.compile(
    rb'(?:^|\n)content-disposition:\s*form-data;\s*name="?List-Unsubscribe"?(?=[;\r\n])[^\r\n]*\r?\n(?:[^\r\n]+\r?\n)*\r?\n\s*One-Click\s*\r?\n',
    re.IGNORECASE,
)


def unsubscribe_path(settings: Settings, email: str) -> str:
    """Return the path that unsubscribes an address: opaque, and nobody else can make one; raises BadAddress."""
    return f"/unsubscribe/{_tokens(settings).encrypt(normalise(email))}"


def _tokens(settings: Settings) -> Keyring:
    return Keyring(settings.data_keys, "unsubscribe")


def optouts(settings: Settings, services: Services, limits: Limits) -> Blueprint:
    """Return the routes."""
    blueprint, doors = Blueprint("optouts", strict_slashes=False), _Doors(settings, services, limits)
    routes = [
        ("GET", "/opt-out", doors.form),
        ("POST", "/opt-out", doors.submit),
        ("GET", "/unsubscribe/<token:str>", doors.ask),
        ("POST", "/unsubscribe/<token:str>", doors.unsubscribe),
        ("GET", "/optouts/<reference:str>", doors.status),
        ("GET", "/.well-known/gpc.json", doors.gpc),
    ]
    add_routes(blueprint, routes)
    return blueprint


class _Doors:
    def __init__(self, settings: Settings, services: Services, limits: Limits) -> None:
        self._services = services
        self._limits = limits
        self._tokens = _tokens(settings)

    async def _opt_out(self, kinds: frozenset[Kind], email: str, channel: Channel) -> Record:
        """Record an opt-out of an address; raises NotRecorded."""
        wording = Wording(Action.OPT_OUT).of(kinds)
        return (await record(self._services, Request(Action.OPT_OUT, kinds, Subject("email", email), channel, wording))).record

    def _address_in(self, token: str) -> str:
        """Return the address that a link is for; raises the contract's error if it was not made here."""
        try:
            return self._tokens.decrypt(token)
        except UnreadableSecret:
            raise ApiError(404, "not_found", "This link is not valid. Please use the form at /opt-out.") from None

    async def form(self, _: HttpRequest) -> HTTPResponse:
        """Show the form."""
        return html_response(pages.form())

    async def submit(self, request: HttpRequest) -> HTTPResponse:
        """Record what was chosen, or show the form again with what is wrong."""
        await self._limits.count_start(request)
        email = clean(request.form.get("email") or "")  # whatever its client called its encoding
        chosen = request.form.getlist("kind") or []
        kinds = EVERYTHING if "everything" in chosen else frozenset(kind for kind in Kind if kind in chosen)
        problems = {}
        if not kinds:
            problems["kind"] = "Please choose what to stop."
        try:
            normal = normalise(email)
        except BadAddress:
            problems["email"] = "Please type your e-mail address: a name, an @ and a domain."
        if problems:
            return html_response(pages.form(email, chosen, problems), status=400)
        try:
            recorded = await self._opt_out(kinds, normal, Channel.WEB_FORM)
        except NotRecorded:
            return html_response(pages.not_recorded(), status=503)
        return html_response(pages.recorded(recorded))

    async def ask(self, _: HttpRequest, token: str) -> HTTPResponse:
        """Show a button; a link scanner that follows the link changes nothing."""
        self._address_in(token)
        return html_response(pages.unsubscribe())

    async def unsubscribe(self, request: HttpRequest, token: str) -> HTTPResponse:
        """Unsubscribe with one click: no cookie, no login, no redirection (RFC 8058, 3.2)."""
        email = self._address_in(token)
        urlencoded = request.form.get(_ONE_CLICK[0]) == _ONE_CLICK[1]
        multipart = request.content_type.partition(";")[0].strip().lower() == "multipart/form-data"
        if not urlencoded and not (multipart and _MULTIPART_ONE_CLICK.search(request.body + b"\r\n")):
            raise ApiError(400, "malformed", "The body must be List-Unsubscribe=One-Click.")
        try:
            recorded = await self._opt_out(frozenset({Kind.MARKETING_EMAIL}), email, Channel.ONE_CLICK)
        except NotRecorded:
            raise ApiError(
                503, "not_recorded", "This could not be recorded just now. Please try again.", retry_after=60
            ) from None
        return html_response(pages.recorded(recorded))

    async def status(self, request: HttpRequest, reference: str) -> HTTPResponse:
        """Tell the status of a request, as the Data Rights Protocol has it or as a page, and never whose it is."""
        try:
            found = await asyncio.to_thread(self._services.ledger.find, reference)
        except UnknownReference as error:
            raise ApiError(404, "not_found", str(error)) from None
        except LedgerError as error:
            raise ApiError(
                503, "not_ready", "This request cannot be looked up just now. Please ask our support team."
            ) from error
        if wants_page(request):
            return html_response(pages.status(found), headers={"Vary": "Accept"})
        return json_response(status_object(found), headers={"Vary": "Accept"})

    async def gpc(self, _: HttpRequest) -> HTTPResponse:
        """Say that the Global Privacy Control signal is honoured."""
        return json_response({"gpc": True, "lastUpdate": GPC_SUPPORTED_SINCE})


async def honour_signal(services: Services, conversation: str) -> Reply:
    """Record the Global Privacy Control signal of a conversation's browser.

    Return what the visitor is shown, because it must be shown that the signal was processed (11 CCR 7025(c)(6)).
    """
    kinds = frozenset({Kind.TARGETED_ADVERTISING, Kind.SHARING})  # not e-mail, not deletion
    wording = Wording(Action.OPT_OUT)
    request = Request(Action.OPT_OUT, kinds, Subject("browser", conversation), Channel.GPC, wording.of(kinds))
    try:
        recorded = (await record(services, request)).record
    except NotRecorded:
        text = (
            "Your browser sends the Global Privacy Control signal. I could not record it just now; please ask me to opt you "
            "out of ads and sharing."
        )
        return Reply(text, topic="opt_out", outcome="clarify")
    text = (
        "Opt-out request honored: your browser sends the Global Privacy Control signal, and I have recorded for it: "
        f"{wording.of(kinds)}. Your reference is {recorded.reference}. {wording.by(recorded)}"
    )
    return Reply(text, topic="opt_out", outcome="done")


def status_object(record: Record) -> dict[str, Any]:
    """Return a record's status as the Data Rights Protocol 1.0 has it."""
    return {
        "request_id": record.id,
        "received_at": record.received_at.isoformat(),
        "expected_by": record.due.isoformat(),
        "processing_details": Wording(record.action).state(record),
        "status": str(record.status),
        "reason": record.reason or None,
    }
