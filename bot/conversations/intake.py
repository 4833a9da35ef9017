"""Intake of typed texts, from the web or a terminal: cleaning and masking before anything else."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.conversations.model import Reply
from bot.privacy.asked import Asked, answers
from bot.privacy.characters import plain
from bot.privacy.children import begins_an_age, is_child
from bot.privacy.finding import Finding
from bot.privacy.masking import PLACEHOLDER, mask, warning
from bot.privacy.recognition import find
from bot.privacy.split_values import find_split, may_continue
from bot.privacy.vault import Vault

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_LITERAL_PLACEHOLDER = re.compile(r"\[(?=[a-z_]+-\d+\])")

_SHORT = 20  # characters; a longer text is no age that completes "i am" in the message before

CHILD_REPLY = Reply(
    "Thank you for telling me. This chat is not for anyone under 13, so I have to stop here. "
    "I have erased what you wrote and keep nothing of this chat. If you want to know something "
    "about privacy, please ask a parent or another grown-up.",
    topic="children",
    outcome="done",
    clauses=("commitment_to_childrens_privacy.3",),
)


@dataclass(frozen=True)
class EarlierMessage:
    """An earlier message of the shopper as it was stored, with its id."""

    id: int
    text: str


@dataclass(frozen=True)
class Redaction:
    """Change of an earlier message that turned out to hold the beginning of personal data.

    ``pieces`` maps each replaced piece of text to its placeholder.
    """

    id: int
    before: str
    after: str
    pieces: dict[str, str]


@dataclass(frozen=True)
class CleanText:
    """A masked text: ``shown`` may be stored and displayed, ``said`` is sent to Rasa."""

    shown: str
    said: str
    warning: str = ""  # not empty if the text held a type that is never stored
    redactions: tuple[Redaction, ...] = ()
    types: tuple[str, ...] = ()  # types of the personal data in the text

    @property
    def is_choice(self) -> bool:
        """Return whether it is a choice: a typed text never begins with a slash."""
        return self.said.startswith("/")

    @property
    def says_nothing_else(self) -> bool:
        """Return whether the warning is the whole answer, because the text holds nothing else."""
        return bool(self.warning) and not re.search(r"[^\W\d_]", PLACEHOLDER.sub("", self.shown))

    def answered_by(self, replies: list[Reply]) -> list[Reply]:
        """Return the replies, with the warning before them if there is one."""
        return [Reply(self.warning), *replies] if self.warning else replies


class ChildDetected(Exception):
    """The shopper is under 13: the chat ends with ``CHILD_REPLY``, and nothing of it is kept."""


class Intake:
    """Intake of texts: personal data goes to the vault, everything else sees placeholders only."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def take(
        self,
        conversation: str,
        text: str,
        earlier: Callable[[], Sequence[EarlierMessage]],
        asked: str | None = None,
    ) -> CleanText:
        """Clean a text, mask the personal data in it, and make sure that it is no command for Rasa.

        ``earlier`` returns the shopper's last messages, the latest last. Personal data that began
        in one of them is masked there too. ``asked`` is what the bot asked for last: an answer to
        that is masked, valid or not. Raises ChildDetected if the shopper is under 13.
        """
        text = clean(text)
        before = list(earlier()) if may_continue(text) or len(text) <= _SHORT else []
        if is_child(text) or (
            before and begins_an_age(before[-1].text) and is_child(f"{before[-1].text} {text}")
        ):
            raise ChildDetected
        findings = find(text)
        if asked:
            findings = sorted(
                [*findings, *answers(Asked(asked), text, findings)], key=lambda one: one.start
            )
        splits = find_split([*(message.text for message in before), text]) if before else []
        whole = [*findings, *(split.finding for split in splits)]
        placeholders = self._vault.keep(conversation, whole) if whole else []

        # The parts to replace in each message, with their placeholders; the last entry is ``text``.
        replaced: list[list[tuple[Finding, str]]] = [[] for _ in before]
        replaced.append(list(zip(findings, placeholders, strict=False)))
        for split, placeholder in zip(splits, placeholders[len(findings) :], strict=True):
            for piece in split.pieces:
                source = text if piece.message == len(before) else before[piece.message].text
                part = Finding(
                    split.finding.type, piece.start, piece.end, source[piece.start : piece.end]
                )
                replaced[piece.message].append((part, placeholder))
        redactions = [
            Redaction(
                message.id,
                message.text,
                _masked(message.text, parts),
                {part.value: to for part, to in parts},
            )
            for message, parts in zip(before, replaced, strict=False)
            if parts
        ]
        shown = _masked(text, replaced[-1])
        types = tuple(finding.type for finding in whole)
        return CleanText(shown, as_rasa_text(shown), warning(types), tuple(redactions), types)


def from_stored(shown: str) -> CleanText:
    """Return a stored text as an intake result, for a message that is sent again."""
    return CleanText(
        shown, as_rasa_text(shown), warning(match[1] for match in PLACEHOLDER.finditer(shown))
    )


def clean(text: str) -> str:
    """Return text in plain characters that any database can hold, without surrounding space.

    Control characters and halves of surrogate pairs are replaced, and look-alike characters are
    made plain. A typed placeholder gets another bracket, so that it is none.
    """
    text = plain(text.encode("utf-8", "replace").decode("utf-8"))
    return _LITERAL_PLACEHOLDER.sub("(", _CONTROL.sub(" ", text)).strip()


def as_rasa_text(text: str) -> str:
    """Return a text without leading slashes: Rasa takes a message with one for a command."""
    return text.lstrip("/ \t\n") or "?"


def _masked(text: str, replaced: list[tuple[Finding, str]]) -> str:
    in_order = sorted(replaced, key=lambda item: item[0].start)
    return mask(
        text, [finding for finding, _ in in_order], [placeholder for _, placeholder in in_order]
    )
