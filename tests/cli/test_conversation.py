"""Tests of conversations at the command line: its turns are those of the server's chat."""

from pathlib import Path

import pytest

from bot.accounts.model import Role
from bot.cli.conversation import Conversation, LocalAssistant


@pytest.fixture(scope="module")
def assistant(model: Path) -> LocalAssistant:
    """Assistant, loaded once."""
    return LocalAssistant()


def stored_texts(assistant: LocalAssistant, conversation: Conversation) -> list[str]:
    """Return the stored texts of the shopper's messages."""
    stored = assistant.services.store.since(conversation.id, 0)
    return [message.text for message in stored if message.sender == "visitor"]


async def test_a_number_over_two_messages_is_masked_in_both(assistant: LocalAssistant) -> None:
    """The beginning of a card number is masked at once, and its end as well."""
    conversation = await assistant.start()
    for text in ("my card is 4111 1111", "1111 1111", "do you sell my data"):
        await conversation.say(text)
    assert stored_texts(assistant, conversation) == [
        "my card is [card-1]",
        "[card-2]",
        "do you sell my data",
    ]


async def test_a_choice_is_kept_by_its_title(assistant: LocalAssistant) -> None:
    """A picked choice is stored as its title, not as the command behind it."""
    conversation = await assistant.start()
    asked = await conversation.say("stop emailing me")
    (never_mind,) = asked.turn.messages[-1].choices
    await conversation.choose(never_mind.id)
    assert stored_texts(assistant, conversation)[-1] == "Never mind"


async def test_a_handoff_works_as_in_the_chat(assistant: LocalAssistant) -> None:
    """If there is an agent, a request for a person becomes a live handoff or a message."""
    assistant.services.staff.add("Sam", {Role.AGENT})
    conversation = await assistant.start()
    asked = await conversation.say("can i talk to a person")
    assert (asked.turn.topics, asked.turn.outcome) == (("human",), "handoff")
    (choice,) = asked.turn.messages[-1].choices
    assert choice.title in ("Leave a message", "Stop waiting")
    assistant.services.staff.remove("Sam")


async def test_a_single_question_is_answered(assistant: LocalAssistant) -> None:
    """A single question is answered as in a new conversation."""
    answered = await assistant.ask("do you sell my data?")
    assert answered.turn.topics == ("selling",)
    assert answered.nlu["intent"] == "selling"


async def test_a_message_that_does_not_reach_rasa_has_no_intent(assistant: LocalAssistant) -> None:
    """A card number alone gets the warning, and no intent is shown."""
    conversation = await assistant.start()
    await conversation.say("do you use cookies?")
    warned = await conversation.say("4111 1111 1111 1111")
    assert warned.nlu["intent"] is None
