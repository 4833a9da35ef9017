"""News of conversations: lets a call wait until something is said."""

import asyncio
import contextlib
from weakref import WeakValueDictionary


class News:
    """Events of the conversations for which a call of this process waits."""

    def __init__(self) -> None:
        self._events: WeakValueDictionary[str, asyncio.Event] = WeakValueDictionary()
        self.closed = False

    async def wait(self, conversation: str, seconds: float) -> None:
        """Wait until news of a conversation are announced, so many seconds at most."""
        if self.closed:
            return
        event = self._events.setdefault(conversation, asyncio.Event())
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(event.wait(), seconds)

    def announce(self, conversation: str) -> None:
        """Wake the calls that wait for news of a conversation."""
        event = self._events.pop(conversation, None)
        if event is not None:
            event.set()

    def close(self) -> None:
        """Let every call return at once from now on: the server stops."""
        self.closed = True
        for conversation in list(self._events):
            self.announce(conversation)
