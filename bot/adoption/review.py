"""Review of a store's frames: a person decides on each, and every decision is saved at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from rapidfuzz.fuzz import token_set_ratio

from bot.adoption.proposals import Candidate, Proposal, propose, strong_candidates
from bot.policy.confirmations import (
    Confirmed,
    Quote,
    read_confirmed,
    version_of,
    write_confirmed,
)
from bot.policy.document import Policy, read_policy
from bot.policy.facts import read_facts
from bot.policy.folder import DOCUMENT
from bot.policy.frame_list import NOT_SAID, VERDICTS, load_frames
from bot.policy.frames import FrameAnswers
from bot.policy.markdown import Passage, passages
from bot.policy.store import read_store

_MOST_FOUND = 9  # passages that a search shows


class ReviewError(ValueError):
    """A decision cannot be taken; the message says why."""


@dataclass(frozen=True)
class Step:
    """One decision of this review, with what stood there before."""

    frame: str
    before: Confirmed | None


class Review:
    """The frames of a store in review."""

    def __init__(self, folder: Path, by: str) -> None:
        """Read the store's policy and its decisions; ``by`` names the person."""
        self.folder = folder
        self.by = by
        self.frames = load_frames()
        self._decided = read_confirmed(folder)
        self._steps: list[Step] = []

    @cached_property
    def document(self) -> str:
        """Return the text of the policy."""
        return (self.folder / DOCUMENT).read_text(encoding="utf-8")

    @cached_property
    def policy(self) -> Policy:
        """Return the policy."""
        return read_policy(self.folder)

    @cached_property
    def version(self) -> str:
        """Return the SHA-256 of the policy."""
        return version_of(self.folder)

    @cached_property
    def passages(self) -> list[Passage]:
        """Return the passages of the policy."""
        return passages(self.document)

    @cached_property
    def proposals(self) -> dict[str, Proposal]:
        """Return the program's proposal for each frame."""
        return {proposal.frame: proposal for proposal in propose(self.document)}

    def decision(self, frame: str) -> Confirmed | None:
        """Return what stands for a frame, or None if it is open."""
        item = self._decided.get(frame)
        return item if item and item.stands_in(self.policy, self.version) else None

    def open_frames(self) -> list[str]:
        """Return the frames that wait for a decision, in their order."""
        return [frame for frame in self.frames if self.decision(frame) is None]

    def confirm(
        self, frame: str, verdict: str, quotes: Sequence[Quote], condition: str = ""
    ) -> Confirmed:
        """Take a decision and save it; raises ReviewError if it does not hold together."""
        if frame not in self.frames:
            raise ReviewError(f"There is no frame {frame!r}.")
        if verdict not in VERDICTS:
            raise ReviewError(f"{frame}: the verdict must be one of {', '.join(VERDICTS)}.")
        if bool(quotes) == (verdict == NOT_SAID):
            raise ReviewError(f"{frame}: every verdict but not_said needs a quote.")
        for quote in quotes:
            if not self.policy.clauses_of(quote.text, quote.headings):
                raise ReviewError(f"{frame}: this is not in the policy: {quote.text!r}")
        taken = [quote.text for quote in quotes]
        dismissed = tuple(
            candidate.quotes[0]
            for candidate in strong_candidates(self.proposals[frame])
            if not any(candidate.quotes[0] in text or text in candidate.quotes[0] for text in taken)
        )
        decided = Confirmed(
            frame,
            verdict,
            tuple(quotes),
            condition,
            self.by,
            date.today().isoformat(),
            self.version,
            dismissed,
        )
        self._steps.append(Step(frame, self._decided.get(frame)))
        self._decided[frame] = decided
        self._save()
        return decided

    def undo(self) -> str | None:
        """Take the last decision of this review back, and return its frame."""
        if not self._steps:
            return None
        step = self._steps.pop()
        if step.before is None:
            del self._decided[step.frame]
        else:
            self._decided[step.frame] = step.before
        self._save()
        return step.frame

    def search(self, words: str) -> list[Passage]:
        """Return the passages that are most like some words."""
        wanted = words.lower()
        scored = [
            (
                token_set_ratio(wanted, passage.plain.lower())
                + 50 * (wanted in passage.plain.lower()),
                -passage.start,
                passage,
            )
            for passage in self.passages
            if passage.kind != "heading"
        ]
        return [
            passage
            for score, _, passage in sorted(scored, reverse=True, key=lambda item: item[:2])[
                :_MOST_FOUND
            ]
            if score > 0
        ]

    def words(self, frame: str, verdict: str, quotes: Sequence[Quote], condition: str = "") -> str:
        """Return what the bot would say, word for word."""
        decided = Confirmed(frame, verdict, tuple(quotes), condition, policy=self.version)
        facts = read_facts(read_store(self.folder), self.policy)
        answers = FrameAnswers(self.policy, facts, {frame: decided}, self.version)
        return answers.answer([frame]).text

    def _save(self) -> None:
        write_confirmed(self.folder, self._decided.values())


def quotes_of(candidate: Candidate) -> tuple[Quote, ...]:
    """Return a candidate's quotes as they stand in the document."""
    return tuple(Quote(passage.text, passage.headings) for passage in candidate.in_order)


def located(review: Review, quote: str, near: Sequence[Quote] = ()) -> Quote:
    """Return a quote with the headings above it; of several places, one beside ``near``.

    Raises ReviewError if it is not in the policy, byte for byte.
    """
    places = [Quote(quote, headings) for headings in _headings_above(review, quote)]
    standing = [place for place in places if review.policy.clauses_of(quote, place.headings)]
    if not standing:
        raise ReviewError(f"this is not in the policy: {quote!r}")
    beside = {other.headings for other in near}
    return next((place for place in standing if place.headings in beside), standing[0])


def _headings_above(review: Review, quote: str) -> Iterator[tuple[str, ...]]:
    """Yield the headings above each place of a text in the document."""
    start = review.document.find(quote) if quote else -1
    while start >= 0:
        for passage in review.passages:
            if passage.start + len(passage.text) > start:
                title = (passage.plain,) if passage.kind == "heading" else ()
                yield (*passage.headings, *title)
                break
        start = review.document.find(quote, start + 1)


def undismissed(review: Review) -> list[tuple[str, str]]:
    """Return each frame that "is not said", with a strong candidate that nobody dismissed."""
    return [
        (frame, candidate.passages[0].plain)
        for frame in review.frames
        if (item := review.decision(frame)) is not None and item.verdict == NOT_SAID
        for candidate in strong_candidates(review.proposals[frame])
        if candidate.quotes[0] not in item.dismissed
    ]
