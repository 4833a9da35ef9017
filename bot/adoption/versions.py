"""Versions of a policy: what a newer one adds, changes and removes, and the frames it touches."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from rapidfuzz.fuzz import ratio

from bot.adoption.proposals import Proposal, strong_candidates
from bot.policy.confirmations import Confirmed
from bot.policy.document import Policy
from bot.policy.markdown import passages, plain

_ALIKE = 60  # of a hundred: two texts so alike are one clause that was changed


@dataclass(frozen=True)
class Changes:
    """Difference of two versions, as texts that a person reads."""

    added: tuple[str, ...]
    changed: tuple[tuple[str, str], ...]  # before and after
    removed: tuple[str, ...]

    def __bool__(self) -> bool:
        """Tell whether anything is different."""
        return bool(self.added or self.changed or self.removed)

    def as_json(self) -> dict[str, object]:
        """Return the difference in the form that ``adopt --json`` prints."""
        changed = [{"before": before, "after": after} for before, after in self.changed]
        return {"added": list(self.added), "changed": changed, "removed": list(self.removed)}


def compare(older: str, newer: str) -> Changes:
    """Compare two versions of a document, passage by passage, wherever a passage stands."""
    before, after = _texts(older), _texts(newer)
    gone = [text for text in before if text not in after]
    new = [text for text in after if text not in before]
    changed = []
    for text in list(new):
        alike = max(gone, key=lambda other: ratio(other, text), default=None)
        if alike is not None and ratio(alike, text) >= _ALIKE:
            changed.append((plain(alike), plain(text)))
            gone.remove(alike)
            new.remove(text)
    return Changes(tuple(map(plain, new)), tuple(changed), tuple(map(plain, gone)))


def carried_over(
    confirmed: Iterable[Confirmed],
    versions: tuple[str, str],
    documents: tuple[str, str],
    policy: Policy,
    proposals: Sequence[Proposal],
) -> tuple[list[Confirmed], list[str]]:
    """Return all decisions, moved to the newer version where it does not touch them.

    The second value names the frames that it touches: a quote is gone or stands elsewhere, the
    sentence before its list is another, or a new passage is a strong candidate.
    """
    older, newer = versions
    known = {passage.text for passage in passages(documents[0])}
    before, after = (_lead_ins(document) for document in documents)
    fresh = {
        proposal.frame: [
            candidate
            for candidate in strong_candidates(proposal)
            if candidate.passages[0].text not in known
        ]
        for proposal in proposals
    }
    moved: list[Confirmed] = []
    touched: list[str] = []
    for item in confirmed:
        if item.policy != older:
            moved.append(item)
            continue
        current = replace(item, policy=newer)
        if (
            current.stands_in(policy, newer)
            and not fresh[item.frame]
            and _same_introductions(item, before, after)
        ):
            moved.append(current)
        else:
            moved.append(item)
            touched.append(item.frame)
    return moved, touched


def _same_introductions(
    item: Confirmed, before: Mapping[str, set[str]], after: Mapping[str, set[str]]
) -> bool:
    return all(
        before.get(text, set()) <= lead_ins
        for quote in item.quotes
        for text, lead_ins in after.items()
        if text in quote.text or quote.text in text
    )


def _lead_ins(document: str) -> dict[str, set[str]]:
    """Return the introductions of each item by its text."""
    found: dict[str, set[str]] = {}
    for passage in passages(document):
        if passage.lead_in:
            found.setdefault(passage.text, set()).add(passage.lead_in)
    return found


def _texts(document: str) -> list[str]:
    """Return each passage's text once, in order."""
    return list(dict.fromkeys(passage.text for passage in passages(document)))
