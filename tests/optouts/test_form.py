"""Tests of the opt-out form: its questions, and the effect of wishes on the draft."""

from dataclasses import replace

from bot.optouts.form import Ask, Draft, Pressed, advance, begin, press
from bot.optouts.model import EVERYTHING, Action, OptOutKind
from bot.optouts.wish.model import Act, Context, Sign, Situation, Wish, kinds_after

VALUES = {"[email-1]": "jo@example.com", "[email-2]": "al@example.com", "[email-3]": "jo@nowhere"}
MAIL, ADS = OptOutKind.MARKETING_EMAIL, OptOutKind.TARGETED_ADVERTISING
CALLS = OptOutKind.PHONE_MAIL_MARKETING


def wish(
    draft: Draft | None, *stops: OptOutKind, keep: OptOutKind | None = None, **more: object
) -> Wish:
    """Return a wish to stop some kinds, and perhaps to keep one, for a draft or without one."""
    kinds = dict.fromkeys(stops, Sign.STOP) | ({keep: Sign.KEEP} if keep else {})
    context = Context(
        Situation.ASKED_YES if draft else Situation.NONE,
        kinds=draft.kinds if draft else frozenset(),
    )
    said = Wish(Act.OUT, kinds, **more)  # type: ignore[arg-type]
    return replace(said, after=kinds_after(said, context))


def start(*stops: OptOutKind, **more: object) -> Draft:
    """Return a new draft from a wish."""
    return begin(Action.OPT_OUT, wish(None, *stops, **more), VALUES.get)


def then(draft: Draft, *stops: OptOutKind, **more: object) -> Draft:
    """Return the draft after another wish."""
    return advance(draft, wish(draft, *stops, **more), VALUES.get)


READY = start(MAIL, addresses={"[email-1]": True})
YES = Wish(Act.YES)


def test_only_missing_values_are_asked() -> None:
    """The form asks for the kind, the address and one yes, but not for values that it has."""
    assert start().next_question() is Ask.KINDS
    assert start(MAIL).next_question() is Ask.EMAIL
    assert READY.next_question() is Ask.AGREED
    assert advance(READY, YES, VALUES.get).next_question() is None


def test_ads_need_no_address() -> None:
    """An opt-out of ads alone can be recorded without an address; one with other kinds cannot."""
    assert start(ADS).next_question() is Ask.AGREED
    assert start(ADS, MAIL).next_question() is Ask.EMAIL
    assert then(start(ADS), addresses={"[email-1]": True}).emails == ("[email-1]",)


def test_whoever_names_only_an_address_means_the_mail_to_it() -> None:
    """ "Unsubscribe jo@example.com" names no kind, and is about the mail."""
    assert start(addresses={"[email-1]": True}).kinds == {MAIL}


def test_two_addresses_are_one_draft() -> None:
    """Both addresses of a wish are kept; one that is excluded is not."""
    assert start(MAIL, addresses={"[email-1]": True, "[email-2]": True}).emails == (
        "[email-1]",
        "[email-2]",
    )
    assert start(MAIL, addresses={"[email-1]": True, "[email-2]": False}).emails == ("[email-1]",)


def test_another_address_replaces_the_first_unless_it_is_added() -> None:
    """ "al@example.com" corrects the address, "and al@example.com too" adds one."""
    second = {"[email-2]": True}
    assert then(READY, addresses=second).emails == ("[email-2]",)
    assert then(READY, addresses=second, adds_address=True).emails == ("[email-1]", "[email-2]")


def test_an_excluded_address_is_asked_for_again() -> None:
    """Without the only address the form asks for one, also for kinds that need none."""
    draft = start(ADS, addresses={"[email-1]": True})
    assert then(draft, addresses={"[email-1]": False}).next_question() is Ask.EMAIL


def test_a_yes_counts_only_when_it_is_asked_for() -> None:
    """A yes before the request was shown agrees to nothing."""
    assert advance(start(), YES, VALUES.get).next_question() is Ask.KINDS


def test_a_change_is_shown_again() -> None:
    """Another kind changes the draft, which is then shown before it is recorded."""
    draft = then(READY, CALLS)
    assert (draft.kinds, draft.next_question()) == ({MAIL, CALLS}, Ask.AGREED)


def test_a_wish_can_narrow_the_draft() -> None:
    """ "Only the calls" replaces the kinds, "keep the mails" takes one out."""
    assert then(READY, CALLS, only=True).kinds == {CALLS}
    assert then(start(MAIL, CALLS), keep=MAIL).kinds == {CALLS}


def test_two_bad_addresses_are_enough() -> None:
    """After two addresses that are none, the form gives up and another way is offered."""
    draft = then(start(MAIL), addresses={"[email-3]": True})
    assert not draft.gives_up
    assert then(draft, addresses={"[email-3]": True}).gives_up


def test_a_failed_try_at_an_address_counts_as_a_bad_one() -> None:
    """Text that tries to be an address and is none counts like a bad address."""
    draft = advance(start(MAIL), Wish(), VALUES.get, tried_address=True)
    assert draft.bad_addresses == 1


def test_the_button_of_a_corrected_address_is_also_a_yes() -> None:
    """The button shows the address that it records, so no other yes is needed."""
    draft = press(READY, Pressed(email="[email-2]", agrees=True), VALUES.get)
    assert (draft.emails, draft.next_question()) == (("[email-2]",), None)


def test_the_button_for_another_address_asks_for_it() -> None:
    """The address is asked for again, and the kinds stay."""
    draft = press(READY, Pressed(other_address=True), VALUES.get)
    assert (draft.kinds, draft.next_question()) == ({MAIL}, Ask.EMAIL)


def test_the_button_for_everything_names_all_kinds() -> None:
    """ "Everything" is one of the choices (15 USC 7704(a)(3)(B))."""
    assert press(start(), Pressed(kinds=EVERYTHING), VALUES.get).kinds == EVERYTHING


def test_an_opt_in_asks_for_what_is_to_come_again() -> None:
    """In a wish to have something back, the kinds that are kept are the ones that count."""
    draft = begin(Action.OPT_IN, Wish(Act.IN, {MAIL: Sign.KEEP}), VALUES.get)
    assert (draft.action, draft.kinds) == (Action.OPT_IN, {MAIL})
    assert replace(draft, emails=("[email-1]",)).next_question() is Ask.AGREED


def test_addresses_can_have_kinds_of_their_own() -> None:
    """ "No mails for A, no calls for B" is kept apart, until a change for all ends it."""
    both = {"[email-1]": True, "[email-2]": True}
    own = {"[email-1]": frozenset({MAIL}), "[email-2]": frozenset({CALLS})}
    draft = start(MAIL, CALLS, addresses=both, own=own)
    assert draft.groups == [({MAIL}, ("[email-1]",)), ({CALLS}, ("[email-2]",))]
    assert then(draft, ADS).groups == [({MAIL, ADS, CALLS}, ("[email-1]", "[email-2]"))]


def test_an_address_that_is_added_leaves_the_kinds_of_the_first() -> None:
    """ "And for B only the calls" changes nothing for A."""
    more = {"addresses": {"[email-2]": True}, "adds_address": True}
    draft = then(READY, CALLS, own={"[email-2]": frozenset({CALLS})}, **more)
    assert draft.groups == [({MAIL}, ("[email-1]",)), ({CALLS}, ("[email-2]",))]
