"""Answers: read from the domain with their place in the file, chosen for a question, and put into words."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.policy.document import PolicyError, load
from bot.policy.facts import Facts, facts
from bot.policy.kinds import Kind
from bot.policy.openings import open_now, open_that_day
from bot.policy.questions import Question

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_UNLISTED = {"unlisted_kind", "only_unlisted_kind"}
_KEYS = {"asked", "lead", "clauses", "choices"}
# What is known only when the question is: everything else in braces is a fact of the policy.
COMPUTED = frozenset(
    {
        "kind",
        "kind_use",
        "kind_sharing",
        "open_now",
        "open_that_day",
        "phone_orders_now",
        "phone_orders_that_day",
        "previous_quotes",
    }
)


@dataclass(frozen=True)
class Lead:
    """What a yes-or-no question is answered first, if it contains one of ``words``; ``negated`` if it supposes the contrary."""

    words: frozenset[str]
    say: str
    negated: str = ""


@dataclass(frozen=True)
class Variation:
    """One wording of a response, for questions that name everything in ``asked``."""

    text: str
    asked: tuple[str, ...] = ()
    lead: Lead | None = None
    clauses: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()

    def placeholders(self) -> list[str]:
        """Return the names in braces."""
        return _PLACEHOLDER.findall(self.text)


@dataclass(frozen=True)
class Situation:
    """What an answer may depend on beside the policy."""

    question: Question
    now: datetime
    previous_clauses: tuple[str, ...] = ()  # what the answer before it cited


@dataclass(frozen=True)
class Answer:
    """An answer in words, the clauses that it rests on, and the choices it offers (topics)."""

    text: str
    clauses: tuple[str, ...] = ()
    choices: tuple[str, ...] = field(default=())


def variation(response: Mapping[str, Any]) -> Variation:
    """Read one response of the domain; raises PolicyError for metadata that is not understood."""
    metadata = response.get("metadata") or {}
    unknown = set(metadata) - _KEYS
    if unknown:
        raise PolicyError(f"Unknown metadata {', '.join(sorted(unknown))}; an answer may have {', '.join(sorted(_KEYS))}.")
    lead = metadata.get("lead")
    return Variation(
        text=str(response["text"]).strip(),
        asked=_tuple(metadata.get("asked")),
        lead=Lead(frozenset(map(str, lead["words"])), lead["say"], lead.get("negated", "")) if lead else None,
        clauses=_tuple(metadata.get("clauses")),
        choices=_tuple(metadata.get("choices")),
    )


def choose(variations: Sequence[Variation], situation: Situation) -> Variation:
    """Return the first variation whose every condition the question meets; the last one should have none."""
    for candidate in variations:
        if all(_meets(condition, situation) for condition in candidate.asked):
            return candidate
    raise PolicyError("No variation fits every question: the last one must have no `asked`.")


def compose(chosen: Variation, situation: Situation, known: Facts | None = None) -> Answer:
    """Put a variation into words for a question: lead, facts, and what its kind of data adds."""
    known = known or facts()
    question = situation.question
    kinds = question.unlisted_kinds() if _UNLISTED & set(chosen.asked) else question.listed_kinds()
    names = set(chosen.placeholders())
    clauses = list(chosen.clauses)
    if "kind_use" in names:
        clauses = [*(clause for kind in kinds for clause in (*kind.collected[:1], *kind.use_clauses)), *clauses]
    if "kind_sharing" in names:
        clauses += (clause for kind in kinds for clause in kind.sharing_clauses)
    if "previous_quotes" in names:
        clauses += situation.previous_clauses
    for name in names & known.by_name.keys():
        clauses += known.by_name[name].clauses

    computed: dict[str, Callable[[], str]] = {
        "kind": lambda: _joined([kind.say for kind in kinds]),
        "kind_use": lambda: _uses(kinds),
        "kind_sharing": lambda: " ".join(dict.fromkeys(kind.sharing for kind in kinds)),
        "open_now": lambda: open_now(
            "support", known.support_hours, situation.now, question if "now" in chosen.asked else None
        ),
        "open_that_day": lambda: open_that_day("support", known.support_hours, situation.now, question),
        "phone_orders_now": lambda: open_now("the phone order line", known.phone_order_hours, situation.now, question),
        "phone_orders_that_day": lambda: open_that_day(
            "the phone order line", known.phone_order_hours, situation.now, question
        ),
        "previous_quotes": lambda: " ".join(f"“{load().clause(clause).text}”" for clause in situation.previous_clauses),
    }

    def fill(match: re.Match[str]) -> str:
        name = match[1]
        return computed[name]() if name in computed else known.by_name[name].text

    text = re.sub(r" {2,}", " ", _PLACEHOLDER.sub(fill, chosen.text)).strip()
    if "listed_kind" in chosen.asked and question.unlisted_kinds():
        text += f" It does not list {_joined([kind.say for kind in question.unlisted_kinds()])}."
    lead = _lead(chosen, question)
    return Answer(f"{lead} {text}".strip(), tuple(dict.fromkeys(clauses)), chosen.choices)


def _lead(chosen: Variation, question: Question) -> str:
    if chosen.lead is None or not question.yes_or_no or not chosen.lead.words & question.words:
        return ""
    return chosen.lead.negated if question.negated else chosen.lead.say


def _uses(kinds: Sequence[Kind]) -> str:
    by_use: dict[str, list[str]] = {}
    for kind in kinds:
        by_use.setdefault(kind.use, []).append(kind.say)
    if len(by_use) <= 1:
        return "".join(by_use)
    return " ".join(f"For {_joined(names)}: {use}" for use, names in by_use.items())


def _joined(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)


def _meets(condition: str, situation: Situation) -> bool:
    question = situation.question
    if condition == "listed_kind":
        return bool(question.listed_kinds())
    if condition == "only_unlisted_kind":
        return bool(question.unlisted_kinds()) and not question.listed_kinds()
    if condition == "unlisted_kind":
        return bool(question.unlisted_kinds())
    if condition == "day":
        return bool(question.weekdays(0)) or question.time_of_day is not None
    if condition == "now":  # at another time than now, if it names one
        return condition in question.aspects and question.time_of_day is None and not question.vague_time
    if condition == "answered_before":
        return bool(situation.previous_clauses)
    return condition in question.aspects


def _tuple(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)
