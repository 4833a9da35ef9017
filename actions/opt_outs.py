"""Custom actions of opt-outs.

They read the tracker, call the opt-out form or the ledger, and send a response of the domain.
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from rasa_sdk import Action as RasaAction
from rasa_sdk import Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy.exc import SQLAlchemyError

from actions.opt_out_tracker import (
    draft_of,
    existing_draft,
    fingerprint,
    form_input,
    is_answered,
    original_text,
    requested_action,
    slots_of,
)
from bot.application.services import Services, default_services
from bot.optouts.addresses import normalise, suggestion
from bot.optouts.form import Ask, advance, begin
from bot.optouts.model import (
    Action,
    Channel,
    LedgerError,
    NotRecorded,
    Request,
    Subject,
    UnknownReference,
)
from bot.optouts.wording import Wording
from bot.privacy.recognition import Finding
from bot.references import find_reference, looks_like_reference

Events = list[dict[str, Any]]

_SLOTS = (
    "optout_action",
    "optout_kinds",
    "optout_email",
    "optout_agreed",
    "optout_bad_addresses",
    "optout_heard",
)
_EMPTY_SLOTS = {name: None for name in (*_SLOTS, "requested_slot")}


class OptOutAction(RasaAction, ABC):
    """Base class of actions that use the ledger and the vault."""

    def __init__(self, services: Services | None = None) -> None:
        """Use ``services``, or those of the settings if none are given.

        An action server creates its actions without arguments.
        """
        self._services = services

    @property
    def services(self) -> Services:
        """Return the services of this process."""
        return self._services or default_services()

    def _address_lookup(self, tracker: Tracker) -> Callable[[str], str | None]:
        """Return a function that returns the address of a placeholder of this conversation."""

        def address(placeholder: str) -> str | None:
            value = self.services.vault.value(tracker.sender_id, placeholder)
            return value

        return address

    @abstractmethod
    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Mapping[str, Any]
    ) -> Any:
        """Run the action and return its events."""


class ValidateOptOutForm(OptOutAction):
    """Action that validates the form: reads a message, and chooses the next question."""

    def name(self) -> str:
        """Return the name by which Rasa validates the form ``opt_out_form``."""
        return "validate_opt_out_form"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Mapping[str, Any]
    ) -> Events:
        """Return the slots of the form after the latest message.

        A message that was read or answered already changes nothing.
        """
        draft, message_id = draft_of(tracker), tracker.latest_message.get("message_id")
        reveal, requested = self._address_lookup(tracker), requested_action(tracker)
        new = message_id != tracker.get_slot("optout_heard") and not is_answered(tracker)
        # "No, stop emailing me" in a request to opt in begins another request.
        if draft is None or (new and requested not in (None, draft.action)):
            draft = begin(requested or Action.OPT_OUT, form_input(tracker, None), reveal)
        elif new:
            draft = advance(draft, form_input(tracker, draft), reveal)
        if draft.email and reveal(draft.email) is None:  # the vault has deleted the address
            draft = replace(draft, email=None, agreed=False)
        question = draft.next_question()
        return _set(
            {
                **slots_of(draft),
                "optout_heard": message_id,
                "requested_slot": str(question) if question else None,
            }
        )


class ActionAskOptOutFormKinds(OptOutAction):
    """Action that asks for the kinds to stop."""

    def name(self) -> str:
        """Return the name by which Rasa asks for the slot of the kinds."""
        return f"action_ask_opt_out_form_{Ask.KINDS}"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Mapping[str, Any]
    ) -> Events:
        """Offer a button for each kind, and one for everything."""
        action = existing_draft(tracker).action
        buttons = [
            {"title": title, "payload": _choice(action, optout_kind=kind)}
            for kind, title in Wording(action).choices()
        ]
        buttons.append(_NEVER_MIND)
        undoing = action is Action.OPT_IN
        dispatcher.utter_message(
            response="utter_opt_out_ask_kinds_in" if undoing else "utter_opt_out_ask_kinds",
            buttons=buttons,
        )
        return []


class ActionAskOptOutFormEmail(OptOutAction):
    """Action that asks for the e-mail address."""

    def name(self) -> str:
        """Return the name by which Rasa asks for the slot of the address."""
        return f"action_ask_opt_out_form_{Ask.EMAIL}"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Mapping[str, Any]
    ) -> Events:
        """Ask for the address; after a bad address, with a hint."""
        draft = existing_draft(tracker)
        response = (
            "utter_opt_out_ask_email_again" if draft.bad_addresses else "utter_opt_out_ask_email"
        )
        dispatcher.utter_message(
            response=response,
            what=Wording(draft.action).describe(draft.kinds),
            buttons=[_NEVER_MIND],
        )
        return []


class ActionAskOptOutFormAgreed(OptOutAction):
    """Action that shows the request as it will be recorded, and asks for a yes."""

    def name(self) -> str:
        """Return the name by which Rasa asks for the slot of the yes."""
        return f"action_ask_opt_out_form_{Ask.AGREED}"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Mapping[str, Any]
    ) -> Events:
        """Show the request; if the address looks like a typing error, offer a corrected one."""
        draft = existing_draft(tracker)
        if form_input(tracker, draft).several_emails:
            dispatcher.utter_message(response="utter_opt_out_one_address", email=draft.email)
        what = Wording(draft.action).describe(draft.kinds)
        shown = fingerprint(draft)
        yes = {"title": "Yes, record it", "payload": _choice("affirm", optout_draft=shown)}
        if draft.email is None:
            dispatcher.utter_message(
                response="utter_opt_out_confirm_browser", what=what, buttons=[yes, _NEVER_MIND]
            )
            return []
        other = {
            "title": "Another address",
            "payload": _choice(draft.action, optout_change=shown),
        }
        suggested = suggestion(normalise(self._address_lookup(tracker)(draft.email) or ""))
        if suggested is None:
            dispatcher.utter_message(
                response="utter_opt_out_confirm",
                what=what,
                email=draft.email,
                buttons=[yes, other, _NEVER_MIND],
            )
            return []
        (placeholder,) = self.services.vault.keep(
            tracker.sender_id, [Finding("email", 0, len(suggested), suggested)]
        )
        use = {
            "title": f"Use {placeholder}",
            "payload": _choice("affirm", optout_draft=shown, optout_email=placeholder),
        }
        dispatcher.utter_message(
            response="utter_opt_out_confirm_slip",
            what=what,
            email=draft.email,
            suggestion=placeholder,
            buttons=[use, {**yes, "title": f"Keep {draft.email}"}, _NEVER_MIND],
        )
        return []


class ActionOptOutRecord(OptOutAction):
    """Action that records the complete request; the shopper is told so only after it is stored."""

    def name(self) -> str:
        """Return the name by which the rule for the complete form runs it."""
        return "action_opt_out_record"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Mapping[str, Any]
    ) -> Events:
        """Record the request, and tell its reference and its due dates.

        If it cannot be recorded, tell the shopper so, with the next step.
        """
        draft = draft_of(tracker)
        if draft is None or draft.gives_up:
            dispatcher.utter_message(response="utter_opt_out_other_ways")
            return _set(_EMPTY_SLOTS)
        wording = Wording(draft.action)
        address = self._address_lookup(tracker)(draft.email) if draft.email else None
        if draft.email and address is None:
            dispatcher.utter_message(response="utter_opt_out_address_expired")
            return [
                *_set({"optout_email": None, "optout_agreed": None}),
                FollowupAction("opt_out_form"),
            ]
        subject = (
            Subject("email", normalise(address))
            if address
            else Subject("browser", tracker.sender_id)
        )
        said = wording.describe(draft.kinds)
        request = Request(
            draft.action, draft.kinds, subject, Channel.CHAT, said, holder=tracker.sender_id
        )
        try:
            receipt = await self.services.optouts.record(request)
        except NotRecorded:
            dispatcher.utter_message(response="utter_opt_out_not_recorded")
            return [*_set({"optout_agreed": None}), FollowupAction("opt_out_form")]
        dispatcher.utter_message(
            response=wording.response(receipt.new),
            what=wording.describe(receipt.kinds),
            email=draft.email or "this browser",
            reference=receipt.reference,
            by=wording.due_sentence(receipt),
            still=wording.other_mail_sentence(receipt.kinds),
        )
        return _set({**_EMPTY_SLOTS, "optout_reference": receipt.reference})


class ActionOptOutCancel(OptOutAction):
    """Action that cancels the current request."""

    def name(self) -> str:
        """Return the name by which the topic policy runs it."""
        return "action_opt_out_cancel"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Mapping[str, Any]
    ) -> Events:
        """Delete the draft and leave the form."""
        dispatcher.utter_message(response="utter_opt_out_cancelled")
        return [{"event": "active_loop", "timestamp": None, "name": None}, *_set(_EMPTY_SLOTS)]


class ActionOptOutWhy(OptOutAction):
    """Action that explains why the address is needed."""

    def name(self) -> str:
        """Return the name by which the topic policy runs it."""
        return "action_opt_out_why"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Mapping[str, Any]
    ) -> Events:
        """Send the explanation."""
        dispatcher.utter_message(response="utter_opt_out_why")
        return []


class ActionOptOutStatus(OptOutAction):
    """Action that tells the status of a recorded request, but never the person behind it."""

    def name(self) -> str:
        """Return the name by which the rule for questions about opt-outs runs it."""
        return "action_opt_out_status"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Mapping[str, Any]
    ) -> Events:
        """Tell the status for the reference in the message, or for the last one in the chat."""
        ledger = self.services.optouts.ledger
        try:
            reference = self._reference(tracker)
            if reference is None:
                dispatcher.utter_message(response="utter_opt_out_status_which")
                return []
            receipt = ledger.receipt(reference)
        except UnknownReference:
            dispatcher.utter_message(response="utter_opt_out_status_unknown")
            return []
        except (LedgerError, SQLAlchemyError):
            dispatcher.utter_message(response="utter_opt_out_status_unavailable")
            return []
        wording = Wording(receipt.action)
        dispatcher.utter_message(
            response="utter_opt_out_status",
            reference=receipt.reference,
            what=wording.describe(receipt.kinds),
            state=wording.state_sentence(receipt),
        )
        return []

    def _reference(self, tracker: Tracker) -> str | None:
        """Return the reference in the message, even a mistyped one, else the last of the chat."""
        text = self.services.vault.reveal(tracker.sender_id, original_text(tracker))
        if (reference := find_reference(text)) is not None:
            return reference
        if looks_like_reference(text):
            return text  # the ledger does not know it, and says so
        if (reference := tracker.get_slot("optout_reference")) is not None:
            return str(reference)
        # A request by the browser's signal (Global Privacy Control) is not in the slot.
        records = self.services.optouts.ledger.of(Subject("browser", tracker.sender_id))
        return next((record.reference for record in records), None)


_NEVER_MIND = {"title": "Never mind", "payload": "/deny"}


def _choice(intent: str, **entities: str) -> str:
    return f"/{intent}{json.dumps(entities)}"


def _set(slots: Mapping[str, Any]) -> Events:
    return [SlotSet(name, value) for name, value in slots.items()]


ACTIONS: tuple[type[OptOutAction], ...] = (
    ValidateOptOutForm,
    ActionAskOptOutFormKinds,
    ActionAskOptOutFormEmail,
    ActionAskOptOutFormAgreed,
    ActionOptOutRecord,
    ActionOptOutCancel,
    ActionOptOutWhy,
    ActionOptOutStatus,
)
