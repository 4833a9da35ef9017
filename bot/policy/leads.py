"""Leads: when the first word of an answer stands (``data/leads.yml``).

A yes or no stands only if its clauses prove it, and if they name all that the question names.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from bot.paths import DATA_DIR
from bot.policy.document import Policy
from bot.policy.errors import PolicyError
from bot.policy.kinds import load_data_kinds
from bot.policy.particulars import Found, beginning, load_groups, particulars_of, unnamed
from bot.policy.questions import Question
from bot.policy.yaml_files import read_yaml, shown

FILE = DATA_DIR / "leads.yml"
_FIRST = re.compile(r"[A-Z][\w' ]*?(?=[.,:;]|$)")
# An answer that says itself what the policy does not say needs no other beginning.
_SILENT = re.compile(
    r"^(?:Our policy (?:does not|names no|gives no|carries no)|The policy offers|I cannot)"
)
_MOST_WORDS = 32  # of a quote that is added
_PROMISE, _KIND = "promise", "kind"


@dataclass(frozen=True)
class Proof:
    """What the clauses of a lead must say, and which particulars they cover by themselves."""

    first: tuple[str, ...]
    needs: re.Pattern[str]
    covers: frozenset[str]


@cache
def load_proofs() -> dict[str, tuple[Proof, ...]]:
    """Return the allowed leads by topic; raises PolicyError for an entry that is not complete."""
    found = {}
    for topic, entries in read_yaml(FILE).items():
        try:
            found[str(topic)] = tuple(
                Proof(
                    tuple(map(str, entry["first"])),
                    re.compile(entry["needs"], re.IGNORECASE),
                    frozenset(entry.get("covers") or ()),
                )
                for entry in entries
            )
        except (KeyError, TypeError):
            raise PolicyError(f"{shown(FILE)}: {topic}: needs `first` and `needs`.") from None
    return found


def proof_of(topic: str, lead: str) -> Proof | None:
    """Return what must prove a lead about a topic, None if it may not be said."""
    first = _FIRST.match(lead)
    word = first[0].lower() if first else ""
    for proof in load_proofs().get(topic, ()):
        if any(word == one.lower() or word.startswith(f"{one.lower()} ") for one in proof.first):
            return proof
    return None


def unproved(
    topic: str, leads: Sequence[str], clauses: Sequence[str], policy: Policy
) -> Iterator[str]:
    """Yield what is wrong with the leads of an answer: not allowed, or not in its clauses."""
    known = policy.by_id
    text = " ".join(known[name].plain for name in clauses if name in known)
    for lead in filter(None, leads):
        proof = proof_of(topic, lead)
        if proof is None:
            yield f"begins with {lead!r}, which data/leads.yml does not allow for {topic}"
        elif not proof.needs.search(text):
            yield f"begins with {lead!r}, which none of its clauses proves (data/leads.yml)"


def stands(
    lead: str,
    question: Question,
    topic: str,
    clauses: Sequence[str],
    policy: Policy,
    silent: bool = False,
) -> tuple[str, tuple[str, ...]]:
    """Return the lead that stands for this question, and clauses that it adds.

    It is the lead itself, or what the policy does not name. What the policy names elsewhere is
    quoted from there. ``silent`` means that the answer itself says what the policy does not say.
    """
    if question.is_about_the_past:
        lead = ""  # a policy tells what is done, not what was done
    found = _particulars(question, topic, lead)
    nowhere, elsewhere = unnamed(found, clauses, policy)
    if silent and not lead:
        return "", ()
    if nowhere:
        return beginning(nowhere), ()
    if lead and (kinds := _unlisted_kinds(question, topic, lead)):
        return f"Our policy does not list {kinds} among what we collect.", ()
    if elsewhere and lead:
        one, clause = elsewhere[0]
        quote = f"Of {one.say} it says: “{clause.plain}”"
        return (quote if len(clause.plain.split()) <= _MOST_WORDS else ""), (clause.id,)
    return lead, ()


def is_silent(text: str) -> bool:
    """Return whether an answer begins with what the policy does not say."""
    return bool(_SILENT.match(text))


def _unlisted_kinds(question: Question, topic: str, lead: str) -> str:
    """Return the kinds of data in the question, if the policy lists none of them."""
    proof = proof_of(topic, lead)
    covered = proof is not None and _KIND in proof.covers
    counts = any(group.name == _KIND and topic in group.topics for group in load_groups())
    if covered or not counts or question.listed_kinds():
        return ""
    return " or ".join(kind.say for kind in question.unlisted_kinds())


def _particulars(question: Question, topic: str, lead: str) -> list[Found]:
    found = particulars_of(question.text, topic)
    proof = proof_of(topic, lead) if lead else None
    covered = proof.covers if proof else frozenset()
    has_kinds = bool(load_data_kinds())
    return [
        one
        for one in found
        if one.group not in covered
        and not (one.group == _PROMISE and not (lead or question.yes_or_no))
        and not (one.group == _KIND and has_kinds)
    ]
