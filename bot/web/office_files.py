"""Files and figures of the office: exports, reports by week, and the figures of a year."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.accounts.model import Role
from bot.conversations.question_counts import Count
from bot.optouts.export import (
    RECORD_COLUMNS,
    SUPPRESSION_COLUMNS,
    csv_lines,
    json_lines,
    record_row,
    suppression_row,
)
from bot.optouts.figures import Week, by_week, facts, median_of, monday_of, p90_of
from bot.optouts.yearly import COLUMNS, deleted_before, yearly
from bot.policy.store import store
from bot.topics import TOPICS
from bot.web import office_schemas as schemas
from bot.web.context import WebContext
from bot.web.errors import malformed
from bot.web.office import documented, told
from bot.web.requests import json_body, session_cookie
from bot.web.schemas import refusals
from bot.web.staff import StaffDoor

_WEEKS, _MOST_WEEKS = 26, 104  # retention deletes records after 24 months
_TITLES = {topic.name: topic.title for topic in TOPICS.values()}
_TYPES = {"csv": "text/csv", "jsonl": "application/x-ndjson"}


def office_files(web: WebContext) -> APIRouter:
    """Return the routes of the office that are about files and figures."""
    routes, handlers = APIRouter(prefix="/office", tags=["office"]), _Handlers(web)
    text = {"schema": {"type": "string"}}
    file: dict[int | str, dict[str, Any]] = {
        200: {"description": "A file.", "content": dict.fromkeys(_TYPES.values(), text)},
        **refusals(400, 401, 403, 413, 429, 503),
    }
    signed_in = [Depends(session_cookie)]
    routes.add_api_route(
        "/export",
        handlers.export,
        methods=["POST"],
        **{**documented(schemas.Export, schemas.Export), "responses": file},
    )
    routes.add_api_route("/report", handlers.report, methods=["GET"], **documented(schemas.Report))
    routes.add_api_route("/yearly", handlers.yearly, methods=["GET"], **documented(schemas.Yearly))
    routes.add_api_route(
        "/yearly.csv",
        handlers.yearly_file,
        methods=["GET"],
        response_class=Response,
        responses=file,
        dependencies=signed_in,
    )
    return routes


class _Handlers:
    def __init__(self, web: WebContext) -> None:
        self._door = StaffDoor(web, Role.OFFICER)
        self._optouts = web.services.optouts
        self._questions = web.services.questions
        self._kept = timedelta(days=web.settings.optout_days)

    async def export(self, request: Request) -> Response:
        """Return a file of requests, or of the suppression list."""
        account = self._door.account(request)
        body = await json_body(request, schemas.Export)
        rows = self._requests if body.what == "requests" else self._suppressions
        columns = RECORD_COLUMNS if body.what == "requests" else SUPPRESSION_COLUMNS
        with told():
            found = await asyncio.to_thread(lambda: list(rows(body)))
        self._door.note("exported", account, what=body.what, form=body.form, rows=len(found))
        return _file(found, columns, body.form, body.what)

    async def report(self, request: Request, weeks: int = _WEEKS) -> Response:
        """Return the figures of the last weeks."""
        self._door.account(request)
        if not 1 <= weeks <= _MOST_WEEKS:
            raise malformed(f'"weeks" must be from 1 to {_MOST_WEEKS}.')
        return JSONResponse(await asyncio.to_thread(self._report, weeks))

    async def yearly(self, request: Request, year: int) -> Response:
        """Return the figures of a calendar year (11 CCR 7102)."""
        self._door.account(request)
        rows = await asyncio.to_thread(self._yearly, year)
        gone = deleted_before(year, self._kept)
        told = {"year": year, "store": store().name, "rows": rows}
        return JSONResponse({**told, "deleted_before": gone.isoformat() if gone else None})

    async def yearly_file(self, request: Request, year: int) -> Response:
        """Return the figures of a calendar year as CSV."""
        account = self._door.account(request)
        rows = await asyncio.to_thread(self._yearly, year)
        self._door.note("exported", account, what="yearly", form="csv", rows=len(rows))
        return _file(rows, COLUMNS, "csv", f"requests-{year}")

    def _requests(self, body: schemas.Export) -> Iterator[dict[str, Any]]:
        owners = self._optouts.casework.owners()
        found = self._optouts.search.find_all(body.wanted())
        return (record_row(record, owners.get(record.id, "")) for record in found)

    def _suppressions(self, body: schemas.Export) -> Iterator[dict[str, Any]]:
        return map(suppression_row, self._optouts.ledger.suppressed(*body.kinds))

    def _report(self, weeks: int) -> dict[str, Any]:
        until = store().today()
        since = monday_of(until) - timedelta(weeks=weeks - 1)
        found = facts(self._optouts.engine, since, until)
        counts = self._questions.since(since)
        return {
            "since": since.isoformat(),
            "until": until.isoformat(),
            "weeks": [_week(week) for week in by_week(found, since, until)],
            "topics": [_count(one) for one in counts if one.kind == "topic"],
            "outcomes": [_count(one) for one in counts if one.kind == "outcome"],
        }

    def _yearly(self, year: int) -> list[dict[str, Any]]:
        if not 2000 <= year <= 9998:
            raise malformed('"year" must be a calendar year.')
        return [row.row() for row in yearly(self._optouts.engine, year)]


def _week(week: Week) -> dict[str, Any]:
    return {
        "week": week.monday.isoformat(),
        "requests": week.requests,
        "actions": week.actions,
        "kinds": week.kinds,
        "channels": week.channels,
        "median_days": median_of(week.days),
        "p90_days": p90_of(week.days),
        "in_time": week.in_time,
        "late": week.late,
        "overdue": week.overdue,
    }


def _count(one: Count) -> dict[str, Any]:
    return {
        "week": one.week.isoformat(),
        "name": one.name,
        "title": _TITLES.get(one.name, one.name),
        "count": one.count,
    }


def _file(
    rows: Iterable[Mapping[str, Any]], columns: Iterable[str], form: str, name: str
) -> Response:
    lines = csv_lines(rows, columns) if form == "csv" else json_lines(rows)
    written = f"{name}-{store().today().isoformat()}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{written}"'}
    return Response("".join(lines), headers=headers, media_type=_TYPES[form])
