"""What happens to a typed text at every door, web or terminal, before anything else sees it."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.privacy.children import begins_an_age, is_child
from bot.privacy.masking import PLACEHOLDER, mask, warning
from bot.privacy.recognition import Finding, find
from bot.privacy.splitting import find_split, may_continue
from bot.privacy.vault import Vault
from bot.turns import Reply

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
# Nobody sees them, and they would hide a number from recognition; a joiner between symbols is part of an emoji.
_INVISIBLE = re.compile(
    r"[\u00ad\u180e\u200b\u200c\u200e\u200f\u2060-\u2064\ufeff]|(?<=[\x00-\x7f])\u200d|\u200d(?=[\x00-\x7f])"
)
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " ", 0xA0: " ", 0x2BC: "'"}
_LITERAL_PLACEHOLDER = re.compile(r"\[(?=[a-z_]+-\d+\])")

_SHORT = 20  # characters: as long as an age that was begun in the message before

STOP = Reply(
    "Thank you for telling me. This chat is not for anyone under 13, so I have to stop here. I have erased what you wrote "
    "and keep nothing of this chat. If you want to know something about privacy, please ask a parent or another grown-up.",
    topic="children",
    outcome="done",
    clauses=("commitment_to_childrens_privacy.3",),
)


@dataclass(frozen=True)
class Earlier:
    """What the visitor typed before, as it was stored, with its number."""

    id: int
    text: str


@dataclass(frozen=True)
class Mended:
    """An earlier message that turned out to hold the beginning of personal data; ``pieces`` says what became what."""

    id: int
    before: str
    after: str
    pieces: dict[str, str]


@dataclass(frozen=True)
class Typed:
    """A text as it may be kept and shown, and as Rasa is told it."""

    shown: str
    said: str
    warning: str = ""  # if it held what a chat is no place for
    mended: tuple[Mended, ...] = ()
    types: tuple[str, ...] = ()  # of the personal data in it

    @property
    def says_nothing_else(self) -> bool:
        """Whether there is nothing to answer but the warning."""
        return bool(self.warning) and not re.search(r"[^\W\d_]", PLACEHOLDER.sub("", self.shown))

    def answered_by(self, replies: list[Reply]) -> list[Reply]:
        """Return the replies to it, after the warning if there is one."""
        return [Reply(self.warning), *replies] if self.warning else replies


class FromChild(Exception):
    """Whoever typed is under 13: nothing of the conversation may be kept, and it ends with ``STOP``."""


class Intake:
    """Takes texts in: personal data goes to the vault, and everything else only ever sees placeholders."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def take(self, conversation: str, text: str, earlier: Callable[[], Sequence[Earlier]]) -> Typed:
        """Clean a text, mask the personal data in it, and see to it that it is text and never a command.

        ``earlier`` returns the visitor's last messages, the latest last; personal data that began in one of them is masked
        there too. Raises FromChild.
        """
        text = clean(text)
        before = list(earlier()) if may_continue(text) or len(text) <= _SHORT else []
        if is_child(text) or (before and begins_an_age(before[-1].text) and is_child(f"{before[-1].text} {text}")):
            raise FromChild
        findings = find(text)
        splits = find_split([*(message.text for message in before), text]) if before else []
        whole = [*findings, *(split.finding for split in splits)]
        placeholders = self._vault.keep(conversation, whole) if whole else []

        # Of each message, what in it is replaced by which placeholder.
        replaced: list[list[tuple[Finding, str]]] = [[] for _ in before]
        replaced.append(list(zip(findings, placeholders, strict=False)))
        for split, placeholder in zip(splits, placeholders[len(findings) :], strict=True):
            for piece in split.pieces:
                source = text if piece.message == len(before) else before[piece.message].text
                part = Finding(split.finding.type, piece.start, piece.end, source[piece.start : piece.end])
                replaced[piece.message].append((part, placeholder))
        mended = [
            Mended(message.id, message.text, _masked(message.text, parts), {part.value: to for part, to in parts})
            for message, parts in zip(before, replaced, strict=False)
            if parts
        ]
        shown = _masked(text, replaced[-1])
        types = tuple(finding.type for finding in whole)
        return Typed(shown, as_said(shown), warning(types), tuple(mended), types)


def taken_before(shown: str) -> Typed:
    """Return a text that was taken in already, as it was kept."""
    return Typed(shown, as_said(shown), warning(match[1] for match in PLACEHOLDER.finditer(shown)))


def clean(text: str) -> str:
    """Return text in plain characters that any database can hold, with no space around it.

    No control or invisible characters and no halves of surrogate pairs; full-width letters and the digits of any script are
    written as ASCII; what looks like a placeholder is not one.
    """
    text = _INVISIBLE.sub("", text.encode("utf-8", "replace").decode("utf-8")).translate(_FULL_WIDTH)
    if not text.isascii():
        text = "".join(str(unicodedata.decimal(character, character)) for character in text)
    return _LITERAL_PLACEHOLDER.sub("(", _CONTROL.sub(" ", text)).strip()


def as_said(text: str) -> str:
    """Return a text as Rasa is told it: Rasa takes a message that begins with a slash for a command."""
    return text.lstrip("/ \t\n") or "?"


def _masked(text: str, replaced: list[tuple[Finding, str]]) -> str:
    in_order = sorted(replaced, key=lambda item: item[0].start)
    return mask(text, [finding for finding, _ in in_order], [placeholder for _, placeholder in in_order])
