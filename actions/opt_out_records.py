"""Actions on the ledger: they record a complete draft, take it back, and tell what became of it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import FollowupAction
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy.exc import SQLAlchemyError

from actions.opt_out_action import LEAVE_FORM, Events, OptOutAction, button, slots, slots_of
from actions.opt_out_tracker import chosen, is_answered, is_choice, original_text, talk_of, wish_of
from bot.optouts.addresses import normalise
from bot.optouts.form import Draft
from bot.optouts.model import (
    Action,
    Channel,
    LedgerError,
    NotRecorded,
    OptOutKind,
    Receipt,
    Request,
    Subject,
    UnknownReference,
)
from bot.optouts.reach import ADDRESS, BROWSER, reach_sentence, recorded
from bot.optouts.talk import Noted, Talk
from bot.optouts.wish import phrases
from bot.optouts.wording import THIS_BROWSER, Wording, joined
from bot.references import find_reference, looks_like_reference


class ActionOptOutFinish(OptOutAction):
    """Action at the end of the form: it records the request, puts it aside, or gives up."""

    def name(self) -> str:
        """Return the name by which the rule for the complete form runs it."""
        return "action_opt_out_finish"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Mapping[str, Any]
    ) -> Events:
        """Record the request, and tell its reference and its due dates.

        The shopper is told so only after it is stored. If it cannot be recorded, say so with the
        next step.
        """
        talk = talk_of(tracker)
        draft = talk.draft
        if draft is None or draft.gives_up:
            dispatcher.utter_message(response="utter_opt_out_other_ways")
            return slots_of(talk.without_draft())
        if draft.next_question() is not None:
            return self._put_aside(dispatcher, tracker, talk)
        reveal = self.reveal(tracker)
        addresses = {email: reveal(email) for email in draft.emails}
        if None in addresses.values():
            dispatcher.utter_message(response="utter_opt_out_address_expired")
            again = replace(talk, draft=replace(draft, emails=(), agreed=False, wants_address=True))
            return [*slots(again.as_slots()), FollowupAction("opt_out_form")]
        receipts = await self._record(tracker, draft, addresses)
        if not receipts:
            dispatcher.utter_message(response="utter_opt_out_not_recorded")
            again = replace(talk, draft=replace(draft, agreed=False))
            return [*slots(again.as_slots()), FollowupAction("opt_out_form")]
        taken = [one for one in talk.noted if set(one.references) & set(draft.replaces)]
        if draft.gives_back and talk.last:
            taken += talk.meant(draft.gives_back, frozenset(draft.emails), everything=True)
        failed = not await self._take_back(tracker, taken)
        _tell(dispatcher, draft, receipts, self.services.optouts.confirms_by_mail, talk)
        if failed:
            dispatcher.utter_message(response="utter_opt_out_not_all_recorded")
        noted = tuple(
            Noted(draft.action, kinds, {one.reference: to for one, to in receipts if to in among})
            for kinds, emails in draft.groups
            for among in [emails or (None,)]
        )
        after = talk.without(taken)
        return slots_of(replace(after, noted=(*noted, *after.noted)))

    def _put_aside(self, dispatcher: CollectingDispatcher, tracker: Tracker, talk: Talk) -> Events:
        """Put the draft aside, because the shopper talks about something else."""
        if not is_answered(tracker):
            dispatcher.utter_message(response="utter_opt_out_lost")
        if talk.draft is None or not talk.draft.kinds:  # nothing that is worth going on with
            return slots_of(talk.without_draft())
        buttons = [
            button("Go on with it", "opt_out", optout_do="resume"),
            button("Drop it", "deny", optout_do="drop"),
        ]
        dispatcher.utter_message(response="utter_opt_out_parked", buttons=buttons)
        return slots_of(replace(talk, parked=True, detours=0))

    async def _record(
        self, tracker: Tracker, draft: Draft, addresses: Mapping[str, str | None]
    ) -> list[tuple[Receipt, str | None]]:
        """Record the draft for each address; return the receipts, none if the ledger refuses.

        If the database breaks after the first, the turn fails: the same message again records the
        rest.
        """
        holder = tracker.sender_id
        subjects: list[tuple[Subject, str | None, frozenset[OptOutKind]]] = [
            (Subject("email", normalise(addresses[email] or "")), email, kinds)
            for kinds, emails in draft.groups
            for email in emails
        ] or [(Subject("browser", holder), None, draft.kinds)]
        receipts: list[tuple[Receipt, str | None]] = []
        for subject, email, kinds in subjects:
            wording = Wording(draft.action).describe(kinds)
            request = Request(draft.action, kinds, subject, Channel.CHAT, wording, holder)
            try:
                receipts.append((await self.services.optouts.record(request), email))
            except NotRecorded:
                if receipts:
                    raise
                return []
        return receipts


class ActionOptOutTakeBack(OptOutAction):
    """Action that takes back what was recorded in this conversation, or a part of it."""

    def name(self) -> str:
        """Return the name by which the topic policy runs it."""
        return "action_opt_out_take_back"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Mapping[str, Any]
    ) -> Events:
        """Take it back at once; only this conversation can, and only what it recorded."""
        talk = talk_of(tracker)
        taken = _meant(tracker, talk) or self._held(tracker)
        if not taken:
            dispatcher.utter_message(response="utter_opt_out_nothing_to_undo")
            return []
        if not await self._take_back(tracker, taken):
            dispatcher.utter_message(response="utter_opt_out_not_taken_back")
            return [LEAVE_FORM, *slots_of(talk.without_draft())]
        after = talk.without(taken)
        for part in taken:
            left = after.stopped(part.emails)
            wording, scope = Wording(part.action), ADDRESS if part.emails else BROWSER
            told = recorded(next(iter(part.references)), _opposite(part.action), part.kinds, scope)
            dispatcher.utter_message(
                response="utter_opt_out_taken_back_part" if left else "utter_opt_out_taken_back",
                what=wording.names(part.kinds),
                still=wording.names(left),
                email=joined(part.emails) or THIS_BROWSER,
                reference=joined(list(part.references)),
                recorded=told.as_json(),
                buttons=[button("Something else", "opt_out", optout_do="more")],
            )
        return [LEAVE_FORM, *slots_of(after)]

    def _held(self, tracker: Tracker) -> list[Noted]:
        """Return what the pressed button names, if it was recorded here, but by an agent."""
        reference = chosen(tracker).get("optout_reference") if is_choice(tracker) else None
        if reference is None:
            return []
        ledger, holder = self.services.optouts.ledger, tracker.sender_id
        try:
            if not ledger.is_held_by(holder, reference):
                return []
            record, receipt = ledger.find(reference), ledger.receipt(reference)
        except (LedgerError, SQLAlchemyError):
            return []
        email = None
        if record.subject is not None and record.subject.type == "email":
            names = self.services.vault.placeholders_of(holder, "email", record.subject.value)
            email = next(iter(names), ADDRESS)
        return [Noted(receipt.action, receipt.kinds, {reference: email})]


class ActionOptOutStatus(OptOutAction):
    """Action that tells the status of a recorded request, but never the person behind it."""

    def name(self) -> str:
        """Return the name by which the rule for questions about opt-outs runs it."""
        return "action_opt_out_status"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Mapping[str, Any]
    ) -> Events:
        """Tell the status for the reference in the message, or of all requests of this chat."""
        ledger = self.services.optouts.ledger
        try:
            references = self._references(tracker)
            receipts = [ledger.receipt(reference) for reference in references]
        except UnknownReference:
            dispatcher.utter_message(response="utter_opt_out_status_unknown")
            return []
        except (LedgerError, SQLAlchemyError):
            dispatcher.utter_message(response="utter_opt_out_status_unavailable")
            return []
        if not receipts:
            dispatcher.utter_message(response="utter_opt_out_status_which")
        for receipt in receipts:
            wording = Wording(receipt.action)
            dispatcher.utter_message(
                response="utter_opt_out_status",
                reference=receipt.reference,
                what=wording.describe(receipt.kinds),
                state=wording.state_sentence(receipt),
            )
        return []

    def _references(self, tracker: Tracker) -> list[str]:
        """Return the reference in the message, even a mistyped one, else all of the chat."""
        text = self.services.vault.reveal(tracker.sender_id, original_text(tracker))
        if (reference := find_reference(text)) is not None:
            return [reference]
        if looks_like_reference(text):
            return [text]  # the ledger does not know it, and says so
        if references := talk_of(tracker).references:
            return references
        # A request by the browser's signal (Global Privacy Control) is not in the slots.
        records = self.services.optouts.ledger.of(Subject("browser", tracker.sender_id))
        return [record.reference for record in records[:1]]


def _tell(
    dispatcher: CollectingDispatcher,
    draft: Draft,
    receipts: list[tuple[Receipt, str | None]],
    by_mail: bool,
    before: Talk,
) -> None:
    """Tell what was recorded, each with its reference; ``before`` is the talk until then."""
    wording = Wording(draft.action)
    for place, (receipt, email) in enumerate(receipts, start=1):
        already = before.stopped((email,) if email else ())
        scope = ADDRESS if email else BROWSER
        told = recorded(receipt.reference, receipt.action, receipt.kinds, scope)
        buttons = []
        if place == len(receipts) and draft.action is Action.OPT_OUT:
            buttons = [
                button("Undo", "opt_out", optout_do="undo", optout_reference=receipt.reference),
                button("Another address", "opt_out", optout_do="another"),
                button("Something else", "opt_out", optout_do="more"),
            ]
        dispatcher.utter_message(
            response=wording.response(receipt.new, by_mail),
            what=wording.both_sides(receipt.kinds, draft.gives_back, already),
            email=email or THIS_BROWSER,
            reference=receipt.reference,
            by=wording.due_sentence(receipt),
            still=wording.other_mail_sentence(receipt.kinds),
            reach=reach_sentence(receipt.action, receipt.kinds, scope),
            recorded=told.as_json() if draft.action is Action.OPT_OUT else None,
            buttons=buttons,
        )


def _meant(tracker: Tracker, talk: Talk) -> list[Noted]:
    """Return what is to be taken back: by a button its own record, else what the wish names."""
    if is_choice(tracker):
        reference = chosen(tracker).get("optout_reference")
        return [one for one in talk.noted if reference in one.references and one.kinds]
    everything = bool(phrases.EVERYTHING.search(original_text(tracker).lower()))
    return talk.taken_back_by(wish_of(tracker, talk), everything)


def _opposite(action: Action) -> Action:
    return Action.OPT_IN if action is Action.OPT_OUT else Action.OPT_OUT
