"""Answers of the bot: read from the domain, chosen for a question, and put into words."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from bot.policy.document import PolicyError, load
from bot.policy.facts import NAMES, Facts, facts
from bot.policy.hours import WeeklyHours
from bot.policy.kinds import DataKind
from bot.policy.languages import answer_in, facts_in_answer
from bot.policy.leads import is_silent, stands
from bot.policy.notice import known_clauses
from bot.policy.openings import open_now, open_then
from bot.policy.questions import Question
from bot.policy.store import store
from bot.policy.times import When, holiday_on, when

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_UNLISTED = {"unlisted_kind", "only_unlisted_kind"}
_KEYS = {"asked", "lead", "clauses", "choices", "topic", "outcome", "asks", "plainer"}
# Placeholders that an action may fill in when it sends a response, or the response generator.
GIVEN = frozenset(
    {
        *("what", "email", "reference", "by", "still", "state", "suggestion"),
        *("reach", "replaced", "references", "chat_days", "vault_minutes"),
    }
)
# Facts that computed placeholders need.
_COMPUTED_FROM = {
    "open_now": "support_hours",
    "open_then": "support_hours",
    "phone_orders_now": "phone_order_hours",
    "phone_orders_then": "phone_order_hours",
}
_ASKS_FOR_HOURS = frozenset({"when", "what", "which", "hours", "whats", "what's"})
FRAMES = "frames"  # placeholder of what the store has confirmed
FROM_RANKING = "ranking"  # in `choices`: the likely topics of an unclear message


@dataclass(frozen=True)
class Lead:
    """First sentence of the answer to a yes-or-no question that contains one of ``words``.

    It is ``say``, or ``negated`` if the question supposes the contrary ("you don't sell it?").
    """

    words: frozenset[str]
    say: str
    negated: str = ""


@dataclass(frozen=True)
class Variation:
    """One wording of a response, for questions that meet every condition in ``asked``."""

    text: str
    asked: tuple[str, ...] = ()
    lead: Lead | None = None
    clauses: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    topic: str = ""  # empty: the topic in the response's name
    outcome: str = ""  # empty: the usual outcome of the topic
    asks: str | None = None  # what it asks for, if that is personal data
    plainer: str = ""  # the same in other, plainer words, for "why?" and "simpler, please"

    def placeholders(self) -> list[str]:
        """Return the names in braces."""
        return _PLACEHOLDER.findall(f"{self.text} {self.plainer}")

    def cites_by_placeholder(self) -> bool:
        """Return whether a placeholder brings the clauses: a fact, or what was confirmed."""
        return bool({"kind_use", FRAMES} & {*self.placeholders()} or self.facts())

    def facts(self) -> set[str]:
        """Return the names of the facts that it needs."""
        return {_COMPUTED_FROM.get(name, name) for name in self.placeholders()} & NAMES


@dataclass(frozen=True)
class Situation:
    """Context of an answer: the question, the time, and the course of the conversation."""

    question: Question
    now: datetime
    topic: str = ""  # of the answer; decides which particulars of the question count
    previous_clauses: tuple[str, ...] = ()  # cited by the answer before this one
    previous_plainer: str = ""  # the last answer in plainer words, if they were not said yet
    quoted: bool = False  # the last answer was its clauses word for word
    missed: bool = False  # the message before was out of scope, too
    closest_clause: str | None = None  # nearest to a question that was not understood
    given: Mapping[str, str] = field(default_factory=dict)  # values of an action, by name in GIVEN
    framed: "Answer | None" = None  # what the store has confirmed about the frames of the question

    @cached_property
    def when(self) -> When:
        """Return the time that the question asks about, on the clock of the store."""
        return when(self.question, self.now, store().zone, store().jurisdiction)

    @cached_property
    def holiday(self) -> str:
        """Return the public holiday on a day of the question, or on this day if it names none."""
        if self.when.is_named:
            return self.when.holiday
        return holiday_on(self.now.astimezone(store().zone).date(), store().jurisdiction)


@dataclass(frozen=True)
class Answer:
    """An answer in words, with the clauses that it rests on and the topics that it offers."""

    text: str
    clauses: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    plainer: str = ""


def variation(response: Mapping[str, Any]) -> Variation:
    """Read one response of the domain; raises PolicyError for a key that metadata may not have."""
    metadata = response.get("metadata") or {}
    unknown = set(metadata) - _KEYS
    if unknown:
        raise PolicyError(
            f"Unknown metadata {', '.join(sorted(unknown))}; "
            f"an answer may have {', '.join(sorted(_KEYS))}."
        )
    lead = metadata.get("lead")
    return Variation(
        text=str(response["text"]).strip(),
        asked=_tuple(metadata.get("asked")),
        lead=Lead(frozenset(map(str, lead["words"])), lead["say"], lead.get("negated", ""))
        if lead
        else None,
        clauses=_tuple(metadata.get("clauses")),
        choices=_tuple(metadata.get("choices")),
        topic=metadata.get("topic", ""),
        outcome=metadata.get("outcome", ""),
        asks=metadata.get("asks"),
        plainer=str(metadata.get("plainer") or "").strip(),
    )


def choose(
    variations: Sequence[Variation], situation: Situation, known: Facts | None = None
) -> Variation:
    """Return the first variation with all conditions met; the last one should have none.

    A variation with a fact that the store lacks is passed over.
    """
    known = known or facts()
    for candidate in variations:
        if not candidate.facts() - known.by_name.keys() and all(
            _meets(condition, situation) for condition in candidate.asked
        ):
            return candidate
    raise PolicyError("No variation fits every question: the last one must have no `asked`.")


@dataclass(frozen=True)
class _Context:
    """Source of the computed placeholders: the situation, the facts, and the kinds of data."""

    situation: Situation
    facts: Facts
    kinds: list[DataKind]
    asks_now: bool

    def open_now(self, what: str, hours: WeeklyHours | None, asked: bool) -> str:
        question, law = self.situation.question if asked else None, store().jurisdiction
        return open_now(what, hours, self.situation.now, question, law) if hours else ""

    def open_then(self, what: str, hours: WeeklyHours | None) -> str:
        situation = self.situation
        return open_then(what, hours, situation.when, situation.question) if hours else ""


_SUPPORT, _PHONE_ORDERS = "support", "the phone order line"
_COMPUTED_BY: dict[str, Callable[[_Context], str]] = {
    "kind": lambda context: _joined([kind.say for kind in context.kinds]),
    "kind_use": lambda context: _uses(context.kinds),
    "kind_sharing": lambda context: " ".join(dict.fromkeys(kind.sharing for kind in context.kinds)),
    "open_now": lambda context: context.open_now(
        _SUPPORT, context.facts.support_hours, context.asks_now
    ),
    "open_then": lambda context: context.open_then(_SUPPORT, context.facts.support_hours),
    "phone_orders_now": lambda context: context.open_now(
        _PHONE_ORDERS, context.facts.phone_order_hours, True
    ),
    "phone_orders_then": lambda context: context.open_then(
        _PHONE_ORDERS, context.facts.phone_order_hours
    ),
    "holidays": lambda context: _holidays(context.situation.holiday),
    "in_their_language": lambda context: answer_in(
        context.situation.question.language, context.facts
    ),
    "plainer": lambda context: context.situation.previous_plainer,
    "previous_quotes": lambda context: " ".join(
        f"“{known_clauses()[clause].plain}”" for clause in context.situation.previous_clauses
    ),
    "closest_quote": lambda context: _quote(context.situation.closest_clause),
    FRAMES: lambda context: context.situation.framed.text if context.situation.framed else "",
}
# Placeholders that depend on the question; every other one is a fact of the store.
COMPUTED = frozenset(_COMPUTED_BY)


def compose(chosen: Variation, situation: Situation, known: Facts | None = None) -> Answer:
    """Put a variation into words for a question: its lead, the facts, and the kinds of data."""
    known = known or facts()
    question = situation.question
    kinds = question.unlisted_kinds() if _UNLISTED & set(chosen.asked) else question.listed_kinds()
    context = _Context(situation, known, kinds, "now" in chosen.asked)

    def fill(match: re.Match[str]) -> str:
        name = match[1]
        if name in GIVEN:
            return situation.given.get(name, "")
        return _COMPUTED_BY[name](context) if name in _COMPUTED_BY else known.by_name[name].text

    def filled(text: str) -> str:
        return re.sub(r" {2,}", " ", _PLACEHOLDER.sub(fill, text)).strip()

    text = filled(chosen.text)
    if "listed_kind" in chosen.asked and question.unlisted_kinds():
        text += f" It does not list {_joined([kind.say for kind in question.unlisted_kinds()])}."
    cited = _cited(chosen, context)
    lead, more = stands(
        _lead(chosen, question), question, situation.topic, cited, load(), is_silent(text)
    )
    return Answer(f"{lead} {text}".strip(), (*cited, *more), chosen.choices, filled(chosen.plainer))


def _cited(chosen: Variation, context: _Context) -> tuple[str, ...]:
    names = set(chosen.placeholders())
    if "in_their_language" in names:
        names |= set(facts_in_answer(context.facts))
    clauses = list(chosen.clauses)
    if "kind_use" in names:
        clauses = [
            *(
                clause
                for kind in context.kinds
                for clause in (*kind.collected[:1], *kind.use_clauses)
            ),
            *clauses,
        ]
    if "kind_sharing" in names:
        clauses += (clause for kind in context.kinds for clause in kind.sharing_clauses)
    if names & {"previous_quotes", "plainer"}:
        clauses += context.situation.previous_clauses
    if "closest_quote" in names and context.situation.closest_clause:
        clauses.append(context.situation.closest_clause)
    if FRAMES in names and context.situation.framed:
        clauses += context.situation.framed.clauses
    for name in names & context.facts.by_name.keys():
        clauses += context.facts.by_name[name].clauses
    return tuple(dict.fromkeys(clauses))


def _lead(chosen: Variation, question: Question) -> str:
    if chosen.lead is None or not question.yes_or_no or not chosen.lead.words & question.words:
        return ""
    return chosen.lead.negated if question.negated else chosen.lead.say


def _quote(clause_id: str | None) -> str:
    """Return a clause word for word, with its section."""
    clause = load().clause(clause_id) if clause_id else None
    return f"“{clause.plain}” ({clause.section})" if clause else ""


def _holidays(name: str) -> str:
    return f"holidays such as {name}" if name else "holidays"


def _uses(kinds: Sequence[DataKind]) -> str:
    by_use: dict[str, list[str]] = {}
    for kind in kinds:
        by_use.setdefault(kind.use, []).append(kind.say)
    if len(by_use) <= 1:
        return "".join(by_use)
    return " ".join(f"For {_joined(names)}: {use}" for use, names in by_use.items())


def _joined(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)


_CONDITIONS: dict[str, Callable[[Situation], bool]] = {
    "listed_kind": lambda situation: bool(situation.question.listed_kinds()),
    "unlisted_kind": lambda situation: bool(situation.question.unlisted_kinds()),
    "only_unlisted_kind": lambda situation: (
        bool(situation.question.unlisted_kinds()) and not situation.question.listed_kinds()
    ),
    "yes_or_no": lambda situation: situation.question.yes_or_no,
    "just_who": lambda situation: situation.question.is_just_who,
    "day": lambda situation: situation.when.is_named,
    # "now" does not count if the question names another time
    "now": lambda situation: (
        "now" in situation.question.aspects
        and not situation.question.words & _ASKS_FOR_HOURS
        and not situation.when.is_named
        and not situation.when.unclear
        and not situation.holiday
    ),
    "holiday": lambda situation: (
        "holiday" in situation.question.aspects
        or bool(
            situation.holiday and (situation.when.is_named or "now" in situation.question.aspects)
        )
    ),
    "no_order": lambda situation: (
        not (situation.question.is_order and situation.question.names_this_chat)
    ),
    "close_passage": lambda situation: situation.closest_clause is not None,
    "answered_before": lambda situation: bool(situation.previous_clauses),
    "plainer_left": lambda situation: bool(situation.previous_plainer),
    "quotes_left": lambda situation: bool(situation.previous_clauses) and not situation.quoted,
    "missed_before": lambda situation: situation.missed,
}
CONDITIONS = frozenset(_CONDITIONS)  # allowed in `asked` beside the aspects


def _meets(condition: str, situation: Situation) -> bool:
    if condition in _CONDITIONS:
        return _CONDITIONS[condition](situation)
    return condition in situation.question.aspects


def _tuple(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)
