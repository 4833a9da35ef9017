"""Agreement of the two readings of a wish: what only one of them reads is asked about.

The reading by clauses (``reading``) knows constructions, and errs on unusual words. The classifier
knows words, and errs on constructions. Where both read the same, they are rarely wrong.
"""

from dataclasses import replace

from bot.optouts.model import EVERYTHING
from bot.optouts.wish.classifier import SecondReading
from bot.optouts.wish.model import Act, Context, Sign, Situation, Wish

# Probability from which the classifier contradicts a wish, from which a yes or an undoing that it
# does not read is asked about, and from which it decides where the clauses say nothing. Chosen on
# tests/optouts/wishes/c.jsonl and d.jsonl.
_CONTRADICTS = 0.9
_DOUBTS = 0.6
_DECIDES = 0.8
_OPEN = frozenset({Act.NONE, Act.ABOUT, Act.REFUSAL, Act.UNCLEAR})  # nothing is done
_TAKES_BACK = frozenset({Act.UNDO, Act.NO})


def agreed(first: Wish, second: SecondReading, context: Context) -> Wish:
    """Return the wish that both readings support; UNCLEAR if they contradict each other."""
    if first.act in _OPEN:
        return _raised(first, second, context)
    if first.act is Act.STATUS:
        is_none = second.act is Act.NONE and second.act_probability >= _DECIDES
        return replace(first, act=Act.NONE, kinds={}) if is_none else first
    if not _contradicts(first, second, context):
        return _in_common(first, second, context)
    return replace(first, act=Act.UNCLEAR, kinds={}, only=False)


def _raised(first: Wish, second: SecondReading, context: Context) -> Wish:
    """Return what the classifier is sure of where the clauses say nothing."""
    asked = context.situation is Situation.ASKED_YES
    answers = second.act in (Act.YES, Act.NO) and asked and not first.addresses
    tells = second.act is Act.STATUS and context.situation is Situation.RECORDED
    if (answers or tells) and second.act_probability >= _DECIDES:
        return replace(first, act=second.act, kinds={})
    if first.act in (Act.ABOUT, Act.REFUSAL) or second.sureness < _DECIDES:
        return first
    if second.act in (Act.OUT, Act.IN) and _wanted(second, context):
        return replace(first, act=second.act, kinds=second.kinds, only=False)
    return first


def _in_common(first: Wish, second: SecondReading, context: Context) -> Wish:
    """Return a wish without the kinds that the classifier does not read: never more than asked."""
    both_out = first.act is Act.OUT and second.act is Act.OUT
    if not both_out or second.act_probability < _DECIDES:
        return first
    common = first.stops & second.stops
    means_all = first.stops == EVERYTHING and len(second.stops) > 1
    if not common or common == first.stops or means_all or second.sureness < _DOUBTS:
        return first
    left = {k: s for k, s in first.kinds.items() if s is not Sign.STOP or k in common}
    return replace(first, kinds=left)


def _wanted(second: SecondReading, context: Context) -> bool:
    sign = Sign.STOP if second.act is Act.OUT else Sign.KEEP
    known = context.kinds if context.situation is not Situation.ASKED_KINDS else frozenset()
    return any(value is sign and kind not in known for kind, value in second.kinds.items())


def _contradicts(first: Wish, second: SecondReading, context: Context) -> bool:
    """Return whether the classifier reads what would do something else, or nothing."""
    asked = context.situation in (Situation.ASKED_YES, Situation.ASKED_EMAIL)
    if first.act is Act.OUT and asked:
        return False  # what changes the draft is shown again before it is recorded
    if first.act is Act.YES:
        return second.act is not Act.YES and second.act_probability >= _DOUBTS
    if first.act in _TAKES_BACK:
        back = second.act in (*_TAKES_BACK, Act.IN)
        return not back and second.act_probability >= _DECIDES
    if second.act is Act.UNCLEAR:
        return second.act_probability >= _DOUBTS
    if first.act is Act.OUT and second.act in (Act.OUT, Act.YES):
        return bool(second.keeps & first.stops) and second.sureness >= _CONTRADICTS
    if first.act is Act.OUT and any(first.addresses.values()) and not first.stops:
        return False  # an address that answers the form is no wish of its own
    if first.act is Act.IN and second.act in (Act.IN, Act.UNDO):
        return False
    return second.sureness >= (_CONTRADICTS if first.firm else _DOUBTS)
