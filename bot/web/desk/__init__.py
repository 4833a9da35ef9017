"""The desk: the page on which agents answer shoppers, and the calls of that page."""

from typing import Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel
from starlette.responses import HTMLResponse

from bot.accounts.model import Role
from bot.web.context import WebContext
from bot.web.desk import schemas
from bot.web.desk.access import DeskAccess
from bot.web.desk.cases import CaseHandlers
from bot.web.desk.optouts import OptOutHandlers
from bot.web.desk.overview import OverviewHandlers
from bot.web.requests import json_body_of, session_cookie
from bot.web.schemas import page_of, refusals
from bot.web.staff import StaffDoor, session_routes

_ONE = "/handoffs/{identifier}"


def agent_desk(web: WebContext) -> APIRouter:
    """Return the routes of the desk."""
    door = StaffDoor(web, Role.AGENT)
    access = DeskAccess(web, door)
    routes = APIRouter(prefix="/desk", tags=["desk"])
    _add_overview(routes, OverviewHandlers(access))
    _add_cases(routes, CaseHandlers(access))
    _add_optouts(routes, OptOutHandlers(access))
    routes.include_router(session_routes(door))
    return routes


def _add_overview(routes: APIRouter, handlers: OverviewHandlers) -> None:
    routes.add_api_route(
        "", handlers.page, methods=["GET"], response_class=HTMLResponse, responses=page_of(429)
    )
    _add(routes, "GET", "/queue", handlers.queue, schemas.Queue)
    _add(routes, "GET", "/history", handlers.history, schemas.History)
    _add(routes, "GET", "/answers", handlers.answers, schemas.CannedAnswers)
    _add(
        routes,
        "POST",
        "/answers",
        handlers.save_answer,
        schemas.CannedAnswers,
        409,
        413,
        body=schemas.NewAnswer,
    )
    _add(routes, "DELETE", "/answers/{identifier}", handlers.remove_answer, schemas.CannedAnswers)
    _add(routes, "POST", "/presence", handlers.set_available, None, 413, body=schemas.Availability)
    _add(routes, "DELETE", "/presence", handlers.leave, None)


def _add_cases(routes: APIRouter, handlers: CaseHandlers) -> None:
    _add(routes, "GET", _ONE, handlers.read, schemas.Case, 404)
    for path, handler, answer, body in (
        ("claim", handlers.claim, schemas.Case, None),
        ("reopen", handlers.reopen, schemas.Case, None),
        ("messages", handlers.reply, schemas.Case, schemas.AgentText),
        ("mails", handlers.mail, schemas.Case, schemas.AgentText),
        ("notes", handlers.annotate, schemas.Case, schemas.AgentText),
        ("seen", handlers.seen, None, schemas.ReadTo),
        ("typing", handlers.typing, None, None),
        ("pass-on", handlers.pass_on, schemas.Handoff, schemas.PassOn),
        ("resolve", handlers.resolve, schemas.Handoff, schemas.Resolve),
    ):
        required = body is not schemas.Resolve
        _add(
            routes,
            "POST",
            f"{_ONE}/{path}",
            handler,
            answer,
            404,
            409,
            413,
            body=body,
            required=required,
        )


def _add_optouts(routes: APIRouter, handlers: OptOutHandlers) -> None:
    for path, handler, answer, body in (
        ("lookup", handlers.found, schemas.Records, schemas.OptOutQuery),
        ("record", handlers.record, schemas.Done, schemas.OptOut),
        ("undo", handlers.undo, schemas.Done, schemas.Undo),
    ):
        _add(routes, "POST", f"{_ONE}/optouts/{path}", handler, answer, 404, 409, 413, body=body)


def _add(
    routes: APIRouter,
    method: str,
    path: str,
    handler: Any,
    answer: type[BaseModel] | None,
    *statuses: int,
    body: type[BaseModel] | None = None,
    required: bool = True,
) -> None:
    """Add a route for agents who are signed in, with the documentation of its answers."""
    told: dict[int | str, dict[str, Any]] = {200: {"model": answer}} if answer else {}
    routes.add_api_route(
        path,
        handler,
        methods=[method],
        status_code=200 if answer else 204,
        dependencies=[Depends(session_cookie)],
        responses={**told, **refusals(400, 401, 403, 429, 503, *statuses)},
        openapi_extra=json_body_of(body, required) if body else None,
    )
