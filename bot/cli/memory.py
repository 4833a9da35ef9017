"""``privacy-bot erase``, ``export`` and ``retention``: what is held about someone, and its end."""

import json
from typing import Any

from bot.assistant import prepare
from bot.cli.errors import CommandError
from bot.memory import Memory, StillOnDisk
from bot.settings import settings


def open_memory() -> Memory:
    """Return the memory in the database of the settings."""
    prepare()
    from bot.tracker import ForgettingTrackerStore, TrackerMemory

    store = ForgettingTrackerStore(host=settings().database)
    return Memory.of(settings(), TrackerMemory(lambda: store))


def erase(session: str | None, email: str | None) -> None:
    """Delete one conversation, or every one in which an e-mail address was typed, and say what was done."""
    if (session is None) == (email is None):
        raise CommandError("Say whose: --session ID or --email ADDRESS.")
    memory = open_memory()
    found = memory.vault.conversations_with("email", email) if email is not None else [str(session)]
    known = [conversation for conversation in found if memory.store.exists(conversation)]
    for conversation in found:  # also one that the channel does not know any more: a deletion may have failed half-way
        memory.forget(conversation)
    try:
        memory.wipe()
    except StillOnDisk as error:
        raise CommandError(f"Deleted, but not wiped from the disk yet: {error}") from None
    print(f"Deleted {_count(len(known), 'conversation')}, with all that Rasa and the vault remember.")


def export(email: str) -> None:
    """Print all that is held about an e-mail address, as JSON.

    Of what else was typed in those conversations only placeholders are shown: it may be about someone else.
    """
    memory = open_memory()
    held: list[dict[str, Any]] = []
    for conversation in memory.vault.conversations_with("email", email):
        said = [message.as_json() for message in memory.store.since(conversation, 0)]
        for message in said:
            message["text"] = memory.vault.reveal_only(conversation, message["text"], "email", email)
        held.append({"id": conversation, "messages": said})
    print(json.dumps({"email": email, "conversations": held}, ensure_ascii=False, indent=2))


def retention() -> None:
    """Delete what has expired, and say how much."""
    from bot.retention import expire

    expired = expire(open_memory(), settings())
    print(f"Deleted {_count(expired.conversations, 'conversation')} and {_count(expired.values, 'value')} of the vault.")


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
