"""Behaviour of the understanding on cases made from grammars (CheckList, Ribeiro et al. 2020)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.evaluation.grammar import Case
from bot.evaluation.measures import calibration_error, reliability
from bot.topics import CLARIFY, OUT_OF_SCOPE

SURE = 0.9  # confidence from which a wrong answer is of the worst kind


@dataclass(frozen=True)
class Observed:
    """Case with what the message was understood as."""

    case: Case
    understood: tuple[str, ...]  # topics of its questions
    confidence: float  # in the first of them
    offered: tuple[str, ...] = ()  # topics that a question back offers

    @property
    def held(self) -> bool:
        """True if all that was understood is right for the case."""
        return set(self.understood) <= set(self.case.topics)

    @property
    def asked_back(self) -> bool:
        """True if the message was not answered, but the expected topic offered."""
        return not self.held and not self.claimed and self.case.topics[0] in self.offered

    @property
    def refused(self) -> bool:
        """True if a question in scope was taken for one out of scope."""
        return not self.held and OUT_OF_SCOPE in self.understood

    @property
    def claimed(self) -> bool:
        """True if the message was taken for something, with a confidence."""
        return self.understood != (CLARIFY,)

    @property
    def surely_wrong(self) -> bool:
        """True if the message was surely taken for something else."""
        return not self.held and self.claimed and self.confidence >= SURE


@dataclass(frozen=True)
class Score:
    """Figures on some of the cases."""

    name: str
    cases: int
    held: int
    asked_back: int
    refused: int
    surely_wrong: int

    @property
    def share(self) -> float:
        """Share of the cases that hold."""
        return self.held / self.cases if self.cases else 1.0


@dataclass(frozen=True)
class BehaviourReport:
    """Results of all cases."""

    observed: tuple[Observed, ...]

    @property
    def total(self) -> Score:
        """Figures on all cases."""
        return score("all", self.observed)

    @property
    def halves(self) -> list[Score]:
        """Figures on the cases of seen words, and on the others."""
        return self._by(lambda each: "seen words" if each.case.seen else "unseen words")

    @property
    def capabilities(self) -> list[Score]:
        """Figures on each capability."""
        return self._by(lambda each: each.case.capability)

    @property
    def topics(self) -> list[Score]:
        """Figures on each expected topic."""
        return self._by(lambda each: each.case.topics[0])

    @property
    def calibration_error(self) -> float:
        """Expected calibration error of the confidences."""
        return calibration_error(
            reliability((each.confidence, each.held) for each in self.observed if each.claimed)
        )

    def worst(self) -> list[Observed]:
        """Return the cases that do not hold, the surest first."""
        wrong = [each for each in self.observed if not each.held]
        return sorted(wrong, key=lambda each: (not each.claimed, -each.confidence))

    def _by(self, name: Callable[[Observed], str]) -> list[Score]:
        names = sorted({name(each) for each in self.observed})
        return [score(one, [o for o in self.observed if name(o) == one]) for one in names]


def score(name: str, observed: Sequence[Observed]) -> Score:
    """Return the figures on some observed cases."""
    return Score(
        name,
        len(observed),
        sum(each.held for each in observed),
        sum(each.asked_back for each in observed),
        sum(each.refused for each in observed),
        sum(each.surely_wrong for each in observed),
    )


def sampled(cases: Sequence[Case], step: int) -> list[Case]:
    """Return every ``step``-th case, so that all grammars have their share."""
    return list(cases[::step])
