"""Tests of choosing and wording answers."""

from datetime import datetime

import pytest
import yaml

from bot.nlu.models.phrases import language, named
from bot.paths import DOMAIN_DIR
from bot.policy.answers import Answer, Situation, Variation, choose, compose, variation
from bot.policy.document import PolicyError
from bot.policy.hours import STORE_ZONE
from bot.policy.questions import Question
from bot.topics import POLICY_TOPICS

NOON = datetime(2026, 11, 24, 12, tzinfo=STORE_ZONE)  # a Tuesday
NIGHT = datetime(2026, 11, 24, 22, tzinfo=STORE_ZONE)


def variations(topic: str) -> list[Variation]:
    """Return the variations of a topic's answer as the domain has them."""
    found = {}
    for name in ("answers.yml", "talk.yml"):
        found |= yaml.safe_load((DOMAIN_DIR / name).read_text())["responses"]
    return [variation(response) for response in found[f"utter_{topic}"]]


def answer(topic: str, text: str, now: datetime = NOON) -> Answer:
    """Return what is answered if ``text`` is understood as ``topic``."""
    question = Question.of(text, [vars(thing) for thing in named(language()(text.lower()))])
    situation = Situation(question, now)
    return compose(choose(variations(topic), situation), situation)


def test_a_yes_or_no_question_is_answered_by_yes_or_no() -> None:
    """The first word answers, if the question has the topic's own words."""
    assert answer("selling", "do you sell my data?").text.startswith("No. ")
    assert answer("cookies", "do you use cookies?").text.startswith("Yes. ")
    assert answer("sharing", "do you share my info?").text.startswith("Yes, with some. ")


def test_other_questions_get_no_yes_or_no() -> None:
    """A question of another form begins with the matter."""
    assert answer("sharing", "who do you share my info with?").text.startswith("We may share")


def test_a_negated_question_is_confirmed_or_corrected() -> None:
    """What the shopper supposes is confirmed if it is so, and corrected if not."""
    assert answer("selling", "you don't sell my mail, right?").text.startswith("Right. ")
    assert answer("sharing", "you don't share my info, right?").text.startswith("Not quite")


@pytest.mark.parametrize("topic", [topic.name for topic in POLICY_TOPICS])
def test_no_answer_claims_that_nothing_is_shared(topic: str) -> None:
    """Not selling, sharing with service providers and the ad company's pixel tag are kept apart: nothing says "never share"."""
    for said in variations(topic):
        lowered = said.text.lower()
        assert "never share" not in lowered
        assert "do not share" not in lowered
        assert "don't share" not in lowered


def test_selling_names_sharing_and_the_ad_company_too() -> None:
    """Who asks about selling learns of the other two as well."""
    cited = answer("selling", "do you sell my data").clauses
    assert {"use_of_information.1", "collected_information.6", "third_party_policy.4"} <= set(cited)


def test_open_now_by_day_and_by_night() -> None:
    """The present state is told, with closing or next opening."""
    assert "until 8 PM" in answer("support_hours", "are you open now?", NOON).text
    night = answer("support_hours", "are you open now?", NIGHT).text
    assert night.startswith("No, support is closed right now; it opens tomorrow, Wednesday, at 7 AM Central Time.")


def test_a_named_day_is_answered() -> None:
    """The hours of the day that was named come first."""
    assert answer("support_hours", "are you open on sunday?").text.startswith("Yes, on Sunday support is open 9 AM to 5 PM")
    assert "at 9 PM on Saturday support is closed" in answer("support_hours", "are you open saturday at 9 pm?").text
    assert answer("support_hours", "so you're shut on saturdays, right?").text.startswith("No, on Saturday support is open")


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
    """A time outside the hours gets no yes, and one that may be morning or evening gets the hours and no yes or no."""
    assert not answer("support_hours", text).text.startswith("Yes")


def test_phone_orders_have_their_own_hours() -> None:
    """The hours of phone orders are not those of support."""
    text = answer("phone_order", "can i order by phone?").text
    assert "Monday to Friday 8 AM to 5 PM" in text
    assert "7 AM" not in text


def test_some_mail_comes_after_unsubscribing() -> None:
    """The three services whose mail still comes are named."""
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
def test_what_the_policy_does_not_say_is_said_to_be_missing(topic: str, text: str) -> None:
    """The answer says that the policy is silent, and names no period or right."""
    said = answer(topic, text).text
    assert "does not" in said
    assert not any(unit in said for unit in (" days", " months", " years"))


@pytest.mark.parametrize("topic", [topic.name for topic in POLICY_TOPICS])
def test_no_answer_sends_anyone_to_a_link(topic: str) -> None:
    """The policy's links are dead: no answer has one or says "click here"."""
    for said in variations(topic):
        assert "http" not in said.text
        assert "click" not in said.text


def test_a_kind_of_data_that_is_listed() -> None:
    """The answer is about that kind: asked for, optional, what for."""
    said = answer("collection", "do you keep my phone number?")
    assert "your phone number" in said.text
    assert "optional" in said.text
    assert "problem with your order" in said.text
    assert "use_of_information.3" in said.clauses


def test_a_kind_of_data_that_is_not_listed() -> None:
    """The answer says that the policy does not list it."""
    assert "does not list your birthday" in answer("collection", "do you know my birthday?").text


def test_sharing_what_is_not_collected_is_not_affirmed() -> None:
    """Whether a kind that the policy does not list is shared is not answered by yes."""
    said = answer("sharing", "do you share my health information?").text
    assert said.startswith("Our policy does not list health information")


def test_sharing_a_listed_kind_cites_its_own_clause() -> None:
    """What is particular about passing a kind on comes with its clause."""
    assert "third_party_policy.2" in answer("sharing", "do you share my email address?").clauses


def test_facts_come_with_their_clauses() -> None:
    """Phone number and hours in an answer are sourced like everything else."""
    assert {"contact_us.4", "customer_support_hours.2"} <= set(answer("retention", "how long do you keep it").clauses)


def test_several_kinds_at_once() -> None:
    """Kinds with the same use share a sentence, others get one each, and what is not listed is named."""
    said = answer("collection", "do you keep my name, address, phone number and birthday?").text
    assert "For your name and your address:" in said
    assert "For your phone number:" in said
    assert "does not list your birthday" in said


def test_a_stored_card_is_not_promised_either_way() -> None:
    """The policy does not say whether a card is kept; neither does the answer."""
    assert "does not say whether your card is kept" in answer("collection", "is my card stored?").text


def test_obligation_comes_before_the_kind() -> None:
    """Who asks whether they must give something learns that it is optional."""
    assert answer("collection", "is it mandatory to give my phone number").text.startswith("It is optional")


def test_a_command_is_not_agreed_to() -> None:
    """ "Do not sell my info" is no question, and is not answered by "Right"."""
    assert not answer("selling", "do not sell my info").text.startswith("Right")


def test_encryption_is_claimed_in_transit_only() -> None:
    """The policy says nothing of stored information being encrypted; neither does the answer."""
    assert "does not say whether stored information is encrypted" in answer("encryption", "is my data encrypted at rest?").text


def test_not_around_the_clock() -> None:
    """Whether support is always open is not answered by the present state."""
    assert answer("support_hours", "are you open 24/7").text.startswith("Not around the clock")


@pytest.mark.parametrize("name", ["answers.yml", "talk.yml"])
def test_nothing_is_offered_that_saying_so_would_not_do(name: str) -> None:
    """No answer tells the shopper to "just say so" while nothing would happen."""
    assert "say so" not in (DOMAIN_DIR / name).read_text()


def test_unknown_metadata_is_refused() -> None:
    """A misspelt key of an answer is an error, not silently ignored."""
    with pytest.raises(PolicyError, match="clausess"):
        variation({"text": "x", "metadata": {"clausess": []}})


def test_some_variation_must_fit() -> None:
    """Variations that all ask for something leave questions without an answer: an error."""
    with pytest.raises(PolicyError, match="no `asked`"):
        choose([Variation("x", asked=("staff",))], Situation(Question("hello"), NOON))
