"""Collector of Rasa's replies to one message."""

from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel, UserMessage

from bot.conversations.model import Reply


class _RepliesOutput(CollectingOutputChannel):
    """Output channel that keeps topic, outcome and clauses, which Rasa's own collector drops."""

    def __init__(self) -> None:
        super().__init__()
        self.replies: list[Reply] = []

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Collect one response."""
        self.replies.append(Reply.of(message))


async def replies(
    handle: Callable[[UserMessage], Awaitable[Any]], conversation: str, said: str, channel: str
) -> list[Reply]:
    """Return the replies to the text ``said``.

    ``handle`` is Rasa's message handler, ``channel`` the name of the input channel.
    """
    output = _RepliesOutput()
    await handle(UserMessage(said, output, conversation, input_channel=channel))
    return output.replies
