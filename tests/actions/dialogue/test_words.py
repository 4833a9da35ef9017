"""Tests of what a message about opting out names."""

import pytest

from actions.dialogue.words import agrees, asks_why, cancels, kinds_named, narrows
from actions.ledger.model import EVERYTHING, Kind

MAIL, ADS, SHARING, PHONE = Kind.MARKETING_EMAIL, Kind.TARGETED_ADVERTISING, Kind.SHARING, Kind.PHONE_MAIL_MARKETING


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("stop emailing me", {MAIL}),
        ("unsubscribe", {MAIL}),
        ("take me off the newsletter and stop the ads", {MAIL, ADS}),
        ("don't follow me around with ads", {ADS}),
        ("don't share my data", {SHARING}),
        ("do not sell my personal information", {SHARING}),
        ("take me off the phone list", {PHONE}),
        ("no more catalogs", {PHONE}),
        ("stop the junk mail in my mailbox", {PHONE}),
        ("opt me out of everything", EVERYTHING),
        ("all of it", EVERYTHING),
        ("everything except the newsletter", EVERYTHING - {MAIL}),
        ("opt me out", frozenset()),
        ("my email is", frozenset()),
    ],
)
def test_kinds_are_named(text: str, kinds: frozenset[Kind]) -> None:
    """A message names one kind, several, all, all but one, or none."""
    assert kinds_named(text) == kinds


@pytest.mark.parametrize(
    "text",
    [
        "cancel",
        "never mind",
        "nvm",
        "stop",
        "no thanks",
        "actually, forget it",
        "don't bother",
        "Cancel that please",
        "please don't",
        "okay no",
        "fine, forget it",
    ],
)
def test_a_wish_to_stop_is_heard(text: str) -> None:
    """However it is said."""
    assert cancels(text)


@pytest.mark.parametrize("text", ["stop emailing me", "no more ads", "cancel my subscription to the newsletter", "yes"])
def test_other_wishes_do_not_cancel(text: str) -> None:
    """Stopping mail is not stopping the request."""
    assert not cancels(text)


@pytest.mark.parametrize(
    "text",
    [
        "yes please",
        "ok, do it",
        "just do it already",
        "I agree",
        "I confirm",
        "that is right",
        "oh yes",
        "i said yes",
        "yess",
        "👍",
        "record it",
    ],
)
def test_a_yes_is_heard(text: str) -> None:
    """However it is said."""
    assert agrees(text)


@pytest.mark.parametrize(
    "text",
    [
        "please do not record this",
        "yes but wrong address",
        "correct the address please",
        "that's right but use another address",
        "ok so what happens if I say yes?",
        "exactly what will you record?",
        "fine, let me think about it",
        "yes or no?",
        "OK, but I want a person to do it",
        "no, yes is wrong",
    ],
)
def test_what_only_begins_like_a_yes_is_none(text: str) -> None:
    """Nothing is recorded that somebody has not clearly agreed to."""
    assert not agrees(text)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("keep sending emails but stop the ads", {ADS}),
        ("don't stop emailing me", frozenset()),
        ("stop mailing me catalogs", {PHONE}),
    ],
)
def test_what_shall_stay_is_not_named(text: str, kinds: frozenset[Kind]) -> None:
    """What somebody wants to keep is not what they want to stop."""
    assert kinds_named(text) == kinds


def test_a_narrowing_and_a_why() -> None:
    """The small words of the form."""
    assert narrows("only the ads")
    assert not narrows("the ads")
    assert asks_why("why do you need it")
