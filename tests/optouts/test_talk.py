"""Tests of the talk about opt-outs: its slots, and what the next wish means in it."""

from bot.optouts.form import Ask, Draft
from bot.optouts.model import Action, OptOutKind
from bot.optouts.talk import Noted, Talk, begins_from, references_sentence
from bot.optouts.wish.model import Act, Sign, Situation, Wish

E, P = OptOutKind.MARKETING_EMAIL, OptOutKind.PHONE_MAIL_MARKETING
NOTED = Noted(Action.OPT_OUT, frozenset({E}), {"K7M4-QXT9-RWDF": "[email-1]"})
TALK = Talk(noted=(NOTED,))


def test_a_talk_survives_its_slots() -> None:
    """What is written into the slots is read from them again."""
    draft = Draft(Action.OPT_OUT, frozenset({E, P}), ("[email-1]", "[email-2]"), replaces=("R",))
    talk = Talk(draft, Ask.AGREED, detours=1, noted=(NOTED,))
    assert Talk.of({**talk.as_slots(), "requested_slot": Ask.AGREED}, in_form=True) == talk


def test_a_record_is_the_context_of_what_follows() -> None:
    """After a record, a message is read as about it, also after it was taken back."""
    assert TALK.context().situation is Situation.RECORDED
    taken = Talk(noted=(Noted(Action.OPT_OUT, frozenset(), NOTED.references),))
    assert taken.context().situation is Situation.RECORDED


def test_another_kind_is_for_the_same_address() -> None:
    """ "Also the calls" needs no address again."""
    wish = Wish(Act.OUT, {P: Sign.STOP}, after=frozenset({E, P}))
    draft = begins_from(TALK, wish, Draft(Action.OPT_OUT, frozenset({P})))
    assert (draft.kinds, draft.emails) == ({P}, ("[email-1]",))


def test_the_same_for_another_asks_for_the_address() -> None:
    """ "Same for my wife" has the kinds, and needs an address."""
    draft = begins_from(TALK, Wish(Act.OUT, same=True), Draft(Action.OPT_OUT))
    assert (draft.kinds, draft.next_question()) == ({E}, Ask.EMAIL)


def test_a_wrong_address_is_replaced() -> None:
    """The record for the wrong address is taken back when the right one is recorded."""
    wish = Wish(Act.OUT, addresses={"[email-2]": True}, corrects_address=True)
    draft = begins_from(TALK, wish, Draft(Action.OPT_OUT, emails=("[email-2]",)))
    assert (draft.emails, draft.replaces) == (("[email-2]",), ("K7M4-QXT9-RWDF",))


def test_only_what_is_named_is_taken_back() -> None:
    """ "Undo the calls" leaves the mail, and "undo it for A" leaves B."""
    both = Noted(Action.OPT_OUT, frozenset({E, P}), {"R1": "[email-1]", "R2": "[email-2]"})
    talk = Talk(noted=(both,))
    (calls,) = talk.meant(frozenset({P}), frozenset({"[email-1]"}), everything=False)
    after = talk.without([calls])
    assert (calls.kinds, dict(calls.references)) == ({P}, {"R1": "[email-1]"})
    assert after.stopped(("[email-1]",)) == {E}
    assert after.stopped(("[email-2]",)) == {E, P}
    assert set(after.references) == {"R1", "R2"}


def test_everything_of_the_talk_can_be_taken_back() -> None:
    """ "Undo everything" means all records of the talk, "undo" only the last."""
    first = Noted(Action.OPT_OUT, frozenset({E}), {"R1": "[email-1]"})
    last = Noted(Action.OPT_OUT, frozenset({P}), {"R2": "[email-1]"})
    talk = Talk(noted=(last, first))
    assert talk.meant(frozenset(), frozenset(), everything=True) == [last, first]
    assert talk.meant(frozenset(), frozenset(), everything=False) == [last]


def test_the_references_are_shown_before_they_go() -> None:
    """The sentence names every reference; without one there is none."""
    assert "K7M4-QXT9-RWDF" in references_sentence(TALK)
    assert references_sentence(Talk()) == ""
