"""What happens to a typed text at every door, web or terminal, before anything else sees it."""

import re
from dataclasses import dataclass

from bot.privacy.masking import mask
from bot.turns import Reply

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True)
class Typed:
    """A text as it may be kept and shown, and as Rasa is told it; ``warning`` if it held what a chat is no place for."""

    shown: str
    said: str
    warning: str = ""

    def answered_by(self, replies: list[Reply]) -> list[Reply]:
        """Return the replies to it, after the warning if there is one."""
        return [Reply(self.warning), *replies] if self.warning else replies


def take(text: str) -> Typed:
    """Clean a text, mask the personal data in it, and see to it that it is text and never a command."""
    masked = mask(clean(text))
    return Typed(masked.text, _no_command(masked.text), masked.warning())


def clean(text: str) -> str:
    """Return text that any database can hold: no control characters, no halves of surrogate pairs, no space around it."""
    return _CONTROL.sub(" ", text.encode("utf-8", "replace").decode("utf-8")).strip()


def _no_command(text: str) -> str:
    return text.lstrip("/ \t\n") or "?"  # Rasa takes a message that begins with a slash for a command
