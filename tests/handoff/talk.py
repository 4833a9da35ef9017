"""Talk of a shopper with the handoff service, without a server and without the assistant."""

from collections.abc import Sequence

from bot.conversations.intake import CleanText, Intake
from bot.conversations.model import Reply
from bot.conversations.store import NewMessage
from bot.handoff.service import HandoffService
from tests.handoff.conftest import CONVERSATION

POLICY = Reply("Our policy says so.", topic="sharing", outcome="answered")
PERSON = Reply("Call us.", topic="human", outcome="handoff")
ASKS_ADDRESS = Reply("Which address is it for?", topic="opt_out", outcome="form")
RECORDED = Reply("It is recorded.", topic="opt_out", outcome="done")


class Talk:
    """Talk in one conversation, as the turn engine runs it."""

    def __init__(self, handoffs: HandoffService) -> None:
        self.handoffs = handoffs
        self.choices: list[str] = []  # payloads of the last turn
        self.to_assistant = False  # whether the last message was for the assistant

    def say(self, text: str, answers: Sequence[Reply] = (POLICY,)) -> str:
        """Say a text, and return what the bot says; the assistant would answer with ``answers``."""
        return self._turn(
            Intake(self.handoffs._vault).take(CONVERSATION, text, lambda: ()), answers
        )

    def choose(self, payload: str, answers: Sequence[Reply] = (POLICY,)) -> str:
        """Pick a choice with this payload, and return what the bot says."""
        return self._turn(CleanText("A choice", payload), answers)

    def _turn(self, message: CleanText, answers: Sequence[Reply]) -> str:
        store = self.handoffs._store
        received = store.receive(CONVERSATION, NewMessage(message.shown))
        told = self.handoffs.answer(CONVERSATION, message)
        self.to_assistant = told is None
        if told is None:
            told = self.handoffs.complete(CONVERSATION, message, answers)
        store.add_replies(CONVERSATION, received, told)
        self.choices = [payload for reply in told for _, payload in reply.choices]
        return "\n".join(reply.text for reply in told)
