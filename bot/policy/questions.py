"""Analysis of one question from its words: its form, its kinds of data, its days and times."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import time
from functools import cached_property
from typing import Any

from bot.policy.hours import DAYS
from bot.policy.kinds import DataKind, load_data_kinds

_AUXILIARY = (
    r"(?:do|does|did|is|are|am|was|were|can|could|will|would|have|has|had|should|must|may|might|r|"
    r"don'?t|doesn'?t|didn'?t|isn'?t|aren'?t|won'?t|can'?t|couldn'?t|wouldn'?t|haven'?t|hasn'?t|shouldn'?t)"
)
_QUESTION_WORD = re.compile(
    r"\b(?:what|whats|who|whom|whose|where|when|why|how|which|wat|wut)\b", re.IGNORECASE
)
_FILLER = re.compile(
    r"^(?:\W*(?:hi|hey|hello|so|and|but|also|ok|okay|well|um|uh|just|please|pls|wait|yo|oh|then|curious|quick question|question"
    r"|really|honestly|tell me|let me know|i (?:just )?(?:want|need|would like|wanna) to know|i'?m wondering|i was wondering"
    r"|wondering)\b[\s,:.…-]*)+",
    re.IGNORECASE,
)
_INDIRECT = re.compile(
    r"^(?:can|could|would|will|do) (?:you|u|ya) (?:please |pls )?(?:tell|explain|say|know|show|clarify|confirm)\b",
    re.IGNORECASE,
)
_WHETHER = re.compile(r"\b(?:if|whether)\b", re.IGNORECASE)
_STARTS_YES_NO = re.compile(rf"^{_AUXILIARY}\b", re.IGNORECASE)
_SUBJECT_FIRST = re.compile(
    r"^(?:you guys|you|u|ya|yall|y'all|(?:the|this) store)\b", re.IGNORECASE
)
_COMMAND = re.compile(
    r"^(?:do not|don'?t|dont)\s+(?!you|u|they|we|i|it|your|the)\w+", re.IGNORECASE
)
_TAG = re.compile(
    r"(?:\b(?:right|correct|true|yes|yeah|no)|,?\s*(?:do|don'?t|is|isn'?t|are|aren'?t) (?:you|u|it|they))\s*\?*\s*$",
    re.IGNORECASE,
)
_NEGATIVE_START = re.compile(
    r"^(?:don'?t|doesn'?t|didn'?t|isn'?t|aren'?t|won'?t|can'?t|wouldn'?t|haven'?t|hasn'?t)\b",
    re.IGNORECASE,
)
_NEGATION = re.compile(
    r"n't\b|\b(?:not|never|dont|doesnt|wont|cant|isnt|arent|no one|nobody|none|no longer)\b",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"\b(\d{1,2})(?::(\d\d))?\s*(?:o'?clock\s*)?(?:([ap])\.?m\b|(?:in the|at)\s+(morning|afternoon|evening|night)\b)"
    r"|\b(noon|midnight)\b",
    re.IGNORECASE,
)
_TIME_24 = re.compile(r"\b(1[3-9]|2[0-3]):([0-5]\d)\b")
_VAGUE_TIME = re.compile(
    r"\b(?:at|until|til|till|by|after|before|past|around)\s+\d{1,2}(?::\d\d)?\b", re.IGNORECASE
)
_FORBIDS = re.compile(
    r"\b(?:don'?t|do not|never|not to|didn'?t|did not|won'?t|will not|wouldn'?t|not|no need to)\s+(?:(?:want|need|ask|asked|you|u|to|ever|just|please|like)\s+){0,5}"
    r"(?:delete|deleting|erase|erasing|forget|wipe|wiping|clear|clearing|remove|removing|lose|trash|destroy|purge|scrub)\b",
    re.IGNORECASE,
)
_ASKS_OR_TELLS = re.compile(
    r"(?:what|whats|when|how|why|where|who|which|if|is|are|am|was|were|do(?! not\b)|does|did|has|have|had|should|shall|may|might(?! i ask)|can i|could i|can it|could it|"
    r"will (?!(?:you|u|ya)\b)|would (?!(?:you|u|ya|it be possible|it be ok)\b)|you (?:have )?(?:already )?(?:deleted|erased|wiped|forgot|cleared|removed)|"
    r"(?:i|we|they|he|she|it)(?:'ll|'ve)?\s+(?:will|deleted|erased|wiped|forgot|cleared|removed|have|had)\b)(?![\w'])",
    re.IGNORECASE,
)
_ORDER_AFTER_ALL = re.compile(
    r"^(?:do me a favou?r|have (?:it|this|that|the)|why (?:don'?t|not)|what are you waiting|how about you)\b|\b(?:so|and|then|now|just|please|pls|plz)[\s,]+"
    r"(?:delete|erase|forget|wipe|clear|remove|trash|destroy|purge|scrub)\b",
    re.IGNORECASE,
)
# "Clear the messages" may mean those of an account, "forget everything" the account itself.
_THIS_CHAT = re.compile(
    r"\b(?:chats?|chatting|chatted|convo|conversation|session|transcript|talk|thread|dialog(?:ue)?|exchange|"
    r"correspondence|discussion|scrollback|window|box|here|above|(?:(?:this|these|our|r|last|previous) messages?)|"
    r"(?:your|ur) memory)\b"
    r"|\b(?:told|telling|sent) you\b|\b(?:i|we)(?:'ve|'d| have| had)?\s+(?:\w+\s+){0,3}?(?:typed?|wrote|writ(?:e|ten)|said|say|told|tell|"
    r"entered|gave|given|sent|shared?|confided|discuss(?:ed)?|talked|pasted|asked|overshared)\b",
    re.IGNORECASE,
)
_THE_STORE = re.compile(r"\b(?:the|this|your|a|ur) store(?:'s)?\b")
_PAST = re.compile(
    r"(?:did|were|was|had)\b|(?:have|has)\s+(?:you|u|the|this|they|any|it|my|our)\b(?!\s+got\b).*"
    r"\b(?:ever|been|before|sold|shared|given|leaked|lost)\b",
    re.IGNORECASE,
)
# Nothing but who: "who?", "and which company?".
JUST_WHO = re.compile(
    r"^\W*(?:(?:and|so|but|ok|by|to|with)\W+)*(?:who|whom|which (?:one|company|companies|firm)s?)"
    r"(?:\s+(?:is it|are they|exactly|does it|else))?\W*$",
    re.IGNORECASE,
)
_DAY_ASPECTS = {day.lower(): index for index, day in enumerate(DAYS)}


@dataclass(frozen=True)
class Question:
    """One question of a shopper, with the kinds of data and the aspects in its text."""

    text: str
    kinds: tuple[str, ...] = ()
    aspects: frozenset[str] = frozenset()
    language: str = ""  # code of the language, if it is not English

    @classmethod
    def of(cls, text: str, entities: Iterable[Mapping[str, Any]]) -> "Question":
        """Build a question from its text and its Rasa entities."""
        found = [(entity["entity"], entity["value"]) for entity in entities]
        kinds = dict.fromkeys(
            value for entity, value in found if entity == "data_kind" and value in load_data_kinds()
        )
        aspects = frozenset(value for entity, value in found if entity == "aspect")
        language = next((value for entity, value in found if entity == "language"), "")
        return cls(text, tuple(kinds), aspects, language)

    @cached_property
    def words(self) -> frozenset[str]:
        """Return the words of the question in lower case, without the name of the store."""
        return frozenset(re.findall(r"[a-z']+", _THE_STORE.sub(" ", self.text.lower())))

    @cached_property
    def is_about_the_past(self) -> bool:
        """Return whether it asks what has been: "did you ever sell it?"."""
        return bool(_PAST.match(self._core))

    @cached_property
    def _core(self) -> str:
        last = [part for part in re.split(r"(?<=[.!?])\s+", self.text.strip()) if part][-1:]
        return _FILLER.sub("", last[0]) if last else ""

    @cached_property
    def is_order(self) -> bool:
        """Return whether the shopper orders a deletion now, in contrast to asking about one.

        Forbidding it and reporting it are no orders either. A choice (a button) is an order.
        """
        if _FORBIDS.search(self.text):
            return False
        core = _FILLER.sub("", self.text.strip())
        asks_at_the_end = "?" in self.text and _ASKS_OR_TELLS.match(self._core)
        if asks_at_the_end and not _ORDER_AFTER_ALL.search(core):
            return False
        return bool(_ORDER_AFTER_ALL.search(core)) or not _ASKS_OR_TELLS.match(core)

    @cached_property
    def names_this_chat(self) -> bool:
        """Return whether the text names this conversation; a choice has no text and means it."""
        return not self.text or bool(_THIS_CHAT.search(self.text))

    @cached_property
    def is_just_who(self) -> bool:
        """Return whether it asks nothing but who: "who?", "and which company?"."""
        return bool(JUST_WHO.match(self.text))

    @cached_property
    def yes_or_no(self) -> bool:
        """Return whether the question can be answered by yes or no."""
        core = self._core
        if _COMMAND.match(core):
            return False
        if _INDIRECT.match(core):
            return bool(_WHETHER.search(core)) and not _QUESTION_WORD.search(core)
        if _TAG.search(core):
            return True
        if _QUESTION_WORD.search(core.split(",")[0]) and not _STARTS_YES_NO.match(core):
            return False
        return bool(
            _STARTS_YES_NO.match(core) or _WHETHER.match(core) or _SUBJECT_FIRST.match(core)
        )

    @cached_property
    def negated(self) -> bool:
        """Return whether the question supposes that something is *not* so.

        "You don't sell it, right?" does; "Don't you sell it?" does not.
        """
        core = self._core
        if _NEGATIVE_START.match(core):
            core = _NEGATIVE_START.sub("", core)
        return bool(_NEGATION.search(_TAG.sub("", core)))

    def listed_kinds(self) -> list[DataKind]:
        """Return the kinds of data in the question that the policy lists."""
        return [load_data_kinds()[kind] for kind in self.kinds if load_data_kinds()[kind].listed]

    def unlisted_kinds(self) -> list[DataKind]:
        """Return the kinds of data in the question that the policy does not list."""
        return [
            load_data_kinds()[kind] for kind in self.kinds if not load_data_kinds()[kind].listed
        ]

    def weekdays(self, tomorrow: int) -> tuple[int, ...]:
        """Return the weekdays in the question (0 is Monday); ``tomorrow`` is tomorrow's weekday."""
        days = {_DAY_ASPECTS[aspect] for aspect in self.aspects if aspect in _DAY_ASPECTS}
        if "weekend" in self.aspects:
            days |= {5, 6}
        if "tomorrow" in self.aspects:
            days.add(tomorrow)
        return tuple(sorted(days))

    @cached_property
    def time_of_day(self) -> time | None:
        """Return the time of day in the question; None unless AM, PM or a part of the day is clear."""
        found = _TIME.search(self.text)
        if found is None:
            of_24 = _TIME_24.search(self.text)
            return time(int(of_24[1]), int(of_24[2])) if of_24 else None
        if found[5]:
            return time(12 if found[5].lower() == "noon" else 0)
        hour, minute = int(found[1]), int(found[2] or 0)
        if not 1 <= hour <= 12 or minute > 59:
            return None
        return time(hour % 12 + (12 if _after_noon(hour, found[3], found[4]) else 0), minute)

    @cached_property
    def vague_time(self) -> bool:
        """Return whether the question names a time without the half of the day: "at 9"."""
        return self.time_of_day is None and bool(_VAGUE_TIME.search(self.text))


def _after_noon(hour: int, half: str | None, part_of_day: str | None) -> bool:
    if half:
        return half.lower() == "p"
    if part_of_day and part_of_day.lower() == "night":
        return 6 <= hour < 12  # 12 and 1 at night are after midnight
    return (part_of_day or "").lower() != "morning"
