"""Reading of a message in its context: its clauses, joined to one wish."""

import re
from dataclasses import replace
from functools import lru_cache

from bot.optouts.model import EVERYTHING, Action, OptOutKind, in_order
from bot.optouts.wish import phrases
from bot.optouts.wish.clauses import normal
from bot.optouts.wish.hearing import Heard, has_strong_kind, hear, is_directed
from bot.optouts.wish.lexicon import Role
from bot.optouts.wish.model import Act, Context, Sign, Situation, Wish, kinds_after

_BEFORE = frozenset(Situation) - {Situation.NONE}
_ASKED = _BEFORE - {Situation.RECORDED}
_SURE = 0.9
_LIKELY = 0.5


@lru_cache(maxsize=64)  # policy and actions read a message several times in a turn
def read(text: str, context: Context, mended: str = "") -> Wish:
    """Return the wish of a message; placeholders stand in it for addresses.

    ``mended`` is the text without typing slips. It counts where the text as typed says nothing,
    because a mended word is only the most likely one.
    """
    wish = _read(text, context)
    if wish.act in (Act.NONE, Act.UNCLEAR, Act.ABOUT) and mended and mended != text:
        wish = _read(mended, context)
    return replace(wish, after=kinds_after(wish, context))


def is_plain(text: str, wish: Wish) -> bool:
    """Return whether a text leaves nothing to doubt: a single word, a number, a bare address."""
    words = phrases.PLACEHOLDER.sub("", normal(text)).split()
    return len(words) <= 1 and wish.act not in (Act.NONE, Act.UNCLEAR)


def _read(text: str, context: Context) -> Wish:
    heard = hear(text, context)
    if context.situation in (Situation.NONE, Situation.ASKED_KINDS) and _points_back(heard):
        heard.signs.update(dict.fromkeys(context.topic, Sign.STOP))  # "I want them stopped"
    if not re.search(r"[^\W\d_]", phrases.PLACEHOLDER.sub("", heard.plain)):
        return _without_words(text, heard)
    if phrases.COMMAND.fullmatch(heard.plain):
        return _command(heard)
    for rule in _RULES.get(context.situation, ()):
        if (act := rule(heard)) is not None:
            return heard.as_wish(act)
    return heard.as_wish(_act(heard))


def _points_back(heard: Heard) -> bool:
    """Return whether a message is to stop what was named before it, and names nothing itself."""
    return not heard.signs and any(
        part.firm
        and part.polarity < 0
        and not part.asks
        and part.has(Role.STOP)
        and part.points_back
        for part in heard.parts
    )


def _without_words(text: str, heard: Heard) -> Wish:
    if heard.addresses:
        return heard.as_wish(Act.OUT if heard.before else Act.NONE)
    if heard.context.situation is Situation.ASKED_KINDS and (kinds := _numbered(text)):
        return Wish(Act.OUT, dict.fromkeys(kinds, Sign.STOP))
    yes = re.search("[👍✅👌]", text) and heard.before
    return Wish(Act.YES if yes else Act.UNCLEAR if heard.before else Act.NONE)


def _numbered(text: str) -> list[OptOutKind]:
    """Return the kinds at the places that a text of numbers names: "2 and 3"."""
    numbers = [int(number) for number in re.findall(r"\b[1-5]\b", text)]
    return in_order(
        EVERYTHING if 5 in numbers else [list(OptOutKind)[number - 1] for number in numbers]
    )


def _command(heard: Heard) -> Wish:
    """Return the wish of a single word, as people send it to mailing systems: STOP, END, QUIT."""
    word = phrases.COURTESY.sub("", heard.plain).strip(" .!")
    situation = heard.context.situation
    if situation in _ASKED and not word.startswith(("unsub", "opt")):
        return Wish(Act.UNDO)
    if situation is Situation.RECORDED:
        return Wish(
            Act.UNDO
            if word in ("cancel", "revoke")
            else Act.UNCLEAR
            if word in ("end", "quit")
            else Act.STATUS
        )
    return Wish(Act.OUT, {OptOutKind.MARKETING_EMAIL: Sign.STOP} if "unsub" in word else {})


# --- situations


def _about_draft(heard: Heard) -> Act | None:
    """Return the act of a message that drops the draft, or only asks about it."""
    if heard.asks and phrases.undoes(heard.plain):
        return Act.ABOUT
    strong = any(has_strong_kind(part) and part.polarity < 0 for part in heard.parts if part.firm)
    if phrases.undoes(heard.plain) and not strong and not heard.used and not heard.returns:
        return Act.UNDO
    if (
        heard.parts
        and all(part.has(Role.NOTHING) or not part.has_predicate for part in heard.parts)
        and heard.plain.startswith("nothing")
        and not any(part.has(Role.EXCEPT, Role.GO, Role.KEEP) for part in heard.parts)
    ):
        return Act.UNDO
    if heard.asks and not heard.used and not heard.new_stops:
        return (
            Act.STATUS
            if phrases.STATUS.search(heard.plain)
            and re.search(r"\b(?:request|already|that one|last week|earlier)\b", heard.plain)
            and "how long" not in heard.plain
            else Act.ABOUT
        )
    return None


def _asked_kinds(heard: Heard) -> Act | None:
    if (act := _about_draft(heard)) is not None:
        return act
    if heard.returns and heard.keeps and not heard.stops:
        return Act.IN
    if heard.stops:
        return Act.OUT
    return Act.UNCLEAR if not heard.keeps else None


def _asked_email(heard: Heard) -> Act | None:
    if (act := _about_draft(heard)) is not None:
        return act
    if (
        heard.returns
        and heard.keeps - heard.context.kinds
        and not heard.new_stops
        and not heard.used
    ):
        return Act.IN
    if (
        heard.keeps
        and heard.context.kinds <= heard.keeps
        and not heard.new_stops
        and not heard.addresses
    ):
        return Act.UNDO
    if heard.new_stops or heard.keeps & heard.context.kinds or heard.addresses:
        return Act.OUT
    return None


def _asked_yes(heard: Heard) -> Act | None:
    plain, context = heard.plain, heard.context
    if phrases.UNSURE.search(plain) and not heard.used:
        return Act.UNCLEAR
    if heard.takes_out:
        heard.signs.update(dict.fromkeys(heard.stops, Sign.KEEP))
    kept = heard.keeps & context.kinds
    narrowed = heard.narrows and heard.stops and heard.stops != context.kinds
    excluded = any(heard.addresses.get(email) is False for email in context.emails)
    changes = bool(heard.new_stops or kept or heard.used or excluded or narrowed)
    changes = changes or bool(phrases.OTHER_ADDRESS.search(plain) and not heard.asks)
    if (act := _about_draft(heard)) is not None and not (act is not Act.UNDO and kept):
        return act
    if (
        context.kinds
        and context.kinds <= heard.keeps
        and not heard.new_stops
        and context.action is Action.OPT_OUT
    ):
        return Act.UNDO
    if heard.returns and heard.keeps - context.kinds and not heard.stops:
        return Act.IN
    if changes:
        return Act.OUT
    yes, no = phrases.says_yes(plain), phrases.says_no(plain)
    if yes and no:
        return Act.YES if phrases.YES_AFTER_ALL.search(plain) else Act.UNCLEAR
    if yes or no:
        return Act.YES if yes else Act.NO
    return None


def _recorded(heard: Heard) -> Act | None:
    plain, context = heard.plain, heard.context
    if phrases.undoes(plain) and heard.asks:
        return Act.ABOUT
    if phrases.UNDO_FIRST.search(plain) and not any(map(has_strong_kind, heard.parts)):
        return Act.UNDO  # "undo it, the whole thing"
    if phrases.undoes(plain) and not heard.used and not heard.new_stops and not heard.keeps:
        return Act.UNDO
    if phrases.OTHER_ADDRESS.search(plain) and not heard.asks:
        return Act.OUT
    if heard.returns and heard.keeps and not heard.stops:
        return Act.IN
    if heard.asks and not heard.new_stops:
        return Act.STATUS if phrases.STATUS.search(plain) and not heard.used else Act.ABOUT
    if heard.addresses and not any(heard.addresses.values()):
        return Act.NONE  # only addresses that are not meant
    if (
        heard.new_stops
        or heard.used
        or (phrases.SAME.search(plain) and not heard.asks and not heard.keeps)
    ):
        return Act.OUT
    if (
        heard.keeps & context.kinds
        and not heard.asks
        and (heard.returns or any(part.firm and part.polarity > 0 for part in heard.parts))
    ):
        return Act.IN
    if phrases.undoes(plain) or (heard.returns and not heard.keeps):
        return Act.UNDO
    if heard.returns and heard.keeps:
        return Act.IN
    if (
        phrases.STATUS.search(plain)
        and (
            heard.asks
            or "?" in plain
            or context.intent == "opt_out_status"
            or len(plain.split()) < 8
        )
        and not phrases.THANKS.search(plain)
    ):
        return Act.STATUS
    if heard.asks:
        return Act.ABOUT
    if (
        heard.stops
        and any(part.firm or part.has(Role.GRIPE) for part in heard.parts)
        and not phrases.THANKS.search(plain)
    ):
        return Act.STATUS  # it is to stop, and will
    return Act.NONE if not heard.keeps else Act.REFUSAL


_RULES = {
    Situation.ASKED_KINDS: (_asked_kinds,),
    Situation.ASKED_EMAIL: (_asked_email,),
    Situation.ASKED_YES: (_asked_yes,),
    Situation.RECORDED: (_recorded,),
}


def _act(heard: Heard) -> Act:
    """Return the act of a message that stands for itself."""
    plain, context = heard.plain, heard.context
    firm = [part for part in heard.parts if not part.asks and part.firm and part.polarity]
    if (
        context.intent == "out_of_scope"
        and context.confidence >= _SURE
        and not any(is_directed(part) or has_strong_kind(part) for part in firm)
    ):
        return Act.NONE
    # "Delete all the data you have on me" is no opt-out.
    if (
        context.intent in ("access_or_delete", "forget")
        and context.confidence >= _LIKELY
        and not any(is_directed(part) or has_strong_kind(part) for part in firm)
    ):
        return Act.NONE
    reports = any(part.has(Role.REPORT) for part in heard.parts)
    if context.topic and phrases.STOP_IT.search(plain):
        heard.signs.update(dict.fromkeys(context.topic, Sign.STOP))
        return Act.OUT
    if heard.asks and not heard.returns:
        about_request = (
            reports
            or any(part.has(Role.OPTOUT, Role.TAKEN_BACK) for part in heard.parts)
            or re.search(r"\b(?:request|subscribed|list|stopped|removed)\b", plain)
        )
        if phrases.STATUS.search(plain) and (about_request or context.intent == "opt_out_status"):
            return Act.STATUS
        told = any(part.has(Role.GRIPE) for part in heard.parts if not part.asks)
        if not (told and heard.stops):
            return Act.ABOUT
    if heard.returns and (heard.keeps or context.intent == "opt_in" or reports):
        return Act.IN
    if heard.stops and not (context.intent == "out_of_scope" and not firm):
        return Act.OUT
    if phrases.BY_MISTAKE.search(plain) and phrases.undoes(plain):
        return Act.IN
    if any(is_directed(part) for part in firm):
        return Act.OUT
    if any(part.has(Role.OPTOUT, Role.TAKEN_BACK) and part.polarity > 0 for part in firm):
        return Act.REFUSAL
    if (
        reports
        and any(phrases.TOLD.search(part.text) for part in heard.parts)
        and not phrases.STATUS.search(plain)
    ):
        return Act.OUT
    if heard.keeps and any(part.polarity > 0 for part in firm):
        return Act.REFUSAL
    if context.intent == "opt_out_status" and context.confidence >= _LIKELY:
        return Act.STATUS
    if context.intent in ("opt_out", "opt_in") and context.confidence >= _LIKELY:
        return Act.UNCLEAR
    return Act.NONE
