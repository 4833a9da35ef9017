"""``privacy-bot erase``, ``export`` and ``retention``: what is held about someone, and its end."""

import json
from functools import cache
from typing import Any

from actions.ledger.addresses import BadAddress, normalise
from actions.ledger.model import Subject
from actions.services import of_settings
from bot.assistant import prepare
from bot.cli.errors import CommandError
from bot.cli.optouts import record_json
from bot.handoff.queue import Queue
from bot.handoff.service import People
from bot.memory import Memory
from bot.settings import settings
from bot.web.store import UnknownConversation


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
    subject = Subject("email", _normal(email)) if email is not None else None
    memory = open_memory()
    found = _conversations_with(memory, email) if email is not None else [str(session)]
    known = [conversation for conversation in found if memory.store.exists(conversation)]
    for conversation in found:  # also one that the channel does not know any more: a deletion may have failed half-way
        memory.forget(conversation)
    print(f"Deleted {_count(len(known), 'conversation')}, with all that Rasa and the vault remember.{_yet(memory.wipe())}")
    if subject is not None:
        kept = len(of_settings().ledger.of(subject))
        if kept:
            print(f"{_count(kept, 'record')} of opt-outs of this address stay: the law wants them for 24 months (11 CCR 7101).")


def export(email: str) -> None:
    """Print all that is held about an e-mail address, as JSON.

    Of what else was typed in those conversations only placeholders are shown: it may be about someone else.
    """
    memory = open_memory()
    held = [_about(memory, conversation, email) for conversation in _conversations_with(memory, email)]
    records = of_settings().ledger.of(Subject("email", _normal(email)))
    told = {"email": email, "conversations": list(filter(None, held)), "optouts": list(map(record_json, records))}
    print(json.dumps(told, ensure_ascii=False, indent=2))


def _normal(email: str) -> str:
    try:
        return normalise(email)
    except BadAddress as error:
        raise CommandError(f"{email!r} is no e-mail address: {error}") from None


def _conversations_with(memory: Memory, email: str) -> list[str]:
    """Return the conversations in which an address was typed and has not expired, or was left to be reached at."""
    left = _queue().conversations_of(_normal(email))
    return list(dict.fromkeys([*memory.vault.conversations_with("email", email), *left]))


@cache
def _queue() -> Queue:
    return Queue(People.of(settings()).records)


def _about(memory: Memory, conversation: str, email: str) -> dict[str, Any] | None:
    placeholders = memory.vault.placeholders_of(conversation, "email", email)
    try:
        state, said = memory.store.state(conversation), memory.store.since(conversation, 0)
    except UnknownConversation:  # its deletion was cut off; housekeeping will complete it
        return None
    messages = [message.as_json() for message in said]
    for message in messages:
        for placeholder in placeholders:
            message["text"] = message["text"].replace(placeholder, email)
    told = [{"reference": one.reference, "note": one.note, "contact": one.contact} for one in _queue().told_of(conversation)]
    return {"id": conversation, "state": state, "messages": messages, "handoffs": told}


def retention() -> None:
    """Delete what has expired, and say how much."""
    from bot.retention import expire

    expired = expire(open_memory(), of_settings(), settings())
    counts = [
        _count(expired.conversations, "conversation"),
        _count(expired.values, "value of the vault", "values of the vault"),
        _count(expired.optouts, "record of an opt-out", "records of opt-outs"),
    ]
    print(f"Deleted {', '.join(counts)}.{_yet(expired.wiped)}")


def _yet(wiped: bool) -> str:
    return "" if wiped else " It is not overwritten on the disk yet, because the database is being read: run this again."


def _count(number: int, one: str, more: str = "") -> str:
    return f"{number} {one if number == 1 else more or f'{one}s'}"
