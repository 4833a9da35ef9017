"""Tests of the choice and the wording of answers."""

from datetime import datetime

import pytest

from bot.nlu.models.phrases import language, named
from bot.policy.answer_files import load_answers
from bot.policy.answers import Answer, Situation, Variation, choose, compose, variation
from bot.policy.document import PolicyError
from bot.policy.questions import Question
from bot.policy.store import store
from bot.topics import POLICY_TOPICS

NOON = datetime(2026, 11, 24, 12, tzinfo=store().zone)  # a Tuesday
NIGHT = datetime(2026, 11, 24, 22, tzinfo=store().zone)


def variations(topic: str) -> list[Variation]:
    """Return the variations of a topic's answer."""
    return load_answers()[f"utter_{topic}"]


def answer(topic: str, text: str, now: datetime = NOON) -> Answer:
    """Return the answer to ``text`` if its intent is ``topic``."""
    question = Question.of(text, [vars(thing) for thing in named(language()(text.lower()))])
    situation = Situation(question, now)
    return compose(choose(variations(topic), situation), situation)


def test_a_yes_or_no_question_is_answered_by_yes_or_no() -> None:
    """The answer begins with yes or no if the question has the words of the topic's lead."""
    assert answer("selling", "do you sell my data?").text.startswith("No. ")
    assert answer("cookies", "do you use cookies?").text.startswith("Yes. ")
    assert answer("sharing", "do you share my info?").text.startswith("Yes, with some. ")


def test_other_questions_get_no_yes_or_no() -> None:
    """The answer to another form of question begins with the matter itself."""
    assert answer("sharing", "who do you share my info with?").text.startswith("We may share")


def test_a_negated_question_is_confirmed_or_corrected() -> None:
    """A true supposition of the shopper is confirmed, a false one is corrected."""
    assert answer("selling", "you don't sell my mail, right?").text.startswith("Right. ")
    assert answer("sharing", "you don't share my info, right?").text.startswith("Not quite")


@pytest.mark.parametrize("topic", [topic.name for topic in POLICY_TOPICS])
def test_no_answer_claims_that_nothing_is_shared(topic: str) -> None:
    """No answer says "never share": service providers and an ad company do get data."""
    for said in variations(topic):
        lowered = said.text.lower()
        assert "never share" not in lowered
        assert "do not share" not in lowered
        assert "don't share" not in lowered


def test_selling_names_sharing_and_the_ad_company_too() -> None:
    """The answer about selling also cites sharing with providers and the ad company."""
    cited = answer("selling", "do you sell my data").clauses
    assert {"use_of_information.1", "collected_information.6", "third_party_policy.4"} <= set(cited)


def test_open_now_by_day_and_by_night() -> None:
    """The answer gives the present state and the closing time or the next opening."""
    assert "until 8 PM" in answer("support_hours", "are you open now?", NOON).text
    night = answer("support_hours", "are you open now?", NIGHT).text
    assert night.startswith(
        "No, support is closed right now; it opens tomorrow, Wednesday, at 7 AM Central Time."
    )


def test_a_named_day_is_answered() -> None:
    """The answer begins with the hours of the named day."""
    assert answer("support_hours", "are you open on sunday?").text.startswith(
        "Yes, on Sunday support is open 9 AM to 5 PM"
    )
    assert (
        "at 9 PM on Saturday support is closed"
        in answer("support_hours", "are you open saturday at 9 pm?").text
    )
    assert answer("support_hours", "so you're shut on saturdays, right?").text.startswith(
        "No, on Saturday support is open"
    )


@pytest.mark.parametrize(
    "text",
    [
        "are you open at 21:00 on saturday?",
        "are you open at 6 on saturday?",
        "are you open at 9?",
        "are you open until 9 on friday?",
    ],
)
def test_no_yes_for_a_time_that_is_closed_or_vague(text: str) -> None:
    """A time outside the hours, and one that may be morning or evening, gets no yes."""
    assert not answer("support_hours", text).text.startswith("Yes")


def test_phone_orders_have_their_own_hours() -> None:
    """The hours of phone orders are not those of support."""
    text = answer("phone_order", "can i order by phone?").text
    assert "Monday to Friday 8 AM to 5 PM" in text
    assert "7 AM" not in text


def test_some_mail_comes_after_unsubscribing() -> None:
    """The answer names the three services that still send mail."""
    text = answer("email_marketing", "how do i unsubscribe").text
    assert all(name in text for name in ("Personal Shopper", "Price Quote", "Product Specialist"))


@pytest.mark.parametrize(
    ("topic", "text"),
    [
        ("retention", "how long do you keep my data?"),
        ("policy_change", "will you tell me when the policy changes?"),
        ("location_device", "do you track my location?"),
        ("sharing", "do you give it to the police?"),
        ("sharing", "what if the company is sold?"),
    ],
)
def test_an_answer_admits_that_the_policy_is_silent(topic: str, text: str) -> None:
    """The answer says that the policy does not mention it, and names no period."""
    said = answer(topic, text).text
    assert "does not" in said
    assert not any(unit in said for unit in (" days", " months", " years"))


@pytest.mark.parametrize("topic", [topic.name for topic in POLICY_TOPICS])
def test_no_answer_sends_anyone_to_a_link(topic: str) -> None:
    """No answer has a link or says "click", because the policy's links are dead."""
    for said in variations(topic):
        assert "http" not in said.text
        assert "click" not in said.text


def test_a_kind_of_data_that_is_listed() -> None:
    """The answer says that the kind is asked for, that it is optional, and how it is used."""
    said = answer("collection", "do you keep my phone number?")
    assert "your phone number" in said.text
    assert "optional" in said.text
    assert "problem with your order" in said.text
    assert "use_of_information.3" in said.clauses


def test_a_kind_of_data_that_is_not_listed() -> None:
    """The answer says that the policy does not list it."""
    assert "does not list your birthday" in answer("collection", "do you know my birthday?").text


def test_sharing_of_an_unlisted_kind_is_not_affirmed() -> None:
    """A question about sharing a kind that the policy does not list is not answered by yes."""
    said = answer("sharing", "do you share my health information?").text
    assert said.startswith("Our policy does not list health information")


def test_sharing_a_listed_kind_cites_its_own_clause() -> None:
    """A special rule for sharing a kind is cited with its clause."""
    assert "third_party_policy.2" in answer("sharing", "do you share my email address?").clauses


def test_facts_come_with_their_clauses() -> None:
    """An answer with a phone number and hours cites the clauses of both."""
    assert {"contact_us.4", "customer_support_hours.2"} <= set(
        answer("support_hours", "when is support open").clauses
    )


def test_several_kinds_at_once() -> None:
    """Kinds with the same use share a sentence, and an unlisted kind is named as such."""
    said = answer("collection", "do you keep my name, address, phone number and birthday?").text
    assert "For your name and your address:" in said
    assert "For your phone number:" in said
    assert "does not list your birthday" in said


def test_a_stored_card_is_not_promised_either_way() -> None:
    """The answer does not say that a card is kept or not, because the policy does not."""
    assert (
        "does not say whether your card is kept" in answer("collection", "is my card stored?").text
    )


def test_obligation_comes_before_the_kind() -> None:
    """The answer to "is it mandatory?" begins with "It is optional"."""
    assert answer("collection", "is it mandatory to give my phone number").text.startswith(
        "It is optional"
    )


def test_a_command_is_not_agreed_to() -> None:
    """The command "do not sell my info" is not answered by "Right"."""
    assert not answer("selling", "do not sell my info").text.startswith("Right")


def test_encryption_is_claimed_in_transit_only() -> None:
    """The answer does not claim that stored data is encrypted, because the policy does not."""
    assert (
        "does not say whether stored information is encrypted"
        in answer("encryption", "is my data encrypted at rest?").text
    )


def test_not_around_the_clock() -> None:
    """A question about 24/7 is not answered with the present state."""
    assert answer("support_hours", "are you open 24/7").text.startswith("Not around the clock")


def test_no_answer_invites_to_say_so() -> None:
    """No answer tells the shopper to "just say so", because nothing would happen."""
    said = [each.text for variations in load_answers().values() for each in variations]
    assert "say so" not in " ".join(said)


def test_unknown_metadata_is_refused() -> None:
    """A misspelt key in the metadata of an answer raises PolicyError."""
    with pytest.raises(PolicyError, match="clausess"):
        variation({"text": "x", "metadata": {"clausess": []}})


def test_some_variation_must_fit() -> None:
    """Variations that all have conditions raise PolicyError for a question that meets none."""
    with pytest.raises(PolicyError, match="no `asked`"):
        choose([Variation("x", asked=("staff",))], Situation(Question("hello"), NOON))
