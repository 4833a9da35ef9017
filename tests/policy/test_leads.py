"""Tests of leads: a yes or no stands only if its clauses answer this question."""

from datetime import datetime

import pytest

from bot.nlu.models.phrases import language, named
from bot.policy.answer_files import load_answers
from bot.policy.answers import Situation, choose, compose
from bot.policy.document import load
from bot.policy.leads import load_proofs, proof_of, unproved
from bot.policy.particulars import load_groups, particulars_of
from bot.policy.questions import Question
from bot.policy.store import store
from bot.topics import TOPICS

NOON = datetime(2026, 11, 24, 12, tzinfo=store().zone)  # a Tuesday


def answer(topic: str, text: str) -> str:
    """Return the answer to a question about a topic."""
    question = Question.of(text, [vars(thing) for thing in named(language()(text.lower()))])
    situation = Situation(question, NOON, topic=topic)
    return compose(choose(load_answers()[f"utter_{topic}"], situation), situation).text


@pytest.mark.parametrize(
    ("topic", "text", "beginning"),
    [
        ("sharing", "do you share my data with my employer", "Our policy does not name your empl"),
        ("sharing", "can my landlord see my orders", "Our policy does not name your landlord"),
        ("sharing", "do you give my address to equifax", "Our policy does not"),
        ("sharing", "is my data sent to china", "Our policy does not name China"),
        (
            "sharing",
            "do you share my data with my dentist",
            "Our policy does not name such a recip",
        ),
        ("tracking", "do you track me across my devices", "Our policy does not name tracking acro"),
        (
            "tracking",
            "do you use fingerprinting to track me",
            "Our policy does not name fingerprint",
        ),
        ("collection", "do you record phone calls", "Our policy does not name the recording of"),
        ("security", "do you use two-factor authentication", "Our policy does not name two-step"),
        ("security", "is my data stored in the cloud", "Our policy does not name a cloud"),
        ("encryption", "is it 100% safe and encrypted", "Our policy makes no such promise"),
        ("encryption", "is it safe to give my ssn here", "Our policy does not list your social"),
        ("email_marketing", "will you send me text messages", "Our policy does not name text mess"),
        ("cookies", "do you use flash cookies", "Our policy does not name super cookies"),
        ("rights", "do you comply with gdpr", "Our policy does not name the GDPR"),
    ],
)
def test_what_the_policy_does_not_name_is_not_affirmed(
    topic: str, text: str, beginning: str
) -> None:
    """A recipient, place, means, safeguard, promise, kind or law gets no yes if none names it."""
    assert answer(topic, text).startswith(beginning)


@pytest.mark.parametrize(
    ("topic", "text", "beginning"),
    [
        ("sharing", "do you share my data", "Yes, with some."),
        ("sharing", "do you share my data with anyone", "Yes, with some."),
        ("sharing", "do you share my data with other companies", "Yes, with some."),
        ("sharing", "do you share my data with fedex", "Yes, with some."),
        ("sharing", "do you give my data to third parties", "Yes, with some."),
        ("selling", "do you sell my data to facebook", "No."),
        ("selling", "do you sell my data to my insurance company", "No."),
        ("selling", "do you sell my ssn", "No."),
        ("cookies", "do you use cookies on your site", "Yes."),
        ("tracking", "do you track me on your website", "Yes"),
        ("encryption", "is my data encrypted on its way to you", "Yes."),
        ("children", "do you collect data from children under 13", "No, not knowingly."),
    ],
)
def test_what_the_clauses_cover_is_answered(topic: str, text: str, beginning: str) -> None:
    """A yes or no stands where the clauses name what the question names, or cover it."""
    assert answer(topic, text).startswith(beginning)


def test_what_was_is_not_in_the_policy() -> None:
    """A question about the past gets no yes or no: the policy tells what is done now."""
    assert answer("selling", "did you ever sell my data").startswith("Our policy says")


def test_each_lead_has_a_proof() -> None:
    """The table allows leads for topics that exist, and each needs something of its clauses."""
    assert load_proofs().keys() <= TOPICS.keys()
    assert all(
        proof.first and proof.needs.pattern for each in load_proofs().values() for proof in each
    )


def test_a_lead_that_its_clauses_do_not_prove_is_found() -> None:
    """A yes on a clause that says no, and a word that is not in the table, are reported."""
    clauses = ("use_of_information.1",)
    assert not list(unproved("selling", ("No.",), clauses, load()))
    assert list(unproved("selling", ("Yes.",), clauses, load()))
    assert list(unproved("selling", ("Perhaps.",), clauses, load()))
    assert proof_of("retention", "Yes.") is None


def test_groups_count_for_known_topics() -> None:
    """Every group of particulars counts for topics that exist."""
    assert all(group.topics <= TOPICS.keys() for group in load_groups())


@pytest.mark.parametrize(
    "text",
    [
        "do you share my data with others",
        "who do you share my data with",
        "do you give my phone number to anyone else",
        "is my data stored in your database",
        "do you keep my data on your servers",
        "what do you do with my data",
        "do you send my address to the company that delivers",
    ],
)
def test_common_words_are_no_particulars(text: str) -> None:
    """What every policy speaks of is no particular that it must name."""
    assert particulars_of(text, "sharing") == []
