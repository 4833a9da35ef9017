"""A conversation as a person would keep it."""

from collections.abc import Iterable

from bot.turns import Message, rfc3339


def as_text(messages: Iterable[Message], visitor: str = "You") -> str:
    """Return who said what, and the sources; ``visitor`` is what the shopper is called."""
    names = {"bot": "Assistant", "agent": "Support", "visitor": visitor, "system": "Note"}
    lines = []
    for message in messages:
        lines.append(f"{rfc3339(message.at)} {names[message.sender]}: {message.text}")
        lines += [f"    Source: {source['section']} ({source['clause']}): “{source['quote']}”" for source in message.sources()]
    return "\n".join(lines) + "\n"
