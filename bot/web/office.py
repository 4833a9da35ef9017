"""The office: the page of privacy officers, and its calls about requests."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from bot.accounts.model import Account, Role
from bot.conversations.model import rfc3339
from bot.optouts.denials import REASONS, denial
from bot.optouts.model import (
    ACTIVE,
    UNFINISHED,
    Action,
    Channel,
    LedgerError,
    NotRecorded,
    OptOutKind,
    Record,
    Status,
    UnknownReference,
    in_order,
)
from bot.optouts.outbox import OutboxMessage
from bot.optouts.search import Wanted
from bot.policy.store import store
from bot.web import office_schemas as schemas
from bot.web.context import WebContext
from bot.web.errors import ApiError, malformed, not_found
from bot.web.office_names import NAMES
from bot.web.requests import json_body, json_body_of, session_cookie
from bot.web.schemas import page_of, refusals
from bot.web.staff import StaffDoor, session_routes
from bot.web.templates import render

_PAGE = 50  # requests in the table at once
_ONE = "/requests/{reference}"


def office(web: WebContext) -> APIRouter:
    """Return the routes of the office that are about requests."""
    door = StaffDoor(web, Role.OFFICER)
    routes, handlers = APIRouter(prefix="/office", tags=["office"]), _Handlers(web, door)
    routes.add_api_route(
        "", handlers.page, methods=["GET"], response_class=HTMLResponse, responses=page_of(429)
    )
    for path, method, handler, model, body in (
        ("/search", "POST", handlers.search, schemas.FoundRequests, schemas.Search),
        (_ONE, "GET", handlers.read, schemas.ShownRequest, None),
        ("/decisions", "POST", handlers.decide, schemas.Decided, schemas.Decision),
        (f"{_ONE}/notes", "POST", handlers.note, schemas.ShownRequest, schemas.NewNote),
        (f"{_ONE}/owner", "POST", handlers.assign, schemas.ShownRequest, schemas.Owner),
        (f"{_ONE}/retry", "POST", handlers.retry, schemas.ShownRequest, None),
    ):
        routes.add_api_route(path, handler, methods=[method], **documented(model, body))
    routes.include_router(session_routes(door))
    return routes


def documented(model: Any, body: Any = None) -> dict[str, Any]:
    """Return the documentation of a call of the office."""
    return {
        "responses": {200: {"model": model}, **refusals(400, 401, 403, 404, 413, 429, 503)},
        "openapi_extra": json_body_of(body) if body else None,
        "dependencies": [Depends(session_cookie)],
    }


@contextmanager
def told() -> Iterator[None]:
    """Turn what the ledger refuses into errors of the contract."""
    try:
        yield
    except UnknownReference as error:
        raise not_found(str(error)) from None
    except NotRecorded as error:
        raise ApiError(503, "not_ready", str(error), retry_after=5) from None
    except LedgerError as error:
        raise malformed(str(error)) from None


class _Handlers:
    def __init__(self, web: WebContext, door: StaffDoor) -> None:
        self._door = door
        self._staff = web.services.staff
        self._optouts = web.services.optouts
        self._ledger = web.services.optouts.ledger
        self._casework = web.services.optouts.casework
        self._decide: dict[str, Callable[..., Record]] = {
            "fulfil": self._ledger.fulfil,
            "deny": self._ledger.deny,
            "reopen": self._ledger.reopen,
            "confirm": self._ledger.confirm,
        }

    async def page(self) -> Response:
        """Return the page, which fetches all data with the session of the officer."""
        choices = {"kinds": OptOutKind, "actions": Action, "statuses": Status, "channels": Channel}
        return render(
            "office.html",
            choices=choices,
            names=NAMES,
            reasons=REASONS,
            single_sign_on=self._door.has_single_sign_on,
        )

    async def search(self, request: Request) -> Response:
        """Return a page of the requests that are wanted, what is due first."""
        self._door.account(request)
        body = await json_body(request, schemas.Search)
        with told():
            return JSONResponse(await asyncio.to_thread(self._found, body))

    async def read(self, request: Request, reference: str) -> Response:
        """Return a request with its history, deliveries and notes."""
        account = self._door.account(request)
        shown = self._shown(self._record(reference))
        self._door.note("opened", account, reference=shown["reference"])
        return JSONResponse(shown)

    async def decide(self, request: Request) -> Response:
        """Decide about requests; one that cannot be decided does not keep the others back."""
        account = self._door.account(request)
        body = await json_body(request, schemas.Decision)
        with told():
            text = denial(body.reason, body.words) if body.decision == "deny" else body.words
            if body.decision == "fulfil":
                text = text or "by hand"
        results = [
            await asyncio.to_thread(self._decided, reference, body.decision, text, account)
            for reference in dict.fromkeys(body.references)
        ]
        return JSONResponse({"results": results})

    async def note(self, request: Request, reference: str) -> Response:
        """Add a note to a request."""
        account, record = self._door.account(request), self._record(reference)
        body = await json_body(request, schemas.NewNote)
        with told():
            self._casework.add_note(record.id, account.name, body.text)
        self._door.note("noted", account, reference=record.reference)
        return JSONResponse(self._shown(record))

    async def assign(self, request: Request, reference: str) -> Response:
        """Give a request an owner, or none."""
        account, record = self._door.account(request), self._record(reference)
        body = await json_body(request, schemas.Owner)
        if body.owner and body.owner not in self._staff.owners(Role.OFFICER):
            raise malformed("There is no officer of this name.")
        self._casework.assign(record.id, body.owner)
        self._door.note("assigned", account, reference=record.reference, owner=body.owner)
        return JSONResponse(self._shown(record))

    async def retry(self, request: Request, reference: str) -> Response:
        """Send the messages about a request that were given up once more."""
        account, record = self._door.account(request), self._record(reference)
        count = self._optouts.outbox.retry(record.id)
        self._door.note("retried", account, reference=record.reference, messages=count)
        return JSONResponse(self._shown(record))

    def _record(self, reference: str) -> Record:
        with told():
            return self._ledger.find(reference)

    def _found(self, body: schemas.Search) -> dict[str, Any]:
        search, wanted = self._optouts.search, body.wanted()
        total = search.count(wanted)
        found = list(search.find_all(wanted, _PAGE, (body.page - 1) * _PAGE))
        owners = self._casework.owners([record.id for record in found])
        return {
            "total": total,
            "pages": max(1, -(-total // _PAGE)),
            "unfinished": search.count(Wanted(statuses=UNFINISHED)),
            "overdue": search.count(Wanted(overdue=True)),
            "officers": list(self._staff.owners(Role.OFFICER)),
            "requests": [_listed(record, owners.get(record.id, "")) for record in found],
        }

    def _decided(
        self, reference: str, decision: str, text: str, account: Account
    ) -> dict[str, Any]:
        """Decide about one request; return its state, or the error."""
        try:
            record = self._decide[decision](reference, text, by=account.name)
        except LedgerError as error:
            return {"reference": reference, "status": None, "error": str(error)}
        self._door.note(str(decision), account, reference=record.reference)
        return {"reference": reference, "status": str(record.status), "error": None}

    def _shown(self, known: Record) -> dict[str, Any]:
        record = self._ledger.get(known.id)
        owner = self._casework.owners([record.id]).get(record.id, "")
        return {
            **_listed(record, owner),
            "wording": record.wording,
            "how": record.how,
            "reason": record.reason,
            "policy_version": record.policy_version,
            "status_at": rfc3339(record.status_at),
            "decisions": _decisions(record),
            "receipts": [
                {
                    "reference": receipt.reference,
                    "channel": str(receipt.channel),
                    "received_at": rfc3339(receipt.received_at),
                    "status": str(receipt.status),
                }
                for receipt in self._ledger.receipts(record.id)
            ],
            "history": [
                {**line, "at": rfc3339(line["at"])} for line in self._ledger.history(record.id)
            ],
            "deliveries": [_delivery(message) for message in self._optouts.outbox.of(record.id)],
            "notes": [
                {"at": rfc3339(note.at), "author": note.author, "text": note.text}
                for note in self._casework.notes(record.id)
            ],
        }


def _listed(record: Record, owner: str) -> dict[str, Any]:
    late = record.overdue_since is not None and record.overdue_since < store().today()
    return {
        "reference": record.reference,
        "action": str(record.action),
        "kinds": [str(kind) for kind in in_order(record.kinds)],
        "channel": str(record.channel),
        "subject": record.subject.value if record.subject else None,
        "subject_type": record.subject.type if record.subject else None,
        "received_at": rfc3339(record.received_at),
        "due": record.due.isoformat(),
        "overdue": late,
        "status": str(record.status),
        "owner": owner,
    }


def _decisions(record: Record) -> list[str]:
    """Return the decisions that the ledger takes in the present state of a request."""
    possible = {
        "fulfil": record.status in UNFINISHED,
        "confirm": record.status is Status.UNCONFIRMED,
        "deny": record.status in ACTIVE | {Status.UNCONFIRMED},
        "reopen": record.status in (Status.FULFILLED, Status.DENIED),
    }
    return [name for name, can in possible.items() if can]


def _delivery(message: OutboxMessage) -> dict[str, Any]:
    state = "given_up" if message.given_up_at else "waiting" if message.next_at else "delivered"
    times = ("created_at", "delivered_at", "given_up_at", "next_at")
    return {
        "receiver": message.receiver,
        "event": message.event,
        "attempts": message.attempts,
        "state": state,
        "error": message.error,
        **{name: rfc3339(at) if (at := getattr(message, name)) else None for name in times},
    }
