"""Facts of the store: phone numbers, addresses and hours, each with the place it comes from.

A store may lack any of them; then nothing is said that needs it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from bot.policy.document import Policy, PolicyError, load
from bot.policy.hours import WeeklyHours, parse_hours
from bot.policy.store import Stated, Store, store
from bot.policy.yaml_files import Problem, shown

_HOURS = ("support_hours", "phone_order_hours")
_TEXTS = ("support_phone", "order_phone", "mail_address", "privacy_email", "requested_mail")
# Facts that every store has, made of the others.
ALWAYS = frozenset({"store", "support_team"})
# Names that may stand in braces in a response.
NAMES = frozenset({*_HOURS, *_TEXTS, *ALWAYS, "archived"})


@dataclass(frozen=True)
class Fact:
    """A fact in words, with the clauses that it comes from."""

    text: str
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Facts:
    """Facts by the name of their placeholder (``{support_phone}``), and the hours.

    Hours are None if neither the policy nor the owner gives them.
    """

    by_name: dict[str, Fact] = field(default_factory=dict)
    support_hours: WeeklyHours | None = None
    phone_order_hours: WeeklyHours | None = None

    def text(self, name: str) -> str:
        """Return a fact in words, or an empty text if the store lacks it."""
        return self.by_name[name].text if name in self.by_name else ""

    @property
    def reach(self) -> str:
        """Return how to reach support, for the end of a sentence: ``call 1-800-…``; or nothing."""
        if phone := self.text("support_phone"):
            return f"call {phone}"
        for name in ("privacy_email", "mail_address"):
            if address := self.text(name):
                return f"write to {address}"
        return ""


def read_facts(described: Store, policy: Policy) -> Facts:
    """Return the facts that a store states; raises PolicyError for one that has no meaning."""
    by_name: dict[str, Fact] = {}
    hours: dict[str, WeeklyHours] = {}
    for stated in (described.stated or {}).values():
        if stated.name in _HOURS:
            hours[stated.name] = _hours(stated, described)
            text = hours[stated.name].in_words()
        elif stated.name in _TEXTS:
            text = " ".join(str(stated.value).split())
        else:
            raise PolicyError(
                f"{shown(described.file)}:{stated.line}: there is no fact {stated.name}; a store "
                f"may state {', '.join((*_TEXTS, *_HOURS))}."
            )
        by_name[stated.name] = Fact(text, stated.clauses)
    if policy.archived:
        day = policy.archived
        by_name["archived"] = Fact(f"{day:%B} {day.day}, {day.year}")
    by_name["store"] = Fact(described.name)
    by_name["support_team"] = _support_team(by_name)
    return Facts(by_name, **hours)


def problems_of_facts(described: Store, policy: Policy) -> Iterator[Problem]:
    """Yield a problem for each fact that does not stand in the clauses it names."""
    for stated in (described.stated or {}).values():
        if message := _unproved(stated, policy):
            yield Problem(shown(described.file), stated.line, f"{stated.name}: {message}")


def _unproved(stated: Stated, policy: Policy) -> str:
    if not stated.clauses:
        return "" if stated.told_by else "needs the `clause` that it stands in, or `from`"
    if missing := [clause for clause in stated.clauses if clause not in policy.by_id]:
        return f"cites {missing[0]}, which the policy does not have"
    texts = [policy.by_id[clause].text for clause in stated.clauses]
    if stated.name in _HOURS:
        return "" if _same_hours(stated, texts) else "these are not the hours in the clauses"
    said, stands = _letters(str(stated.value)), _letters(" ".join(texts))
    return "" if said in stands else f"{stated.value!r} does not stand in the clauses it cites"


def _letters(text: str) -> str:
    """Return a text without the line breaks and commas between the lines of an address."""
    return re.sub(r"[\s,]+", " ", text).strip()


def _same_hours(stated: Stated, texts: list[str]) -> bool:
    lines = _lines(stated)
    try:
        return parse_hours(*texts).by_day == parse_hours(*lines).by_day
    except ValueError:  # in other words than can be parsed: every figure and day must be there
        words = set(re.findall(r"\d+|[a-z]{3}", " ".join(texts).lower()))
        return set(re.findall(r"\d+|\b(?!am|pm)[a-z]{3}", " ".join(lines).lower())) <= words


def _lines(stated: Stated) -> list[str]:
    if not isinstance(stated.value, dict):
        return [str(stated.value)]
    return [f"{days}, {times}" for days, times in stated.value.items()]


def _hours(stated: Stated, described: Store) -> WeeklyHours:
    try:
        parsed = parse_hours(*_lines(stated))
    except ValueError as error:
        raise PolicyError(f"{shown(described.file)}:{stated.line}: {error}") from error
    return WeeklyHours(parsed.by_day, described.zone, described.zone_name)


def _support_team(by_name: dict[str, Fact]) -> Fact:
    """Return the team by name, with the way to reach it that the store gives, if any.

    Without the hours: they are told when somebody asks for them.
    """
    for name in ("support_phone", "privacy_email", "mail_address"):
        if name not in by_name:
            continue
        return Fact(f"our support team: {by_name[name].text}", by_name[name].clauses)
    return Fact("our support team")


@cache
def facts() -> Facts:
    """Return the facts of the store that this process answers for."""
    return read_facts(store(), load())
