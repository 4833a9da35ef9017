"""Actions of the opt-out form: they read a message, and ask the next question."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.opt_out_action import (
    LEAVE_FORM,
    NEVER_MIND,
    Events,
    OptOutAction,
    button,
    slots,
    slots_of,
)
from actions.opt_out_tracker import (
    chosen,
    is_answered,
    is_choice,
    original_text,
    pressed,
    said_of,
    talk_of,
    wish_of,
)
from bot.optouts.addresses import normalise, suggestion
from bot.optouts.form import MAX_BAD_ADDRESSES, Ask, Draft, Pressed, Reveal, advance, begin, press
from bot.optouts.listening import (
    has_no_email,
    kinds_before,
    looks_like_an_address,
    means_this_browser,
)
from bot.optouts.model import Action, OptOutKind
from bot.optouts.talk import Talk, begins_from, fingerprint
from bot.optouts.wish.model import Act, Wish
from bot.optouts.wording import THIS_BROWSER, Wording, joined
from bot.privacy.recognition import Finding

MAX_DETOURS = 2  # messages in a row about something else, after which the form waits by itself


class ValidateOptOutForm(OptOutAction):
    """Action that validates the form: reads a message, and chooses the next question."""

    def name(self) -> str:
        """Return the name by which Rasa validates the form ``opt_out_form``."""
        return "validate_opt_out_form"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Mapping[str, Any]
    ) -> Events:
        """Return the slots of the form after the latest message.

        A message that was read already changes nothing. The question is None when the form is
        complete, and when it waits because the talk is about something else.
        """
        talk, heard = talk_of(tracker), tracker.latest_message.get("message_id")
        if heard == tracker.get_slot("optout_heard") and talk.draft is not None:
            return slots({"requested_slot": _question(talk)})
        read = self._opened if talk.asked is None else self._continued
        talk = read(tracker, talk)
        assert talk.draft is not None
        talk = replace(talk, draft=_with_kept_addresses(talk.draft, self.reveal(tracker)))
        return slots({**talk.as_slots(), "optout_heard": heard, "requested_slot": _question(talk)})

    def _opened(self, tracker: Tracker, talk: Talk) -> Talk:
        """Return the talk after a message that opens the form, or takes it up again."""
        reveal = self.reveal(tracker)
        if is_choice(tracker):
            draft = self._opened_by_choice(tracker, talk)
        else:
            wish = wish_of(tracker, talk)
            if talk.parked and talk.draft and wish.act not in (Act.OUT, Act.IN):
                return replace(talk, parked=False, detours=0)
            action = Action.OPT_IN if wish.act is Act.IN else Action.OPT_OUT
            draft = begin(action, wish, reveal)
            if wish.act is Act.NONE and said_of(tracker).topic == "opt_out":  # only an address
                draft = replace(draft, kinds=kinds_before(said_of(tracker)))
            draft = begins_from(talk, wish, draft)
        return replace(talk, draft=draft, parked=False, detours=0)

    def _opened_by_choice(self, tracker: Tracker, talk: Talk) -> Draft:
        values, intent = chosen(tracker), tracker.latest_message["intent"]["name"]
        action = Action.OPT_IN if intent == Action.OPT_IN else Action.OPT_OUT
        if values.get("optout_do") == "resume" and talk.draft:
            return replace(talk.draft, agreed=False)
        last = talk.last
        if values.get("optout_do") == "another" and last:
            return Draft(last.action, last.kinds, wants_address=True)
        named = pressed(tracker, Draft(action)).kinds
        draft = Draft(action, named)
        parked = talk.draft if talk.parked else None
        known = last.emails if last else parked.emails if parked else ()
        return replace(draft, emails=known if action is Action.OPT_OUT else ())

    def _continued(self, tracker: Tracker, talk: Talk) -> Talk:
        """Return the talk after a message to the open form."""
        assert talk.draft is not None
        reveal, before = self.reveal(tracker), talk.draft
        if is_choice(tracker):
            button_pressed = pressed(tracker, before)
            if button_pressed == Pressed():
                # A button of another draft, or "go on": the question comes again.
                return replace(talk, detours=0)
            return replace(talk, draft=press(before, button_pressed, reveal), detours=0)
        wish = wish_of(tracker, talk)
        if wish.act is Act.YES and tracker.get_slot("optout_agreed") is False:
            return replace(talk, detours=0)  # what was refused is shown again, before a yes counts
        text = original_text(tracker)
        if before.fits_browser and means_this_browser(text):
            shown = talk.asked is Ask.AGREED and not before.emails
            draft = replace(before, emails=(), wants_address=False, agreed=shown)
        elif talk.asked is Ask.EMAIL and has_no_email(text):
            draft = replace(before, bad_addresses=MAX_BAD_ADDRESSES)
        elif turned := _turned(wish, before):
            draft = begin(turned, wish, reveal)
            draft = replace(draft, emails=draft.emails or before.emails)
        elif wish.act in (Act.OUT, Act.IN, Act.YES) or any(wish.addresses.values()):
            draft = advance(before, wish, reveal)
        elif talk.asked is Ask.EMAIL and not is_answered(tracker):
            tried = looks_like_an_address(text)
            draft = advance(before, Wish(), reveal, tried_address=tried)
        else:
            draft = before
        about_it = wish.act in (Act.OUT, Act.IN, Act.YES)
        detours = 0 if about_it or draft != before else talk.detours + 1
        return replace(talk, draft=draft, detours=detours)


class ActionAskOptOutFormKinds(OptOutAction):
    """Action that asks for the kinds to stop."""

    def name(self) -> str:
        """Return the name by which Rasa asks for the slot of the kinds."""
        return f"action_ask_opt_out_form_{Ask.KINDS}"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Mapping[str, Any]
    ) -> Events:
        """Offer a button for each kind, and one for everything."""
        talk, draft = talk_of(tracker), _draft(tracker)
        buttons = [
            button(title, draft.action, optout_kind=kind)
            for kind, title in Wording(draft.action).choices()
        ]
        undoing = draft.action is Action.OPT_IN
        asked = "utter_opt_out_ask_kinds_in" if undoing else "utter_opt_out_ask_kinds"
        if draft.emails and not undoing:
            asked = "utter_opt_out_ask_kinds_for"
        email = joined(draft.emails)
        _ask(dispatcher, tracker, talk, asked, email=email, buttons=[*buttons, NEVER_MIND])
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
        talk, draft = talk_of(tracker), _draft(tracker)
        asked = "utter_opt_out_ask_email"
        if draft.bad_addresses and not talk.detours:
            asked = "utter_opt_out_ask_email_again"
        what = Wording(draft.action).describe(draft.kinds)
        _ask(dispatcher, tracker, talk, asked, what=what, buttons=[NEVER_MIND])
        return []


class ActionAskOptOutFormAgreed(OptOutAction):
    """Action that shows the request as it will be recorded, and asks for a yes."""

    def name(self) -> str:
        """Return the name by which Rasa asks for the slot of the yes."""
        return f"action_ask_opt_out_form_{Ask.AGREED}"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Mapping[str, Any]
    ) -> Events:
        """Show both sides of the request, what stops and what stays, and for which address.

        If the address looks like a typing error, offer a corrected one.
        """
        talk, draft = talk_of(tracker), _draft(tracker)
        shown = fingerprint(draft)
        given = {
            "what": _sides(talk, draft),
            "email": joined(draft.emails) or THIS_BROWSER,
        }
        yes = button("Yes, record it", "affirm", optout_draft=shown)
        other = button("Another address", draft.action, optout_draft=shown, optout_do="another")
        if draft.action is Action.OPT_IN:
            mails = self.services.optouts.confirms_by_mail
            asked = "utter_opt_in_confirm_mail" if mails else "utter_opt_in_confirm"
            _ask(dispatcher, tracker, talk, asked, **given, buttons=[yes, other, NEVER_MIND])
            return []
        if not draft.emails:
            asked = "utter_opt_out_confirm_browser"
            _ask(dispatcher, tracker, talk, asked, **given, buttons=[yes, NEVER_MIND])
            return []
        if draft.replaces:
            given["replaced"] = joined(list(draft.replaces))
        suggested = self._suggested(tracker, draft)
        if suggested is None:
            asked = "utter_opt_out_confirm_replaces" if draft.replaces else "utter_opt_out_confirm"
            _ask(dispatcher, tracker, talk, asked, **given, buttons=[yes, other, NEVER_MIND])
            return []
        use = button(f"Use {suggested}", "affirm", optout_draft=shown, optout_email=suggested)
        keep = {**yes, "title": f"Keep {draft.emails[0]}"}
        asked = "utter_opt_out_confirm_slip"
        given["suggestion"] = suggested
        _ask(dispatcher, tracker, talk, asked, **given, buttons=[use, keep, NEVER_MIND])
        return []

    def _suggested(self, tracker: Tracker, draft: Draft) -> str | None:
        """Return a placeholder of the address that was probably meant; None without a slip."""
        if len(draft.emails) > 1:
            return None
        meant = suggestion(normalise(self.reveal(tracker)(draft.emails[0]) or ""))
        if meant is None:
            return None
        finding = Finding("email", 0, len(meant), meant)
        (placeholder,) = self.services.vault.keep(tracker.sender_id, [finding])
        return placeholder


class ActionOptOutCancel(OptOutAction):
    """Action that drops the draft."""

    def name(self) -> str:
        """Return the name by which the topic policy runs it."""
        return "action_opt_out_cancel"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Mapping[str, Any]
    ) -> Events:
        """Delete the draft and leave the form."""
        dispatcher.utter_message(response="utter_opt_out_cancelled")
        return [LEAVE_FORM, *slots_of(talk_of(tracker).without_draft())]


class ActionOptOutChange(OptOutAction):
    """Action that asks what is wrong with the draft that was shown."""

    def name(self) -> str:
        """Return the name by which the topic policy runs it."""
        return "action_opt_out_change"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Mapping[str, Any]
    ) -> Events:
        """Offer other kinds, another address, and to drop it."""
        talk, draft = talk_of(tracker), _draft(tracker)
        kinds = [
            button(title, draft.action, optout_kind=kind)
            for kind, title in Wording(draft.action).choices()
            if kind != "everything" and draft.kinds != {OptOutKind(kind)}
        ]
        other = button(
            "Another address", draft.action, optout_draft=fingerprint(draft), optout_do="another"
        )
        buttons = [*kinds, other, NEVER_MIND]
        dispatcher.utter_message(response="utter_opt_out_change", buttons=buttons)
        return slots({"optout_detours": talk.detours + 1, "optout_agreed": False})


class ActionOptOutOrPerson(OptOutAction):
    """Action that asks, in the middle of the form, whether to finish it or to call a person."""

    def name(self) -> str:
        """Return the name by which the topic policy runs it."""
        return "action_opt_out_or_person"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Mapping[str, Any]
    ) -> Events:
        """Offer one thing at a time."""
        talk, draft = talk_of(tracker), _draft(tracker)
        yes = [button("Yes, record it", "affirm", optout_draft=fingerprint(draft))]
        on = (
            yes
            if talk.asked is Ask.AGREED
            else [button("Go on with it", "opt_out", optout_do="resume")]
        )
        aside = button("A person first", "human", optout_do="aside")
        dispatcher.utter_message(
            response="utter_opt_out_or_person", buttons=[*on, aside, NEVER_MIND]
        )
        return slots({"optout_person_offered": True, "optout_agreed": False})


class ActionOptOutAside(OptOutAction):
    """Action that puts the draft aside for a person."""

    def name(self) -> str:
        """Return the name by which the topic policy runs it."""
        return "action_opt_out_aside"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Mapping[str, Any]
    ) -> Events:
        """Leave the form, and keep the draft."""
        dispatcher.utter_message(response="utter_opt_out_aside")
        talk = replace(talk_of(tracker), parked=True, detours=0)
        return [LEAVE_FORM, *slots_of(talk)]


def _sides(talk: Talk, draft: Draft) -> str:
    """Return what a draft stops, and what it leaves."""
    wording, sides = Wording(draft.action), []
    for kinds, emails in draft.groups:
        already = talk.stopped(emails) if draft.action is Action.OPT_OUT else frozenset()
        sides.append((joined(emails), wording.both_sides(kinds, draft.gives_back, already)))
    if len(sides) == 1:
        return sides[0][1]
    return " ".join(f"For {emails}: {both}" for emails, both in sides)


def _turned(wish: Wish, draft: Draft) -> Action | None:
    """Return the other action than the draft's, if a wish asks for it: "no, stop the mails"."""
    if wish.act is Act.IN and draft.action is Action.OPT_OUT:
        return Action.OPT_IN
    if wish.act is Act.OUT and draft.action is Action.OPT_IN and wish.stops and not wish.keeps:
        return Action.OPT_OUT
    return None


def _question(talk: Talk) -> str | None:
    """Return the question that the form asks next; None when it is complete, or waits."""
    if talk.draft is None or talk.detours >= MAX_DETOURS:
        return None
    question = talk.draft.next_question()
    return str(question) if question else None


def _ask(
    dispatcher: CollectingDispatcher, tracker: Tracker, talk: Talk, response: str, **given: Any
) -> None:
    """Ask a question of the form; after a detour in half a sentence.

    What was not understood is said first.
    """
    if talk.detours:
        if not is_answered(tracker):
            dispatcher.utter_message(response="utter_opt_out_lost")
        response = {
            Ask.KINDS: "utter_opt_out_still_kinds",
            Ask.EMAIL: "utter_opt_out_still_email",
            Ask.AGREED: "utter_opt_out_still_agreed",
        }[Ask(tracker.get_slot("requested_slot"))]
    dispatcher.utter_message(response=response, **given)


def _with_kept_addresses(draft: Draft, reveal: Reveal) -> Draft:
    """Return the draft without addresses that the vault has deleted by now."""
    kept = tuple(email for email in draft.emails if reveal(email) is not None)
    if kept == draft.emails:
        return draft
    return replace(draft, emails=kept, agreed=False, wants_address=True)


def _draft(tracker: Tracker) -> Draft:
    draft = talk_of(tracker).draft
    assert draft is not None  # the form asks only after it has read a message
    return draft
