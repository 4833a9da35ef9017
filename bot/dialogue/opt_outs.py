"""Plan for messages about opt-outs: which actions answer a wish."""

import re
from typing import Any

from rasa.shared.core.trackers import DialogueStateTracker

from bot.dialogue import history
from bot.optouts.form import BROWSER_KINDS, Ask
from bot.optouts.listening import (
    EARLIER,
    Said,
    has_no_email,
    looks_like_an_address,
    means_this_browser,
    wish_in,
)
from bot.optouts.model import Action
from bot.optouts.talk import Talk
from bot.optouts.wish import phrases
from bot.optouts.wish.clauses import normal
from bot.optouts.wish.model import Act, Wish
from bot.phrases import agrees, cancels
from bot.references import find_reference
from bot.topics import ANSWERABLE, FORGET

FORM = "opt_out_form"
CANCEL = "action_opt_out_cancel"
CHANGE = "action_opt_out_change"
TAKE_BACK = "action_opt_out_take_back"
STATUS = "action_opt_out_status"
OR_PERSON = "action_opt_out_or_person"
ASIDE = "action_opt_out_aside"
HUMAN = "utter_human"
# Intents that actions answer, not responses.
ACTIONS = {"opt_out": FORM, "opt_in": FORM, "opt_out_status": STATUS}
OPT_OUTS = frozenset({"opt_out", "opt_in"})
# These actions change the talk, so the plan after one of them is known by it alone.
CHANGING = {
    CANCEL: (CANCEL,),
    ASIDE: (ASIDE, HUMAN),
    TAKE_BACK: (TAKE_BACK,),
    OR_PERSON: (OR_PERSON,),
    CHANGE: (CHANGE,),
}

_CHOICES = {
    "undo": [TAKE_BACK],
    "another": [FORM],
    "more": [FORM],
    "resume": [FORM],
    "drop": [CANCEL],
    "aside": [ASIDE, HUMAN],
}
_WHY = re.compile(
    r"\bwhy\b|\bwhat for\b|\bdo i (?:have|need) to\b|\bmust i\b|\bwithout (?:giving|my|an)\b"
    r"|\bwhat (?:do|will) you (?:need|do|use)\b",
    re.IGNORECASE,
)
_HOW_LONG = re.compile(
    r"\b(?:how long|when) (?:does|will|do|until|till|would)\b.*\b(?:it|this|that|take)\b",
    re.IGNORECASE,
)
_THE_REQUEST = re.compile(r"\b(?:it|that|this|request|opt[- ]?out)\b", re.IGNORECASE)
_DEVICES = re.compile(
    r"\b(?:phone|mobile|tablet|ipad|laptop|computer|devices?|browsers?|everywhere|cookies)\b",
    re.IGNORECASE,
)
# Narrower than ``Question.names_this_chat``: "what I asked" and "what I typed" may be the record.
_THE_CHAT = re.compile(r"\b(?:conversation|chat|talk|messages?|transcript)\b", re.IGNORECASE)
_OTHER_TOPIC = 0.8  # confidence from which a question is about another topic than a request


def talk_of(tracker: DialogueStateTracker) -> Talk:
    """Return the talk in the slots of a tracker."""
    return Talk.of(tracker.current_slot_values(), in_form=tracker.active_loop_name == FORM)


def wish_of(tracker: DialogueStateTracker, talk: Talk) -> Wish:
    """Return the wish of the last message."""
    message = tracker.latest_message
    parsed = message.parse_data if message else {}
    intent = parsed.get("intent") or {}
    said = Said(
        history.said(tracker),
        str(parsed.get("text") or ""),
        str(intent.get("name") or ""),
        float(intent.get("confidence") or 0.0),
        history.topic_before(tracker),
        history.said_before(tracker, EARLIER),
    )
    return wish_in(talk, said)


def plan_choice(tracker: DialogueStateTracker) -> list[str]:
    """Return the actions for a pressed button; none if the rule for its intent is enough."""
    entities = tracker.latest_message.entities if tracker.latest_message else ()
    does = {entity["entity"]: str(entity["value"]) for entity in entities}.get("optout_do", "")
    if does in _CHOICES:
        return _CHOICES[does]
    in_form, intent = tracker.active_loop_name == FORM, history.intent(tracker)
    if not in_form:
        return []
    if intent == "deny":
        return [CANCEL]
    if intent == "human":
        return [ASIDE, HUMAN]
    if intent == "affirm" or intent in OPT_OUTS:
        return [FORM]
    return [ACTIONS.get(intent, f"{history.UTTER}{intent}"), FORM]


def plan_in_form(tracker: DialogueStateTracker, asked: list[dict[str, Any]]) -> list[str]:
    """Return the actions for a message to the open form."""
    talk = talk_of(tracker)
    wish, text, intent = wish_of(tracker, talk), history.said(tracker), history.intent(tracker)
    if talk.asked is Ask.EMAIL and (has_no_email(text) or looks_like_an_address(text)):
        return [FORM]
    if talk.draft and talk.draft.fits_browser and means_this_browser(text):
        return [FORM]
    if wish.act is Act.UNDO and talk.last and phrases.EVERYTHING.search(text.lower()):
        return [TAKE_BACK]
    if intent == FORGET and wish.act not in (Act.OUT, Act.YES):
        return [f"{history.UTTER}{FORGET}"]
    agreeing = talk.asked is Ask.AGREED
    unclear = wish.act is Act.UNCLEAR and agreeing and intent != "human"
    if (wish.act is Act.NO and not talk.detours) or unclear:
        return [CHANGE]
    if (wish.act in (Act.UNDO, Act.NO, Act.REFUSAL) or _leaves_nothing(talk, wish)) or (
        intent == "goodbye" and wish.act is Act.NONE
    ):
        return [CANCEL]
    if wish.act in (Act.OUT, Act.IN, Act.YES) or any(wish.addresses.values()):
        return [*_others(asked), FORM]
    if talk.asked is not Ask.AGREED and cancels(text):
        return [CANCEL]
    if _HOW_LONG.search(text) and not talk.references and _confidence(tracker) < _OTHER_TOPIC:
        return ["utter_opt_out_how_long", FORM]
    if find_reference(text) or wish.act is Act.STATUS:
        return [STATUS, FORM]
    if talk.asked is Ask.EMAIL and _WHY.search(text):
        return ["utter_opt_out_why", FORM]
    if intent == "human":
        return [ASIDE, HUMAN] if tracker.get_slot("optout_person_offered") else [OR_PERSON]
    return [*_answers(asked), FORM]


def plan_outside(tracker: DialogueStateTracker, asked: list[dict[str, Any]]) -> list[str]:
    """Return the actions for a message outside the form; none if it is not about opt-outs."""
    talk = talk_of(tracker)
    text, intent = history.said(tracker), history.intent(tracker)
    if talk.parked and _goes_on(tracker, text):
        return [FORM]
    if find_reference(text):
        return [STATUS]
    wish = wish_of(tracker, talk)
    if talk.parked and (wish.act is Act.UNDO or cancels(text)):
        return [CANCEL]
    forgets = intent == FORGET and not wish.kinds and not wish.addresses
    if wish.act in (Act.OUT, Act.IN) and not forgets:
        return [*_others(asked), TAKE_BACK if _only_takes_back(talk, wish) else FORM]
    about_chat = intent == FORGET and bool(_THE_CHAT.search(text))
    if talk.noted and wish.act is Act.UNDO and not about_chat:
        return [TAKE_BACK]
    if intent == FORGET:
        # What may be about the record deletes no conversation.
        unclear = talk.last and wish.act is Act.UNCLEAR and not about_chat
        return ["utter_opt_out_unclear_recorded"] if unclear else []
    if not talk.last and phrases.is_bare_address(text):
        return [FORM]
    unclear = wish.act is Act.UNCLEAR and _confidence(tracker) < _OTHER_TOPIC
    if unclear and not talk.last and intent != "human":
        return [FORM]
    knows = talk.references or intent in ACTIONS
    if wish.act is Act.STATUS and knows and _is_about_request(tracker, text):
        return [STATUS]
    if wish.act is Act.UNCLEAR and talk.last and _confidence(tracker) < _OTHER_TOPIC:
        return ["utter_opt_out_unclear_recorded"]
    about_ads = talk.last and talk.last.kinds & BROWSER_KINDS
    if (
        about_ads
        and _DEVICES.search(text)
        and wish.act in (Act.ABOUT, Act.NONE)
        and len(text.split()) < 12
    ):
        return ["utter_opt_out_scope"]
    if intent in OPT_OUTS and len(asked) == 1:
        if wish.act is Act.ABOUT:
            return ["utter_opt_out_how"]
        if wish.act is Act.REFUSAL:
            return ["utter_opt_out_left"]
        return [FORM]
    return []


def _only_takes_back(talk: Talk, wish: Wish) -> bool:
    """Return whether a wish stops nothing more, but gives back what was recorded here."""
    if not talk.taken_back_by(wish):
        return False
    elsewhere = set(wish.addresses) - {email for one in talk.noted for email in one.emails}
    adds, _ = talk.changed_by(wish)
    return not adds and not any(wish.addresses[email] for email in elsewhere)


def _leaves_nothing(talk: Talk, wish: Wish) -> bool:
    """Return whether a wish takes all kinds out of the draft, and names no address."""
    draft = talk.draft
    if draft is None or not draft.kinds or draft.action is not Action.OPT_OUT:
        return False
    return wish.act is Act.OUT and not wish.after and not any(wish.addresses.values())


def _is_about_request(tracker: DialogueStateTracker, text: str) -> bool:
    """Return whether a question is about the request: not "how long do you keep my data"."""
    return _confidence(tracker) < _OTHER_TOPIC or bool(_THE_REQUEST.search(text))


def _confidence(tracker: DialogueStateTracker) -> float:
    """Return the confidence that the last message is about another topic than opt-outs."""
    if history.intent(tracker) not in ANSWERABLE - ACTIONS.keys():
        return 0.0
    message = tracker.latest_message
    return float(message.intent.get("confidence") or 0.0) if message else 0.0


def _goes_on(tracker: DialogueStateTracker, text: str) -> bool:
    """Return whether a message takes up the form that waits."""
    if phrases.RESUMES.search(normal(text)):
        return True
    before = history.earlier_answers(tracker, limit=20)
    return bool(agrees(text) and before and before[0].metadata.get("outcome") == "form")


def _others(asked: list[dict[str, Any]]) -> list[str]:
    """Return the answers to what else a message asks, beside its wish."""
    return [one for one in _answers(asked) if one != STATUS] if len(asked) > 1 else []


def _answers(asked: list[dict[str, Any]]) -> list[str]:
    intents = [one["intent"] for one in asked if one["intent"] in ANSWERABLE - OPT_OUTS - {"human"}]
    return list(dict.fromkeys(ACTIONS.get(one, f"{history.UTTER}{one}") for one in intents))
