"""Transcript of a conversation, as text."""

from collections.abc import Iterable

from bot.conversations.model import Message, rfc3339


def as_text(messages: Iterable[Message], visitor: str = "You") -> str:
    """Return messages with time, sender and sources; ``visitor`` is the shopper's name there."""
    names = {"bot": "Assistant", "agent": "Support", "visitor": visitor, "system": "Note"}
    lines = []
    for message in messages:
        lines.append(f"{rfc3339(message.at)} {names[message.sender]}: {message.text}")
        lines += [
            f"    Source: {source['section']} ({source['clause']}): “{source['quote']}”"
            for source in message.sources()
        ]
    return "\n".join(lines) + "\n"
