"""Tests of the phrases in messages about opt-outs."""

import pytest
from bot.optouts.phrases import asks_why, kinds_named, narrows

from bot.optouts.model import EVERYTHING, OptOutKind
from bot.phrases import agrees, cancels

MAIL, ADS, SHARING, PHONE = (
    OptOutKind.MARKETING_EMAIL,
    OptOutKind.TARGETED_ADVERTISING,
    OptOutKind.SHARING,
    OptOutKind.PHONE_MAIL_MARKETING,
)


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
def test_kinds_are_recognised(text: str, kinds: frozenset[OptOutKind]) -> None:
    """A message can name one kind, several, all, all but one, or none."""
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
def test_a_cancellation_is_recognised(text: str) -> None:
    """Each of these phrases cancels the request."""
    assert cancels(text)


@pytest.mark.parametrize(
    "text", ["stop emailing me", "no more ads", "cancel my subscription to the newsletter", "yes"]
)
def test_other_wishes_do_not_cancel(text: str) -> None:
    """A wish to stop mail or ads does not cancel the request."""
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
def test_a_yes_is_recognised(text: str) -> None:
    """Each of these phrases is a yes."""
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
def test_an_unclear_yes_is_not_a_yes(text: str) -> None:
    """A yes with a condition, a question or a change does not count as a yes."""
    assert not agrees(text)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("keep sending emails but stop the ads", {ADS}),
        ("don't stop emailing me", frozenset()),
        ("stop mailing me catalogs", {PHONE}),
    ],
)
def test_kinds_to_keep_are_left_out(text: str, kinds: frozenset[OptOutKind]) -> None:
    """Kinds that the shopper wants to keep are not among the kinds to stop."""
    assert kinds_named(text) == kinds


def test_limits_and_questions_are_recognised() -> None:
    """A message can limit the request ("only"), or ask why the address is needed."""
    assert narrows("only the ads")
    assert not narrows("the ads")
    assert asks_why("why do you need it")
