"""Models of the calls of the office: they validate requests and document /openapi.json."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, Field, StrictBool, StrictStr

from bot.optouts.casework import MAX_NOTE
from bot.optouts.model import Action, Channel, OptOutKind, Status
from bot.optouts.search import Wanted

MOST_AT_ONCE = 500  # requests that are decided together
_MAX_SEARCH = 300


class Filter(BaseModel):
    """Which requests are wanted; an empty field is no condition."""

    kinds: list[OptOutKind] = []
    actions: list[Action] = []
    statuses: list[Status] = []
    channels: list[Channel] = []
    since: date | None = Field(default=None, description="First day of arrival.")
    until: date | None = Field(default=None, description="Last day of arrival.")
    overdue: StrictBool = False
    owner: StrictStr = ""
    search: StrictStr = Field(
        default="", max_length=_MAX_SEARCH, description="A reference, or a whole address."
    )

    def wanted(self) -> Wanted:
        """Return what the ledger is asked for."""
        return Wanted(
            kinds=frozenset(self.kinds),
            actions=frozenset(self.actions),
            statuses=frozenset(self.statuses),
            channels=frozenset(self.channels),
            since=self.since,
            until=self.until,
            overdue=self.overdue,
            owner=self.owner,
            search=self.search,
        )


class Search(Filter):
    """Page of the requests that are wanted."""

    page: int = Field(default=1, ge=1, le=100_000)


class Export(Filter):
    """File of the requests that are wanted, or of the suppression list."""

    what: Literal["requests", "suppressions"]
    form: Literal["csv", "jsonl"] = "csv"


class Decision(BaseModel):
    """Decision about one or several requests."""

    references: list[StrictStr] = Field(min_length=1, max_length=MOST_AT_ONCE)
    decision: Literal["fulfil", "deny", "reopen", "confirm"]
    reason: StrictStr = Field(default="", description="Of a denial: one of the list.")
    words: StrictStr = Field(default="", max_length=1_000, description="Evidence, or more words.")


class NewNote(BaseModel):
    """Note about a request, which no shopper reads."""

    text: StrictStr = Field(min_length=1, max_length=MAX_NOTE)


class Owner(BaseModel):
    """Who sees to a request; an empty name takes the owner away."""

    owner: StrictStr


class ListedRequest(BaseModel):
    """Request in the table."""

    reference: str
    action: Action
    kinds: list[OptOutKind]
    channel: Channel
    subject: str | None
    received_at: datetime
    due: date
    overdue: bool
    status: Status
    owner: str


class FoundRequests(BaseModel):
    """Page of the table, and what the page of the office needs beside it."""

    total: int
    pages: int
    unfinished: int
    overdue: int
    officers: list[str]
    requests: list[ListedRequest]


class ShownRequest(ListedRequest):
    """Request with all that is known of it."""

    wording: str
    how: str
    reason: str
    policy_version: str
    status_at: datetime
    decisions: list[str] = Field(description="Which decisions can be made now.")
    receipts: list[dict[str, Any]]
    history: list[dict[str, Any]]
    deliveries: list[dict[str, Any]]
    notes: list[dict[str, Any]]


class Decided(BaseModel):
    """What became of a decision, for each request."""

    results: list[dict[str, Any]] = Field(description="reference, status, and error if it failed")


class Report(BaseModel):
    """Figures by week."""

    since: date
    until: date
    weeks: list[dict[str, Any]]
    topics: list[dict[str, Any]]
    outcomes: list[dict[str, Any]]


class Yearly(BaseModel):
    """Figures of a calendar year (11 CCR 7102)."""

    year: int
    store: str
    deleted_before: date | None = Field(description="Older records of the year are deleted.")
    rows: list[dict[str, Any]]
