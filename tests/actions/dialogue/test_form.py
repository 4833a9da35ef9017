"""Tests of the form: what is asked, and what a message changes."""

from actions.dialogue.form import Ask, Draft, Said, advance, begin
from actions.ledger.model import EVERYTHING, Action, Kind

VALUES = {"[email-1]": "jo@example.com", "[email-2]": "al@example.com", "[email-3]": "jo@nowhere"}
MAIL, ADS = Kind.MARKETING_EMAIL, Kind.TARGETED_ADVERTISING


def start(text: str, *emails: str) -> Draft:
    """Begin with a message."""
    return begin(Action.OPT_OUT, Said(text, emails), VALUES.get)


def then(draft: Draft, text: str = "", *emails: str, **chosen: object) -> Draft:
    """Go on with another."""
    return advance(draft, Said(text, emails, **chosen), VALUES.get)  # type: ignore[arg-type]


def test_only_what_is_missing_is_asked() -> None:
    """The kind, then the address, then one yes; what was said already is not asked."""
    assert start("opt me out").asks() is Ask.KINDS
    assert start("stop the mails").asks() is Ask.EMAIL
    assert start("unsubscribe", "[email-1]").asks() is Ask.AGREED
    assert then(start("unsubscribe", "[email-1]"), "yes").asks() is None


def test_ads_need_no_address() -> None:
    """For ads the browser is enough; with anything else they are not alone."""
    assert start("no ads").asks() is Ask.AGREED
    assert start("no ads and no mails").asks() is Ask.EMAIL
    assert then(start("no ads"), "for", "[email-1]").email == "[email-1]"


def test_of_two_addresses_the_first_comes_first() -> None:
    """Two addresses are two requests, and that is said; where one takes the other back, it counts."""
    both = Said("unsubscribe and", ("[email-1]", "[email-2]"))
    assert (both.email, both.several_emails) == ("[email-1]", True)
    corrected = Said("not but", ("[email-1]", "[email-2]"))
    assert (corrected.email, corrected.several_emails) == ("[email-2]", False)


def test_who_has_no_address_is_shown_another_way() -> None:
    """Nobody is asked again for what they do not have."""
    assert then(start("stop the calls"), "I don't have an email").gives_up
    assert then(start("stop the calls"), "no email").gives_up
    assert not then(start("stop the calls"), "no more emails either").gives_up


def test_a_yes_counts_only_when_it_is_asked_for() -> None:
    """Nobody agrees to what was not shown."""
    assert then(start("opt me out"), "yes").asks() is Ask.KINDS
    draft = then(start("stop the mails"), "yes it is", "[email-1]")
    assert draft.asks() is Ask.AGREED


def test_corrections_are_taken() -> None:
    """Another address, fewer kinds, more kinds: the draft changes and is shown again."""
    draft = then(start("unsubscribe", "[email-1]"), "wait, it's", "[email-2]")
    assert (draft.email, draft.asks()) == ("[email-2]", Ask.AGREED)
    both = start("no mails and no ads", "[email-1]")
    assert then(both, "only the ads").kinds == {ADS}
    assert then(start("no mails", "[email-1]"), "and no ads").kinds == {MAIL, ADS}
    assert then(start("no mails", "[email-1]"), "everything").kinds == EVERYTHING


def test_a_change_with_a_yes_is_shown_first() -> None:
    """Yes, but only the ads: that is another request than the one that was shown."""
    draft = then(start("no mails and no ads", "[email-1]"), "yes but only the ads")
    assert (draft.kinds, draft.asks()) == ({ADS}, Ask.AGREED)


def test_words_around_a_yes_add_nothing() -> None:
    """Nothing is recorded that was not shown: neither by "everything" nor by "sharing" in a courtesy."""
    for text in ("yes, that's all", "yes everything is correct"):
        draft = then(start("no mails", "[email-1]"), text)
        assert (draft.kinds, draft.asks()) == ({MAIL}, None)
    assert not then(start("no mails", "[email-1]"), "yes thanks for sharing").agreed


def test_a_bad_address_for_ads_is_noticed() -> None:
    """Who types an address wants it recorded; the browser alone is not what they meant."""
    assert then(start("no ads"), "foo@@bar").bad_addresses == 1


def test_choices_do_what_they_say() -> None:
    """A kind, another address, an address that was offered, a yes."""
    assert then(start("opt me out"), chosen_kinds=EVERYTHING).kinds == EVERYTHING
    assert then(start("unsubscribe", "[email-1]"), wants_other_address=True).asks() is Ask.EMAIL
    offered = then(start("unsubscribe", "[email-1]"), chosen_email="[email-2]", agrees=True)
    assert (offered.email, offered.asks()) == ("[email-2]", None)


def test_two_bad_addresses_end_it() -> None:
    """After the second the form gives up, with no address."""
    once = then(start("stop the mails"), "my address is jo at home")
    assert (once.bad_addresses, once.asks()) == (1, Ask.EMAIL)
    twice = then(once, "it is", "[email-3]")
    assert twice.gives_up
    assert twice.asks() is None


def test_what_is_taken_out_is_out() -> None:
    """Yes, but not sharing: it is shown again without."""
    draft = then(start("everything", "[email-1]"), "yes but not sharing")
    assert (draft.kinds, draft.asks()) == (EVERYTHING - {Kind.SHARING}, Ask.AGREED)


def test_more_kinds_are_no_bad_address() -> None:
    """While the address is asked, something else can be added."""
    draft = then(start("stop the mails"), "and the ads too")
    assert (draft.kinds, draft.bad_addresses, draft.asks()) == ({MAIL, ADS}, 0, Ask.EMAIL)
