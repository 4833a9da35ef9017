"""What happens to a typed text at every door, web or terminal, before anything else sees it."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.privacy.children import is_child
from bot.privacy.masking import PLACEHOLDER, mask, unnumbered, warning
from bot.privacy.recognition import Finding, find
from bot.privacy.splitting import find_split, may_continue
from bot.privacy.vault import Vault
from bot.turns import Reply

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")

STOP = Reply(
    "Thank you for telling me. This chat is not for anyone under 13, so I have to stop here. I have erased what you wrote "
    "and keep nothing. If you want to know something about privacy, please ask a parent or another grown-up to talk to us.",
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
        if is_child(text):
            raise FromChild
        findings = find(text)
        before = list(earlier()) if may_continue(text) else []
        splits = find_split([*(message.text for message in before), text]) if before else []
        whole = [*findings, *(split.finding for split in splits)]
        placeholders = self._vault.keep(conversation, whole) if whole else []
        self._vault.touch(conversation)

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


def outline(text: str) -> str:
    """Return a typed text with its personal data as mere types: by it a message that is sent again is known."""
    cleaned = clean(text)
    findings = find(cleaned)
    return unnumbered(mask(cleaned, findings, [f"[{finding.type}-1]" for finding in findings]))


def clean(text: str) -> str:
    """Return text that any database can hold: no control characters, no halves of surrogate pairs, no space around it."""
    return _CONTROL.sub(" ", text.encode("utf-8", "replace").decode("utf-8")).strip()


def as_said(text: str) -> str:
    """Return a text as Rasa is told it: Rasa takes a message that begins with a slash for a command."""
    return text.lstrip("/ \t\n") or "?"


def _masked(text: str, replaced: list[tuple[Finding, str]]) -> str:
    in_order = sorted(replaced, key=lambda item: item[0].start)
    return mask(text, [finding for finding, _ in in_order], [placeholder for _, placeholder in in_order])
