"""Agreement of the two readings of a wish: where they part and neither is sure, the bot asks.

The reading by clauses (``reading``) knows constructions, and errs on unusual words. The classifier
knows words, and errs on rare constructions. They agree if they lead to the same act and to the same
kinds afterwards; then they are rarely wrong.
"""

from dataclasses import replace

from bot.optouts.model import Action, OptOutKind
from bot.optouts.wish.classifier import AddressReading, SecondReading
from bot.optouts.wish.model import Act, Context, Situation, Wish

# Probability from which the classifier is heard at all, and from which it raises a wish by itself
# outside a form. Chosen on tests/optouts/wishes, and on parts of its training data that were kept
# apart (docs/understanding.md).
_HEARD = 0.7
_RAISES = 0.85
_CHANGES = frozenset({Act.OUT, Act.IN})
_TAKES_BACK = frozenset({Act.IN, Act.UNDO})
_NOTHING = frozenset({Act.NONE, Act.ABOUT, Act.REFUSAL})
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
    in_form = context.situation not in (Situation.NONE, Situation.RECORDED)
    if second.act in _ANSWERS and context.situation is not Situation.ASKED_YES:
        return first
    if first.act in _TAKES_BACK and second.act in _TAKES_BACK and not in_form:
        return first if second.after < first.after else _unclear(first, context)
    if first.act in _CHANGES and second.act in _CHANGES:
        return _smaller(first, second, context)
    does_nothing = _NOTHING | {Act.STATUS, Act.UNCLEAR}
    if first.act in does_nothing and second.act in does_nothing:
        return first if second.sureness < _HEARD else replace(first, act=second.act, kinds={})
    if second.sureness < _HEARD:
        doubts = in_form and first.act in does_nothing | {Act.YES}  # a yes needs both readings
        return _unclear(first, context) if doubts else first
    if in_form or (second.sureness >= _RAISES and first.act in does_nothing):
        return _adopted(first, second)
    return _unclear(first, context)


def _smaller(first: Wish, second: SecondReading, context: Context) -> Wish:
    """Return the reading that stops less; that of the clauses if the classifier is unsure."""
    if first.after < second.after or second.sureness < _HEARD:
        return first
    if second.after < first.after:
        return _adopted(first, second)
    return _unclear(first, context)


def _adopted(first: Wish, second: SecondReading) -> Wish:
    return replace(first, act=second.act, kinds=second.kinds, after=second.after, only=False)


def _unclear(first: Wish, context: Context) -> Wish:
    return replace(first, act=Act.UNCLEAR, kinds={}, after=context.kinds, only=False)


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
        return replace(wish, addresses=wish.addresses or back)
    typed = {email: sure.get(email, meant) for email, meant in wish.addresses.items()}
    of_draft = {email: sure[email] for email in context.emails if email in sure}
    # What stays as it was is not named.
    pointed = {email: meant for email, meant in of_draft.items() if not meant}
    others = [email for email, meant in typed.items() if meant and email not in context.emails]
    own = [second.addresses[email].kinds for email in others if email in second.addresses]
    if wish.act is Act.OUT and len(others) > 1 and len(own) == len(others) and len(set(own)) > 1:
        return _unclear(wish, context)  # "no mails for A, no calls for B": one after the other
    return replace(
        wish,
        addresses={**pointed, **typed},
        adds_address=wish.adds_address or bool(others and any(of_draft.values())),
        corrects_address=wish.corrects_address or bool(others and pointed),
    )


def _is_sure(read: AddressReading) -> bool:
    return read.probability >= _HEARD
