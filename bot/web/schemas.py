"""Models of the HTTP contract: they validate requests and document /openapi.json."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictStr,
    field_validator,
    model_validator,
)
from pydantic.json_schema import SkipJsonSchema

from bot.optouts.model import Action, OptOutKind, Status

MAX_CLIENT_ID = 64
MAX_NUMBER = 2**31 - 1  # the largest integer of a column

State = Literal["bot", "waiting_for_agent", "with_agent", "closed"]
Outcome = Literal["answered", "clarify", "out_of_scope", "form", "done", "handoff", "smalltalk"]
ClientId = Annotated[
    StrictStr | None,
    Field(
        default=None,
        min_length=1,
        max_length=MAX_CLIENT_ID,
        description="The client's own id of the message; the same id twice is one message.",
    ),
]


class Start(BaseModel):
    """Request for a new conversation, or to resume one."""

    resume: StrictStr | None = Field(default=None, description="The token of a conversation.")
    gpc: StrictBool = Field(default=False, description="navigator.globalPrivacyControl is true.")


class WithClientId(BaseModel):
    """Request that the client may name, so that it counts once however often it is sent."""

    client_id: ClientId = None

    @field_validator("client_id")
    @classmethod
    def _printable(cls, client_id: str | None) -> str | None:
        if client_id is not None and not client_id.isprintable():
            raise ValueError("must be printable")
        return client_id


class Say(WithClientId):
    """Message of a shopper: either a text or the id of a choice that was offered."""

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": ["text"]}, {"required": ["choice"]}]}
    )
    text: StrictStr = Field(default="", min_length=1, description="The text as it was typed.")
    choice: StrictStr = Field(default="", min_length=1, description="The id of the choice.")

    @model_validator(mode="before")
    @classmethod
    def _either(cls, sent: Any) -> Any:
        if isinstance(sent, dict) and ("text" in sent) == ("choice" in sent):
            raise ValueError('Send either {"text": "…"} or {"choice": "<id>"}.')
        return sent

    @property
    def is_choice(self) -> bool:
        """True if the message is a choice."""
        return "choice" in self.model_fields_set


class SignIn(BaseModel):
    """Token of an agent or officer, traded for a session."""

    token: StrictStr = Field(min_length=1, description="As privacy-bot accounts add printed it.")


class SignedIn(BaseModel):
    """Who is signed in."""

    name: str
    roles: list[Literal["agent", "officer"]]


class OptOutForm(BaseModel):
    """Fields of the form at /opt-out."""

    email: str = ""
    kind: list[str] = Field(default=[], description="Kinds of opt-outs, or everything.")


class Source(BaseModel):
    """A clause of the policy that supports an answer."""

    clause: str
    section: str
    quote: str
    url: str


class Choice(BaseModel):
    """A choice that a shopper can pick instead of typing."""

    id: str
    title: str


class Recorded(BaseModel):
    """A record of the ledger, so that the page can act on it."""

    reference: str = Field(description="Its status is at /optouts/{reference}.")
    action: Action
    kinds: list[OptOutKind]
    scope: Literal["browser", "address"]


class Message(BaseModel):
    """A message of a conversation."""

    model_config = ConfigDict(serialize_by_alias=True)
    id: int = Field(ge=1)
    sender: Literal["bot", "agent", "visitor", "system"] = Field(alias="from")
    text: str
    at: datetime
    topic: str | None
    sources: list[Source]
    choices: list[Choice]
    recorded: Recorded | SkipJsonSchema[None] = Field(
        default=None, description="Only of a message that says what was recorded."
    )


class Messages(BaseModel):
    """Messages, and the state of their conversation."""

    messages: list[Message]
    state: State


class Session(Messages):
    """A conversation that was started or resumed."""

    token: str
    expires_at: datetime


class Turn(Messages):
    """The replies to a message, and the topics that they answer."""

    topics: list[str]
    outcome: Outcome


class ErrorDetail(BaseModel):
    """Code and message of an error."""

    code: str
    message: str = Field(description="A sentence that says what to do.")


class Error(BaseModel):
    """Body of an error answer."""

    error: ErrorDetail


class Health(BaseModel):
    """State of the process."""

    status: Literal["ok", "ready"]


class OptOutStatus(BaseModel):
    """Status of a request to opt out, in the form of the Data Rights Protocol 1.0."""

    request_id: str
    received_at: datetime
    expected_by: date
    processing_details: str
    status: Status
    reason: str | None


class Gpc(BaseModel):
    """Support of the Global Privacy Control signal (W3C)."""

    gpc: bool
    lastUpdate: date


_REFUSALS = {
    400: "The request is not of this form.",
    401: "The token or the session is missing, over, or not from here.",
    403: "Pages of this site may not use this server, or the account lacks the role.",
    404: "There is nothing at this address.",
    409: "Somebody else has it, or it is over.",
    410: "The conversation is over.",
    413: "The text, or the body, is too long.",
    429: "Too many requests; Retry-After says for how many seconds to wait.",
    503: "The server is not ready; Retry-After says when to come again.",
}


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the documentation of the errors that a route may answer with."""
    return {
        status: {"model": Error, "description": _REFUSALS[status]} for status in sorted(statuses)
    }


def page_of(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the documentation of a route that shows a page, with its errors.

    The errors are pages for a browser, and JSON for a program.
    """
    page = {"text/html": {"schema": {"type": "string"}}}
    error = {**page, "application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    errors: dict[int | str, dict[str, Any]] = {
        status: {"description": _REFUSALS[status], "content": error} for status in statuses
    }
    return {200: {"description": "A page.", "content": page}, **errors}
