"""``privacy-bot erase``, ``export`` and ``retention``: delete and print stored personal data."""

import json
from typing import Any

from bot.application.services import Services
from bot.assistant.trained_model import prepare
from bot.cli.errors import CommandError
from bot.cli.printing import receipt_json, record_json
from bot.conversations.store import UnknownConversation
from bot.optouts.addresses import BadAddress, normalise
from bot.optouts.model import Subject
from bot.settings import settings


def open_services() -> Services:
    """Return services over the database of the settings, with Rasa's tracker store.

    Erasure needs the tracker store, because Rasa remembers conversations in it.
    """
    prepare()
    from bot.assistant.tracker_store import ForgettingTrackerStore, TrackerEraser

    store = ForgettingTrackerStore(host=settings().database)
    return Services.open(settings(), TrackerEraser(lambda: store))


def erase(session: str | None, email: str | None) -> None:
    """Delete one conversation, or all in which an e-mail address was typed; print how many.

    Raises CommandError unless exactly one of ``session`` and ``email`` is given.
    """
    if (session is None) == (email is None):
        raise CommandError("Say whose: --session ID or --email ADDRESS.")
    subject = Subject("email", _normalised(email)) if email is not None else None
    services = open_services()
    found = _conversations_with(services, email) if email is not None else [str(session)]
    known = [conversation for conversation in found if services.store.exists(conversation)]
    # Also erase a conversation that the store does not have: its deletion may have failed half-way.
    for conversation in found:
        services.erasure.forget(conversation)
    warning = _wipe_warning(services.erasure.wipe())
    print(
        f"Deleted {_count(len(known), 'conversation')}, "
        f"with all that Rasa and the vault remember.{warning}"
    )
    if subject is not None:
        kept = len(services.optouts.ledger.of(subject))
        if kept:
            print(
                f"{_count(kept, 'record')} of opt-outs of this address stay: "
                "the law wants them for 24 months (11 CCR 7101)."
            )


def export(email: str) -> None:
    """Print all stored data about an e-mail address, as JSON.

    Other personal data in those conversations is printed as placeholders, because it may be about
    another person.
    """
    services = open_services()
    conversations = [
        _conversation_json(services, conversation, email)
        for conversation in _conversations_with(services, email)
    ]
    ledger = services.optouts.ledger
    records = [
        {**record_json(record), "receipts": list(map(receipt_json, ledger.receipts(record.id)))}
        for record in ledger.of(Subject("email", _normalised(email)))
    ]
    exported = {
        "email": email,
        "conversations": list(filter(None, conversations)),
        "optouts": records,
    }
    print(json.dumps(exported, ensure_ascii=False, indent=2))


def retention(clock_is_right: bool) -> None:
    """Delete expired data and print the numbers; ``clock_is_right`` is said after a long time off.

    Raises ClockJumped.
    """
    from bot.application.retention import expire

    services = open_services()
    if clock_is_right:
        services.heartbeat.trust_clock()
    expired = expire(services)
    counts = [
        _count(expired.conversations, "conversation"),
        _count(expired.values, "value of the vault", "values of the vault"),
        _count(expired.optouts, "record of an opt-out", "records of opt-outs"),
    ]
    print(f"Deleted {', '.join(counts)}.{_wipe_warning(expired.wiped)}")


def _normalised(email: str) -> str:
    try:
        return normalise(email)
    except BadAddress as error:
        raise CommandError(f"{email!r} is no e-mail address: {error}") from None


def _conversations_with(services: Services, email: str) -> list[str]:
    """Return the conversations in which an address was typed, or left as a contact for a reply.

    A typed address is found only until it expires in the vault.
    """
    typed = services.vault.conversations_with("email", email)
    left_as_contact = services.handoffs.queue.conversations_of(_normalised(email))
    return list(dict.fromkeys([*typed, *left_as_contact]))


def _conversation_json(services: Services, conversation: str, email: str) -> dict[str, Any] | None:
    placeholders = services.vault.placeholders_of(conversation, "email", email)
    try:
        state, stored = services.store.state(conversation), services.store.since(conversation, 0)
    except UnknownConversation:  # its deletion was interrupted; retention will complete it
        return None
    messages = [message.as_json() for message in stored]
    for message in messages:
        for placeholder in placeholders:
            message["text"] = message["text"].replace(placeholder, email)
    handoffs = [
        {
            "reference": handoff.reference,
            "note": handoff.note,
            "contact": handoff.contact,
            "mails": [mail.text for mail in services.desk.mails.of(handoff)],
            "notes": [note.text for note in services.desk.notes.of(handoff)],
        }
        for handoff in services.handoffs.queue.handoffs_of(conversation)
    ]
    return {"id": conversation, "state": state, "messages": messages, "handoffs": handoffs}


def _wipe_warning(wiped: bool) -> str:
    """Return the warning for deleted text that is not overwritten yet; empty if it is."""
    return (
        ""
        if wiped
        else " It is not overwritten on the disk yet, "
        "because the database is being read: run this again."
    )


def _count(number: int, one: str, more: str = "") -> str:
    return f"{number} {one if number == 1 else more or f'{one}s'}"
