"""Answers from confirmed frames: a listed lead, quotes of the policy, and the facts of the store.

Nothing is searched for and nothing is made up: a frame that nobody has confirmed, or whose quotes
the policy no longer has, says so.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path

from bot.policy.answer_files import ANSWERS
from bot.policy.answers import Answer
from bot.policy.confirmations import Confirmed, Quote, read_confirmed, version_of
from bot.policy.document import Policy, load
from bot.policy.facts import Facts, facts
from bot.policy.folder import store_folder
from bot.policy.frame_list import NOT_SAID, NOTHING, Frame, load_frames
from bot.policy.leads import stands
from bot.policy.markdown import plain, with_addresses
from bot.policy.questions import Question
from bot.policy.sentences import sentence_spans

MAX_FRAMES = 2  # that one question is answered from
_WORD = re.compile(r"[a-z]{4,}")
_RARE = 2  # clauses in which a word may stand to tell what a question is about
_WORDS = 60  # of quotes in an answer
_SHORT = 12  # words of a list item that makes sense only with its introduction
# Headings that say for whom, where or when the text below them holds.
_CONDITION = re.compile(
    r"\b(?:residents?|citizens?|californians?|california|virginia|colorado|connecticut|nevada|texas"
    r"|utah|oregon|montana|eea|eu|e\.u|europe(?:an)?|uk|u\.k|united kingdom|switzerland|swiss"
    r"|canad\w+|australia\w*|brazil\w*|gdpr|ccpa|cpra|members?|applicants?"
    r"|employees|job seekers|contractors|businesses|if you|when you|only|outside)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class _Said:
    """Quote as it is said: under a heading with a condition, or without one."""

    under: str
    text: str
    clauses: tuple[str, ...]
    again: bool = False  # the quote before it stands under the same heading

    def __str__(self) -> str:
        under = "" if self.again or not self.under else f"Under “{self.under}”: "
        return f"{under}“{self.text}”"

    def then(self, other: "_Said") -> "_Said":
        """Return this quote with the one that follows it in the policy."""
        between = " " if self.text[-1:] in '.!?”"' else ", "
        clauses = (*self.clauses, *other.clauses)
        return replace(self, text=f"{self.text}{between}{other.text}", clauses=clauses)


@dataclass(frozen=True)
class FrameAnswers:
    """What a store has confirmed, and the policy and facts that it is said from."""

    policy: Policy
    facts: Facts
    confirmed: dict[str, Confirmed]
    version: str

    @classmethod
    def of(cls, folder: Path, policy: Policy, known: Facts) -> "FrameAnswers":
        """Read the confirmed frames of a store."""
        return cls(policy, known, read_confirmed(folder), version_of(folder))

    def standing(self, frame: str) -> Confirmed | None:
        """Return what was confirmed about a frame, or None if it is open."""
        found = self.confirmed.get(frame)
        return found if found and found.stands_in(self.policy, self.version) else None

    def answer(self, frames: Sequence[str], question: str = "") -> Answer:
        """Return the answer to a question that these frames ask, the best first.

        Of the quotes, those with words of the question come first.
        """
        chosen = self._chosen(frames)
        said: list[str] = []
        plainer: list[str] = []
        cited: list[str] = []
        room = _WORDS
        for name in chosen:
            frame = load_frames()[name]
            lead, clauses = self._lead(frame, question)
            text, used = self._one(frame, lead, question, room, cited)
            if said and not used:  # all its quotes have been said
                continue
            said.append(text)
            plainer.append(self._plainer(frame, lead))
            cited += clauses
            room = max(room - used, 0)
        last = self.standing(chosen[0]) if chosen else None
        if last is None or last.verdict == NOT_SAID:
            team = self.facts.by_name["support_team"]
            said.append(f"To be sure, ask {team.text}.")
            cited += team.clauses
        return Answer(" ".join(said), tuple(dict.fromkeys(cited)), plainer=" ".join(plainer))

    def _chosen(self, frames: Sequence[str]) -> list[str]:
        """Return the frames to answer from: a second one only if the policy tells of it."""
        if not frames:
            return []
        first, *others = frames[:MAX_FRAMES]
        return [
            first,
            *(name for name in others if (found := self.standing(name)) and found.quotes),
        ]

    def _lead(self, frame: Frame, question: str) -> tuple[str, tuple[str, ...]]:
        """Return the lead about a frame that stands for this question, and the clauses of both.

        A verdict that says nothing of what the question names is no answer to it.
        """
        found = self.standing(frame.id)
        if found is None:
            return frame.leads[NOTHING], ()
        lead, clauses = frame.leads[found.verdict], found.clauses(self.policy)
        if found.verdict == NOT_SAID:
            return lead, clauses
        topics = frame.topic
        stood, more = stands(lead, Question(question), topics, clauses, self.policy)
        if stood == lead:
            return lead, clauses
        return (stood if more else f"{stood} Of the matter in general it says:"), (*clauses, *more)

    def _plainer(self, frame: Frame, lead: str) -> str:
        """Return what was said about a frame in short, without quotes."""
        found = self.standing(frame.id)
        if found is None or found.verdict == NOT_SAID:
            return "In short, I have no answer to that from the store's policy."
        if lead != frame.leads[found.verdict]:
            return "In short, the policy does not settle that."
        note = f", {found.condition.rstrip('.')}" if found.condition else ""
        if found.verdict in ("yes", "no"):
            return f"In short: {lead[0].lower()}{lead[1:].rstrip(':.')}{note}."
        heading = next((quote.headings[-1] for quote in found.quotes if quote.headings), "")
        place = f", in the part “{heading}”" if heading else ""
        depends = "it depends" if found.verdict == "conditions" else "the policy speaks of it"
        return f"In short, {depends}{note}. The exact words are in my answer above{place}."

    def _one(
        self, frame: Frame, lead: str, question: str, room: int, cited: Iterable[str]
    ) -> tuple[str, int]:
        """Return the words about a frame, and how many words its quotes have."""
        found = self.standing(frame.id)
        if found is None:
            return lead, 0
        quotes: list[_Said] = []
        used, shown = 0, set(cited)
        for place, quote in enumerate(self._by_words(found.quotes, question)):
            clauses = self.policy.clauses_of(quote.text, quote.headings)
            text = self._shortened(quote, max(room - used, 0))
            count = len(text.split())
            if (place and (not text or used + count > room)) or set(clauses) <= shown:
                continue
            shown |= set(clauses)
            self._add(quotes, self._in_place(quote, clauses, text))
            used += count
        note = f"Please note: {found.condition.rstrip('.')}." if found.condition else ""
        words = " ".join(filter(None, (lead, *map(str, quotes), note)))
        return words, used

    @cached_property
    def _clauses_with(self) -> Counter[str]:
        """Numbers of clauses in which each word stands, counted once for a policy."""
        clauses = self.policy.clauses()
        return Counter(word for one in clauses for word in set(_WORD.findall(one.text.lower())))

    def _by_words(self, quotes: Sequence[Quote], question: str) -> list[Quote]:
        """Return quotes with those first that have a rare word of the question: "canada"."""
        asked = set(_WORD.findall(question.lower()))
        rare = {word for word in asked if 1 <= self._clauses_with[word] <= _RARE}
        return sorted(quotes, key=lambda quote: not rare & set(_WORD.findall(quote.text.lower())))

    @staticmethod
    def _shortened(quote: Quote, room: int) -> str:
        """Return the sentences of a quote that fit into a number of words, one at least."""
        text = plain(with_addresses(quote.text))
        kept = ""
        for _, end in sentence_spans(text, 0, len(text)):
            if kept and len(text[:end].split()) > room:
                break
            kept = text[:end]
        return kept

    def _in_place(self, quote: Quote, clauses: tuple[str, ...], text: str) -> "_Said":
        """Return a quote with what it needs to be true: its introduction, and its condition."""
        clause = self.policy.by_id[clauses[0]]
        if clause.lead_in and len(text.split()) <= _SHORT and plain(clause.lead_in) != text:
            text = f"{plain(clause.lead_in).rstrip(':')}: … {text}"
        under = next((title for title in reversed(quote.headings) if _CONDITION.search(title)), "")
        return _Said(under, text, clauses)

    def _add(self, quotes: list["_Said"], said: "_Said") -> None:
        """Add a quote, or go on with the last one if it follows that in the policy."""
        last = quotes[-1] if quotes else None
        if last and last.under == said.under:
            if self._follows(last.clauses[-1], said.clauses[0]):
                quotes[-1] = last.then(said)
                return
            if self._follows(said.clauses[-1], last.clauses[0]):
                quotes[-1] = said.then(last)
                return
            said = replace(said, again=True)
        quotes.append(said)

    def _follows(self, first: str, second: str) -> bool:
        names = list(self.policy.by_id)
        before, after = self.policy.by_id[first], self.policy.by_id[second]
        follow = names.index(second) == names.index(first) + 1
        return (
            follow and before.headings == after.headings and before.kind == after.kind == "sentence"
        )


def frames_of_topic(topic: str) -> tuple[str, ...]:
    """Return the frames of a topic in the order of the list, for a question of no more words."""
    return tuple(frame.id for frame in load_frames().values() if frame.topic == topic)


def answers_from_frames(folder: Path | None = None) -> bool:
    """Return whether a store has no wording of its own, and so answers from its frames."""
    return not ((folder or store_folder()) / ANSWERS).exists()


@cache
def frame_answers() -> FrameAnswers:
    """Return what the store that the bot answers for has confirmed."""
    return FrameAnswers.of(store_folder(), load(), facts())
