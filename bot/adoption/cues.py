"""Words that speak for or against a passage as the answer to a frame."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from bot.paths import ADOPTION_DIR
from bot.policy.markdown import Passage, plain
from bot.policy.yaml_files import read_yaml

CUES = ADOPTION_DIR / "cues.yml"
_DOUBT = 1.2
_MOST = 2  # more matches of one sort say nothing more


@dataclass(frozen=True)
class Cues:
    """Patterns of one frame: words of passages and of headings.

    ``doubt`` is the score below which the policy seems not to speak of it at all.
    """

    strong: tuple[re.Pattern[str], ...]
    weak: tuple[re.Pattern[str], ...]
    against: tuple[re.Pattern[str], ...]
    heading: re.Pattern[str]
    doubt: float


@dataclass(frozen=True)
class Matches:
    """Words of a passage that match the cues of a frame, at most two of each sort."""

    strong: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    heading: str = ""


@cache
def load_cues() -> dict[str, Cues]:
    """Return the cues of each frame by its id."""
    return {
        frame: Cues(
            _compiled(entry["strong"]),
            _compiled(entry["weak"]),
            _compiled(entry["against"]),
            re.compile(entry["heading"], re.IGNORECASE),
            float(entry.get("doubt", _DOUBT)),
        )
        for frame, entry in read_yaml(CUES).items()
    }


def match(passage: Passage) -> tuple[Matches, ...]:
    """Return the cues of each frame that a passage and its headings match."""
    headings = passage.headings[1:] or passage.headings  # the first is the document's title
    return _all_matches(words_of(passage), headings)


@lru_cache(maxsize=4096)
def _all_matches(text: str, headings: tuple[str, ...]) -> tuple[Matches, ...]:
    return tuple(_matches(text, headings, cues) for cues in load_cues().values())


def _matches(text: str, headings: tuple[str, ...], cues: Cues) -> Matches:
    found = next((title for title in reversed(headings) if cues.heading.search(title)), "")
    return Matches(
        _matched(cues.strong, text), _matched(cues.weak, text), _matched(cues.against, text), found
    )


def words_of(passage: Passage) -> str:
    """Return what the cues are looked for in: lead-in, text and the addresses of its links."""
    links = re.findall(r"\]\(([^)\s]+)", passage.text)
    return " ".join([plain(passage.lead_in), passage.plain, *links])


def _compiled(patterns: Sequence[str]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)


def _matched(patterns: Sequence[re.Pattern[str]], text: str) -> tuple[str, ...]:
    found = (found.group() for pattern in patterns if (found := pattern.search(text)))
    return tuple(words for words, _ in zip(found, range(_MOST), strict=False))
