"""Models of the calls of the desk: they validate requests and document /openapi.json."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StrictBool, StrictInt, StrictStr

from bot.handoff.canned import LONGEST_TITLE
from bot.handoff.model import HandoffKind, Reason, State
from bot.handoff.service import LONGEST
from bot.handoff.shopper_mail import MailState
from bot.optouts.model import Action, Channel, OptOutKind, Status
from bot.web.schemas import MAX_NUMBER, Message, WithClientId

LONGEST_SEARCH = 100
_Identifier = Annotated[StrictStr, Field(pattern=r"^[0-9a-f]{32}$")]


class AgentText(WithClientId):
    """Text of an agent: an answer in the chat, a mail, or a note."""

    text: StrictStr


class Resolve(BaseModel):
    """End of a handoff."""

    follow_up: bool = Field(default=False, description="The message is to be answered later.")


class ReadTo(BaseModel):
    """How far the agent has seen the conversation."""

    message: StrictInt = Field(ge=0, le=MAX_NUMBER, description="Id of the last seen message.")


class PassOn(BaseModel):
    """Who is to have the handoff next."""

    to: _Identifier | None = Field(default=None, description="A colleague; null is the queue.")


class Availability(BaseModel):
    """Whether an agent takes new chats."""

    available: StrictBool


class NewAnswer(BaseModel):
    """A canned answer to store; it replaces the one with the same title."""

    title: StrictStr = Field(min_length=1, max_length=LONGEST_TITLE)
    text: StrictStr = Field(min_length=1, max_length=LONGEST)


class OptOutQuery(BaseModel):
    """What to look up: a reference, an address or its placeholder; empty is the browser."""

    query: StrictStr = Field(default="", max_length=320)


class OptOut(BaseModel):
    """Opt-out to record for the shopper in the chat."""

    kinds: list[OptOutKind] = Field(min_length=1)
    address: StrictStr = Field(
        default="", max_length=320, description="Or its placeholder; empty is the browser."
    )


class Undo(BaseModel):
    """Opt-out to undo."""

    reference: StrictStr = Field(max_length=40)


class Handoff(BaseModel):
    """A handoff as the desk shows it."""

    id: str
    reference: str
    kind: HandoffKind
    state: State
    reason: Reason
    topics: list[str]
    note: str
    contact: str | None = Field(description="Address or number; only for the agent who has it.")
    requested_at: datetime
    ended_at: datetime | None
    mine: bool
    agent: str | None
    follow_up: bool


class Card(Handoff):
    """A handoff with what an agent must see at one glance."""

    last_words: str = Field(description="Of the shopper, with placeholders for personal data.")
    waiting_since: datetime | None = Field(description="null if the shopper was answered.")
    unread: int
    here: bool = Field(description="The shopper's page has asked for news just now.")
    seen_at: datetime | None
    typing: bool
    loaded_at: datetime | None = Field(description="When the shopper's page was loaded again.")
    mail_failed: bool


class Note(BaseModel):
    """A note of an agent, which shoppers never see."""

    at: datetime
    agent: str
    text: str


class Mail(Note):
    """A mail of an agent to the shopper."""

    state: MailState
    error: str


class Case(Card):
    """A handoff with its conversation, its notes and its mails."""

    messages: list[Message]
    notes: list[Note]
    mails: list[Mail]


class Colleague(BaseModel):
    """Another agent."""

    id: str
    name: str
    here: bool
    available: bool


class Queue(BaseModel):
    """The open handoffs of the desk, and the one that the page shows."""

    agent: str
    available: bool
    mail: bool = Field(description="Messages can be answered by mail.")
    colleagues: list[Colleague]
    handoffs: list[Card]
    chat: Case | None


class CannedAnswer(BaseModel):
    """An answer to choose; without an id, it is from the policy."""

    id: str
    title: str
    text: str


class CannedAnswers(BaseModel):
    """All answers to choose from: one's own, then those from the policy."""

    answers: list[CannedAnswer]


class History(BaseModel):
    """A page of the handoffs that are over."""

    handoffs: list[Handoff]
    more: bool


class Record(BaseModel):
    """A record of the ledger, as agents see it."""

    reference: str
    action: Action
    kinds: list[OptOutKind]
    what: str
    status: Status
    channel: Channel
    received_at: datetime
    due: date


class Records(BaseModel):
    """Records that were found."""

    records: list[Record]


class Done(BaseModel):
    """What became of an opt-out."""

    reference: str
    status: Status | Literal["known"]
    what: str
