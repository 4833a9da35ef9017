"""The custom actions of opt-outs: they read the tracker, ask the form and the ledger, and name the response."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from rasa_sdk import Action as RasaAction
from rasa_sdk import Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy.exc import SQLAlchemyError

from actions.dialogue.form import Ask, Draft, Said, advance, begin
from actions.dialogue.wording import Wording
from actions.ledger.addresses import normalise, suggestion
from actions.ledger.model import (
    EVERYTHING,
    Action,
    Channel,
    Kind,
    LedgerError,
    NotRecorded,
    Request,
    Subject,
    UnknownReference,
    in_order,
)
from actions.ledger.references import find_reference, looks_like_reference
from actions.services import record, services
from bot.privacy.masking import PLACEHOLDER
from bot.privacy.recognition import Finding, as_meant

Events = list[dict[str, Any]]

_SLOTS = ("optout_action", "optout_kinds", "optout_email", "optout_agreed", "optout_bad_addresses", "optout_heard")
_NOTHING = {name: None for name in (*_SLOTS, "requested_slot")}


class TakeIn(RasaAction):
    """Takes a message into the form, and decides what is asked next."""

    def name(self) -> str:
        """Rasa runs it as the form's validation."""
        return "validate_opt_out_form"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Mapping[str, Any]) -> Events:
        """Return the slots of the form after the message; a message that was answered otherwise adds nothing to them."""
        draft, heard = draft_of(tracker), tracker.latest_message.get("message_id")
        value, wanted = lookup(tracker), _wanted(tracker)
        new = heard != tracker.get_slot("optout_heard") and not _answered_otherwise(tracker)
        if draft is None or (new and wanted not in (None, draft.action)):  # "no, stop emailing me" is a request of its own
            draft = begin(wanted or Action.OPT_OUT, said_in(tracker, None), value)
        elif new:
            draft = advance(draft, said_in(tracker, draft), value)
        if draft.email and value(draft.email) is None:  # the vault has let go of it
            draft = replace(draft, email=None, agreed=False)
        asked = draft.asks()
        return _set({**slots_of(draft), "optout_heard": heard, "requested_slot": str(asked) if asked else None})


class AskKinds(RasaAction):
    """Asks what to stop."""

    def name(self) -> str:
        """Rasa runs it when the form wants the kinds."""
        return f"action_ask_opt_out_form_{Ask.KINDS}"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Mapping[str, Any]) -> Events:
        """Offer every kind, and everything."""
        action = _required(tracker).action
        buttons = [{"title": title, "payload": _choice(action, optout_kind=kind)} for kind, title in Wording(action).choices()]
        buttons.append(_NEVER_MIND)
        undoing = action is Action.OPT_IN
        dispatcher.utter_message(
            response="utter_opt_out_ask_kinds_in" if undoing else "utter_opt_out_ask_kinds", buttons=buttons
        )
        return []


class AskEmail(RasaAction):
    """Asks for the e-mail address."""

    def name(self) -> str:
        """Rasa runs it when the form wants the address."""
        return f"action_ask_opt_out_form_{Ask.EMAIL}"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Mapping[str, Any]) -> Events:
        """Ask, the second time with a hint."""
        draft = _required(tracker)
        again = "utter_opt_out_ask_email_again" if draft.bad_addresses else "utter_opt_out_ask_email"
        dispatcher.utter_message(response=again, what=Wording(draft.action).of(draft.kinds), buttons=[_NEVER_MIND])
        return []


class AskAgreement(RasaAction):
    """Shows what will be recorded, and asks once whether it is right."""

    def name(self) -> str:
        """Rasa runs it when the form wants a yes."""
        return f"action_ask_opt_out_form_{Ask.AGREED}"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Mapping[str, Any]) -> Events:
        """Show it; a domain that is nearly a common one may be a slip, and is offered."""
        draft = _required(tracker)
        if said_in(tracker, draft).several_emails:
            dispatcher.utter_message(response="utter_opt_out_one_address", email=draft.email)
        what = Wording(draft.action).of(draft.kinds)
        shown = _mark(draft)
        yes = {"title": "Yes, record it", "payload": _choice("affirm", optout_draft=shown)}
        if draft.email is None:
            dispatcher.utter_message(response="utter_opt_out_confirm_browser", what=what, buttons=[yes, _NEVER_MIND])
            return []
        other = {"title": "Another address", "payload": _choice(draft.action, optout_change=shown)}
        meant = suggestion(normalise(lookup(tracker)(draft.email) or ""))
        if meant is None:
            dispatcher.utter_message(
                response="utter_opt_out_confirm", what=what, email=draft.email, buttons=[yes, other, _NEVER_MIND]
            )
            return []
        (placeholder,) = services().vault.keep(tracker.sender_id, [Finding("email", 0, len(meant), meant)])
        use = {"title": f"Use {placeholder}", "payload": _choice("affirm", optout_draft=shown, optout_email=placeholder)}
        dispatcher.utter_message(
            response="utter_opt_out_confirm_slip",
            what=what,
            email=draft.email,
            suggestion=placeholder,
            buttons=[use, {**yes, "title": f"Keep {draft.email}"}, _NEVER_MIND],
        )
        return []


class Record(RasaAction):
    """Records the request: told means stored."""

    def name(self) -> str:
        """The rule for the complete form runs it."""
        return "action_opt_out_record"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Mapping[str, Any]) -> Events:
        """Record it and tell the reference and the dates; or tell that nothing was recorded, and what to do."""
        draft = draft_of(tracker)
        if draft is None or draft.gives_up:
            dispatcher.utter_message(response="utter_opt_out_other_ways")
            return _set(_NOTHING)
        wording = Wording(draft.action)
        address = lookup(tracker)(draft.email) if draft.email else None
        if draft.email and address is None:
            dispatcher.utter_message(response="utter_opt_out_address_expired")
            return [*_set({"optout_email": None, "optout_agreed": None}), FollowupAction("opt_out_form")]
        subject = Subject("email", normalise(address)) if address else Subject("browser", tracker.sender_id)
        request = Request(draft.action, draft.kinds, subject, Channel.CHAT, wording.of(draft.kinds))
        try:
            recorded = await record(services(), request)
        except NotRecorded:
            dispatcher.utter_message(response="utter_opt_out_not_recorded")
            return [*_set({"optout_agreed": None}), FollowupAction("opt_out_form")]
        dispatcher.utter_message(
            response=wording.response(recorded.new),
            what=wording.of(recorded.record.kinds),
            email=draft.email or "this browser",
            reference=recorded.record.reference,
            by=wording.by(recorded.record),
            still=wording.still(recorded.record.kinds),
        )
        return _set({**_NOTHING, "optout_reference": recorded.record.reference})


class Cancel(RasaAction):
    """Drops the request that is under way."""

    def name(self) -> str:
        """The topic policy runs it."""
        return "action_opt_out_cancel"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Mapping[str, Any]) -> Events:
        """Forget the draft and leave the form."""
        dispatcher.utter_message(response="utter_opt_out_cancelled")
        return [{"event": "active_loop", "timestamp": None, "name": None}, *_set(_NOTHING)]


class Why(RasaAction):
    """Says what the address is needed for."""

    def name(self) -> str:
        """The topic policy runs it."""
        return "action_opt_out_why"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Mapping[str, Any]) -> Events:
        """Say it."""
        dispatcher.utter_message(response="utter_opt_out_why")
        return []


class TellStatus(RasaAction):
    """Tells what became of a request, and never whose it is."""

    def name(self) -> str:
        """The rule for questions about opt-outs runs it."""
        return "action_opt_out_status"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Mapping[str, Any]) -> Events:
        """Find the reference in the message, or take the last one of this conversation."""
        text = services().vault.reveal(tracker.sender_id, _text(tracker))
        reference = find_reference(text)
        if reference is None and not looks_like_reference(text):
            reference = tracker.get_slot("optout_reference")
        try:
            if reference is None and not looks_like_reference(text):
                # what its browser's signal asked for (Global Privacy Control), of which the conversation was told
                reference = next(
                    (known.reference for known in services().ledger.of(Subject("browser", tracker.sender_id))), None
                )
                if reference is None:
                    dispatcher.utter_message(response="utter_opt_out_status_which")
                    return []
            record = services().ledger.find(reference or text)
            standing = services().ledger.standing(record)
        except UnknownReference:
            dispatcher.utter_message(response="utter_opt_out_status_unknown")
            return []
        except (LedgerError, SQLAlchemyError):
            dispatcher.utter_message(response="utter_opt_out_status_unavailable")
            return []
        wording = Wording(record.action)
        dispatcher.utter_message(
            response="utter_opt_out_status",
            reference=record.reference,
            what=wording.of(standing or record.kinds),
            state=wording.state(record),
        )
        return []


_NEVER_MIND = {"title": "Never mind", "payload": "/deny"}


def lookup(tracker: Tracker) -> Callable[[str], str | None]:
    """Return what finds the address that a placeholder of this conversation stands for."""

    def address(placeholder: str) -> str | None:
        value = services().vault.value(tracker.sender_id, placeholder)
        return as_meant(value) if value else None

    return address


def draft_of(tracker: Tracker) -> Draft | None:
    """Return the request that is under way, as the slots have it."""
    action = tracker.get_slot("optout_action")
    if not action:
        return None
    kinds = frozenset(map(Kind, filter(None, (tracker.get_slot("optout_kinds") or "").split(","))))
    return Draft(
        Action(action),
        kinds,
        tracker.get_slot("optout_email"),
        bool(tracker.get_slot("optout_agreed")),
        int(tracker.get_slot("optout_bad_addresses") or 0),
    )


def slots_of(draft: Draft) -> dict[str, Any]:
    """Return the slots that hold a draft."""
    return {
        "optout_action": str(draft.action),
        "optout_kinds": ",".join(in_order(draft.kinds)) or None,
        "optout_email": draft.email,
        "optout_agreed": draft.agreed or None,
        "optout_bad_addresses": draft.bad_addresses,
    }


def said_in(tracker: Tracker, draft: Draft | None) -> Said:
    """Return what the latest message says to the form; a button under a draft that was changed since says nothing."""
    message = tracker.latest_message
    whole = _text(tracker)
    if whole.startswith("/"):  # a choice: Rasa's text is its payload
        chosen = {entity["entity"]: entity["value"] for entity in message.get("entities") or ()}
        stale = draft is None or _mark(draft) not in (chosen.get("optout_draft"), chosen.get("optout_change"))
        kind = chosen.get("optout_kind")
        return Said(
            "",
            chosen_kinds=frozenset() if kind is None else EVERYTHING if kind == "everything" else frozenset({Kind(kind)}),
            chosen_email=None if stale else chosen.get("optout_email"),
            agrees=not stale and message["intent"]["name"] == "affirm",
            wants_other_address=not stale and "optout_change" in chosen,
        )
    asked = [part["text"] for part in message.get("questions") or () if part["intent"] in tuple(Action)]
    several = len(message.get("questions") or ()) > 1
    emails = tuple(match.group() for match in PLACEHOLDER.finditer(whole) if match[1] == "email")
    return Said(" ".join(asked) if several and asked else PLACEHOLDER.sub(" ", whole), emails)


def _choice(intent: str, **entities: str) -> str:
    return f"/{intent}{json.dumps(entities)}"


def _mark(draft: Draft) -> str:
    """Return what tells one draft from another, so that a button answers what it was shown with."""
    return hashlib.sha256(f"{draft.action} {in_order(draft.kinds)} {draft.email}".encode()).hexdigest()[:12]


def _text(tracker: Tracker) -> str:
    """Return the latest message as it was said; Rasa's ``latest_message`` has it as it was understood."""
    return next((str(event.get("text") or "") for event in reversed(tracker.events) if event["event"] == "user"), "")


def _wanted(tracker: Tracker) -> Action | None:
    """Return what the latest message asks for, None if it asks for neither."""
    message = tracker.latest_message
    intents = [part["intent"] for part in message.get("questions") or ()] or [message["intent"]["name"]]
    return next((action for action in Action if action in intents), None)


def _answered_otherwise(tracker: Tracker) -> bool:
    """Return whether something else than the form has answered the latest message already."""
    for event in reversed(tracker.events):
        if event["event"] == "user":
            return False
        if event["event"] == "bot":
            return True
    return False


def _required(tracker: Tracker) -> Draft:
    draft = draft_of(tracker)
    assert draft is not None  # the form asks only after it has taken a message in
    return draft


def _set(slots: Mapping[str, Any]) -> Events:
    return [SlotSet(name, value) for name, value in slots.items()]
