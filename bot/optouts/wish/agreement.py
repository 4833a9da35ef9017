"""Agreement of the two readings of a wish: where they part and neither is sure, the bot asks.

The reading by clauses (``reading``) knows constructions, and errs on unusual words. The classifier
has read more words, and is right more often. They agree if they lead to the same act and to the
same kinds afterwards; then they are rarely wrong.
"""

from collections.abc import Sequence
from dataclasses import replace

from bot.optouts.model import Action, OptOutKind
from bot.optouts.wish.classifier import AddressReading, SecondReading
from bot.optouts.wish.model import Act, Context, Situation, Wish

# Probabilities from which the classifier needs no second voice: about what is wanted, and about a
# change of what is recorded. Chosen on 1,350 messages of authors whom it had not seen
# (docs/understanding.md): lower, and more is wrong; higher, and more is asked.
_SURE, _SURE_OF_RECORD = 0.75, 0.9
_LESS = 0.5  # for fewer kinds, which harms nobody who can still say more
_HEARD = 0.7  # the same for what it says of a single address
_CHANGES = frozenset({Act.OUT, Act.IN})
_NOTHING = frozenset({Act.NONE, Act.ABOUT, Act.REFUSAL})
_DOES_NOTHING = _NOTHING | {Act.STATUS, Act.UNCLEAR}
_ANSWERS = frozenset({Act.YES, Act.NO})


def agreed(first: Wish, second: SecondReading, context: Context) -> Wish:
    """Return the wish that both readings support, or that one is sure of; else UNCLEAR."""
    if context.action is Action.OPT_IN:  # the classifier knows only requests that stop something
        return first
    wish = _agreed(first, second, context)
    return _with_addresses(wish, second, context) if wish.act is not Act.UNCLEAR else wish


def _agreed(first: Wish, second: SecondReading, context: Context) -> Wish:
    if _outcome(first.act, first.after, context) == _outcome(second.act, second.after, context):
        return first
    if second.act in _ANSWERS and context.situation is not Situation.ASKED_YES:
        return first
    if first.act in _CHANGES and second.act in _CHANGES:
        return _of_two_changes(first, second, context)
    if _contradict(first, second) or (second.act is Act.OUT and not second.after):
        return _unclear(first, context)
    nothing = first.act in _DOES_NOTHING and second.act in _DOES_NOTHING
    if nothing or second.sureness >= _SURE:
        return _adopted(first, second)
    return _unclear(first, context)


def _contradict(first: Wish, second: SecondReading) -> bool:
    """Return whether one reading stops something, and the other wants it to go on."""
    goes_on = {Act.REFUSAL, Act.IN, Act.UNDO}
    keeps = first.act in goes_on or (first.act is not Act.OUT and bool(first.keeps))
    return (keeps and second.act is Act.OUT) or (first.act is Act.OUT and second.act in goes_on)


def _of_two_changes(first: Wish, second: SecondReading, context: Context) -> Wish:
    """Return the reading that stops less, if one does; what is recorded needs a sure one."""
    if context.situation is Situation.RECORDED:
        sure = second.sureness >= _SURE_OF_RECORD
        return _adopted(first, second) if sure else _unclear(first, context)
    if first.after and first.after < second.after:
        return first
    if not second.after:
        return first if first.keeps else _unclear(first, context)
    less = second.after < first.after and second.sureness >= _LESS
    return _adopted(first, second) if less else _unclear(first, context)


def _adopted(first: Wish, second: SecondReading) -> Wish:
    return replace(first, act=second.act, kinds=second.kinds, after=second.after, only=False)


def _unclear(first: Wish, context: Context) -> Wish:
    return replace(first, act=Act.UNCLEAR, kinds={}, own={}, after=context.kinds, only=False)


def _outcome(act: Act, after: frozenset[OptOutKind], context: Context) -> tuple[Act, object]:
    """Return what an act leads to; an undoing is a change that leaves less."""
    unchanged = context.situation is Situation.ASKED_YES and after == context.kinds
    if (act in _CHANGES and not unchanged) or act is Act.UNDO:
        return Act.OUT, after
    return (Act.NONE if act in _NOTHING | _CHANGES else act), None


def _with_addresses(wish: Wish, second: SecondReading, context: Context) -> Wish:
    """Return a wish with the addresses that the classifier is sure of."""
    sure = {
        email: read.meant
        for email, read in second.addresses.items()
        if read.meant is not None and _is_sure(read)
    }
    if wish.act in (Act.UNDO, Act.IN) and context.situation is Situation.RECORDED:
        # What is taken back is meant; where nothing is typed, it is what shall not count any more.
        back = {email: True for email in context.emails if sure.get(email) is False}
        return replace(wish, own={}, addresses=wish.addresses or back)
    typed = {email: sure.get(email, meant) for email, meant in wish.addresses.items()}
    if len(typed) > 1 and not all(email in sure for email in typed):
        typed = {}  # which of them is meant, is asked
    of_draft = {email: sure[email] for email in context.emails if email in sure}
    # What stays as it was is not named.
    pointed = {email: meant for email, meant in of_draft.items() if not meant}
    others = [email for email, meant in typed.items() if meant and email not in context.emails]
    own = _own_kinds(wish, second, context, others)
    if any(not kinds for kinds in own.values()):
        return _unclear(wish, context)  # "no mails for A, no calls for B", but which for which?
    return replace(
        wish,
        own=own,
        addresses={**pointed, **typed},
        adds_address=wish.adds_address or bool(others and any(of_draft.values())),
        corrects_address=wish.corrects_address or bool(others and pointed),
    )


def _own_kinds(
    wish: Wish, second: SecondReading, context: Context, others: Sequence[str]
) -> dict[str, frozenset[OptOutKind]]:
    """Return the kinds of new addresses if they differ; none for one if it is not sure which."""
    if wish.act is not Act.OUT or any(email not in second.addresses for email in others):
        return {}
    if set(wish.own) == set(others) and frozenset().union(*wish.own.values()) == wish.after:
        return {email: kinds & second.addresses[email].kinds for email, kinds in wish.own.items()}
    read = {email: second.addresses[email] for email in others}
    differ = len({one.kinds for one in read.values()}) > 1
    beside = context.situation is Situation.RECORDED and any(
        one.kinds != wish.after for one in read.values()
    )
    if not differ and not beside:
        return {}
    return {
        email: one.kinds if one.kinds_probability >= _HEARD else frozenset()
        for email, one in read.items()
    }


def _is_sure(read: AddressReading) -> bool:
    return read.probability >= _HEARD
