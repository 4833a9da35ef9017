"""Tests of the opt-out form: its questions, and the effect of messages on the draft."""

from bot.optouts.form import Ask, Draft, FormInput, advance, begin
from bot.optouts.model import EVERYTHING, Action, OptOutKind

VALUES = {"[email-1]": "jo@example.com", "[email-2]": "al@example.com", "[email-3]": "jo@nowhere"}
MAIL, ADS = OptOutKind.MARKETING_EMAIL, OptOutKind.TARGETED_ADVERTISING


def start(text: str, *emails: str) -> Draft:
    """Return a new draft from a message."""
    return begin(Action.OPT_OUT, FormInput(text, emails), VALUES.get)


def then(draft: Draft, text: str = "", *emails: str, **chosen: object) -> Draft:
    """Return the draft after another message."""
    return advance(draft, FormInput(text, emails, **chosen), VALUES.get)  # type: ignore[arg-type]


def test_only_missing_values_are_asked() -> None:
    """The form asks for the kind, the address and one yes, but not for values that it has."""
    assert start("opt me out").next_question() is Ask.KINDS
    assert start("stop the mails").next_question() is Ask.EMAIL
    assert start("unsubscribe", "[email-1]").next_question() is Ask.AGREED
    assert then(start("unsubscribe", "[email-1]"), "yes").next_question() is None


def test_ads_need_no_address() -> None:
    """An opt-out of ads alone can be recorded without an address; one with other kinds cannot."""
    assert start("no ads").next_question() is Ask.AGREED
    assert start("no ads and no mails").next_question() is Ask.EMAIL
    assert then(start("no ads"), "for", "[email-1]").email == "[email-1]"


def test_of_two_addresses_the_first_counts() -> None:
    """Of several addresses the first counts; after a correction the last one counts."""
    both = FormInput("unsubscribe and", ("[email-1]", "[email-2]"))
    assert (both.email, both.several_emails) == ("[email-1]", True)
    corrected = FormInput("not but", ("[email-1]", "[email-2]"))
    assert (corrected.email, corrected.several_emails) == ("[email-2]", False)


def test_a_shopper_without_an_address_is_shown_another_way() -> None:
    """After "no email" the form gives up, and does not ask for the address again."""
    assert then(start("stop the calls"), "I don't have an email").gives_up
    assert then(start("stop the calls"), "no email").gives_up
    assert not then(start("stop the calls"), "no more emails either").gives_up


def test_a_yes_counts_only_when_it_is_asked_for() -> None:
    """A yes before the request was shown agrees to nothing."""
    assert then(start("opt me out"), "yes").next_question() is Ask.KINDS
    draft = then(start("stop the mails"), "yes it is", "[email-1]")
    assert draft.next_question() is Ask.AGREED


def test_corrections_change_the_draft() -> None:
    """Another address, fewer kinds or more kinds change the draft, and it is shown again."""
    draft = then(start("unsubscribe", "[email-1]"), "wait, it's", "[email-2]")
    assert (draft.email, draft.next_question()) == ("[email-2]", Ask.AGREED)
    both = start("no mails and no ads", "[email-1]")
    assert then(both, "only the ads").kinds == {ADS}
    assert then(start("no mails", "[email-1]"), "and no ads").kinds == {MAIL, ADS}
    assert then(start("no mails", "[email-1]"), "everything").kinds == EVERYTHING


def test_a_change_with_a_yes_is_shown_first() -> None:
    """After a yes with a change, the changed draft is shown before it is recorded."""
    draft = then(start("no mails and no ads", "[email-1]"), "yes but only the ads")
    assert (draft.kinds, draft.next_question()) == ({ADS}, Ask.AGREED)


def test_words_around_a_yes_add_nothing() -> None:
    """A courtesy with "everything" or "sharing" does not add these kinds to the request."""
    for text in ("yes, that's all", "yes everything is correct"):
        draft = then(start("no mails", "[email-1]"), text)
        assert (draft.kinds, draft.next_question()) == ({MAIL}, None)
    assert not then(start("no mails", "[email-1]"), "yes thanks for sharing").agreed


def test_a_bad_address_for_ads_counts() -> None:
    """A bad address counts even if the request needs none: the shopper meant to give one."""
    assert then(start("no ads"), "foo@@bar").bad_addresses == 1


def test_buttons_change_the_draft() -> None:
    """Buttons choose kinds, ask for another address, or record an address that was offered."""
    assert then(start("opt me out"), chosen_kinds=EVERYTHING).kinds == EVERYTHING
    assert (
        then(start("unsubscribe", "[email-1]"), wants_other_address=True).next_question()
        is Ask.EMAIL
    )
    offered = then(start("unsubscribe", "[email-1]"), chosen_email="[email-2]", agrees=True)
    assert (offered.email, offered.next_question()) == ("[email-2]", None)


def test_the_form_gives_up_after_two_bad_addresses() -> None:
    """After the second bad address the form gives up, without an address."""
    once = then(start("stop the mails"), "my address is jo at home")
    assert (once.bad_addresses, once.next_question()) == (1, Ask.EMAIL)
    twice = then(once, "it is", "[email-3]")
    assert twice.gives_up
    assert twice.next_question() is None


def test_excluded_kinds_are_removed() -> None:
    """After "yes but not sharing", the draft is shown again without sharing."""
    draft = then(start("everything", "[email-1]"), "yes but not sharing")
    assert (draft.kinds, draft.next_question()) == (EVERYTHING - {OptOutKind.SHARING}, Ask.AGREED)


def test_more_kinds_are_not_a_bad_address() -> None:
    """A kind that is named in answer to the question for the address is added to the draft."""
    draft = then(start("stop the mails"), "and the ads too")
    assert (draft.kinds, draft.bad_addresses, draft.next_question()) == ({MAIL, ADS}, 0, Ask.EMAIL)
