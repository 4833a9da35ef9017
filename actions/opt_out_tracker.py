"""Reading of the tracker: the draft of the opt-out form in its slots, and the latest message."""

import hashlib
from typing import Any

from rasa_sdk import Tracker

from bot.optouts.form import Draft, FormInput
from bot.optouts.model import EVERYTHING, Action, OptOutKind, in_order
from bot.privacy.masking import PLACEHOLDER


def draft_of(tracker: Tracker) -> Draft | None:
    """Return the draft in the slots; None if there is none."""
    action = tracker.get_slot("optout_action")
    if not action:
        return None
    kinds = frozenset(
        map(OptOutKind, filter(None, (tracker.get_slot("optout_kinds") or "").split(",")))
    )
    return Draft(
        Action(action),
        kinds,
        tracker.get_slot("optout_email"),
        bool(tracker.get_slot("optout_agreed")),
        int(tracker.get_slot("optout_bad_addresses") or 0),
    )


def slots_of(draft: Draft) -> dict[str, Any]:
    """Return the slots for a draft."""
    return {
        "optout_action": str(draft.action),
        "optout_kinds": ",".join(in_order(draft.kinds)) or None,
        "optout_email": draft.email,
        "optout_agreed": draft.agreed or None,
        "optout_bad_addresses": draft.bad_addresses,
    }


def form_input(tracker: Tracker, draft: Draft | None) -> FormInput:
    """Return the latest message as input of the form.

    Of several questions in it, only those about opt-outs count. A button that was shown with
    another draft than the current one has no effect.
    """
    message = tracker.latest_message
    text = original_text(tracker)
    if text.startswith("/"):  # a pressed button: the text is its payload
        chosen = {entity["entity"]: entity["value"] for entity in message.get("entities") or ()}
        stale = draft is None or fingerprint(draft) not in (
            chosen.get("optout_draft"),
            chosen.get("optout_change"),
        )
        kind = chosen.get("optout_kind")
        return FormInput(
            "",
            chosen_kinds=frozenset()
            if kind is None
            else EVERYTHING
            if kind == "everything"
            else frozenset({OptOutKind(kind)}),
            chosen_email=None if stale else chosen.get("optout_email"),
            agrees=not stale and message["intent"]["name"] == "affirm",
            wants_other_address=not stale and "optout_change" in chosen,
        )
    asked = [
        part["text"] for part in message.get("questions") or () if part["intent"] in tuple(Action)
    ]
    several = len(message.get("questions") or ()) > 1
    emails = tuple(match.group() for match in PLACEHOLDER.finditer(text) if match[1] == "email")
    return FormInput(" ".join(asked) if several and asked else PLACEHOLDER.sub(" ", text), emails)


def fingerprint(draft: Draft) -> str:
    """Return a short hash of a draft, by which a button belongs to the draft it was shown with."""
    return hashlib.sha256(
        f"{draft.action} {in_order(draft.kinds)} {draft.email}".encode()
    ).hexdigest()[:12]


def original_text(tracker: Tracker) -> str:
    """Return the original text of the latest message.

    The text in Rasa's ``latest_message`` may have been changed by the language understanding.
    """
    return next(
        (
            str(event.get("text") or "")
            for event in reversed(tracker.events)
            if event["event"] == "user"
        ),
        "",
    )


def requested_action(tracker: Tracker) -> Action | None:
    """Return the action that the latest message asks for; None if it asks for none."""
    message = tracker.latest_message
    intents = [part["intent"] for part in message.get("questions") or ()] or [
        message["intent"]["name"]
    ]
    return next((action for action in Action if action in intents), None)


def is_answered(tracker: Tracker) -> bool:
    """Return whether another action has already answered the latest message."""
    for event in reversed(tracker.events):
        if event["event"] == "user":
            return False
        if event["event"] == "bot":
            return True
    return False


def existing_draft(tracker: Tracker) -> Draft:
    """Return the draft in the slots of a form that has read a message."""
    draft = draft_of(tracker)
    assert draft is not None  # the form asks only after it has read a message
    return draft
