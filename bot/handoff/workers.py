"""Background work of handoffs: ends waits, delivers news to help desks, and reads their answers.

It has the times and the threads only. The work itself is in ``Upkeep``, ``Dispatcher``,
``Poller`` and ``ShopperMails``.
"""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import structlog

from bot import metrics
from bot.background import every
from bot.handoff.dispatch import Dispatcher
from bot.handoff.polling import Poller
from bot.handoff.service import HandoffService
from bot.handoff.shopper_mail import ShopperMails

_WATCH_SECONDS = 5
_LOOK_SECONDS = 0.5
_MAIL_SECONDS = 1
POLL_SECONDS = 20
_THREADS_OF_A_DESK = 2  # so that one slow case does not keep a chat waiting

log = structlog.get_logger()

Announce = Callable[[str], None]  # wakes the requests that wait for news of a conversation


class HandoffWorkers:
    """Background tasks of a server for handoffs."""

    def __init__(
        self,
        handoffs: HandoffService,
        dispatcher: Dispatcher,
        poller: Poller,
        mails: ShopperMails,
        wait: timedelta,
    ) -> None:
        """Take the parts; ``wait`` is the time before a waiting shopper goes to the next desk."""
        self._handoffs = handoffs
        self._dispatcher = dispatcher
        self._poller = poller
        self._mails = mails
        self._wait = wait

    async def run(self, announce: Announce) -> None:
        """Run all tasks until cancelled.

        ``announce`` is called with each conversation in which the shopper has news.
        """
        desks, live = self._dispatcher.desks, self._poller.desks
        # Threads of their own: a help desk that hangs must not delay shoppers and agents.
        threads = ThreadPoolExecutor(_THREADS_OF_A_DESK * len(desks) + len(live) + 2)

        def job(work: Callable[..., list[str]], *arguments: str) -> Callable[[], Awaitable[None]]:
            """Return a job that runs in a thread and announces the conversations it returns."""

            async def run() -> None:
                for conversation in await asyncio.get_running_loop().run_in_executor(
                    threads, work, *arguments
                ):
                    announce(conversation)

            return run

        try:
            await asyncio.gather(
                every(_WATCH_SECONDS, "waits of handoffs", job(self._end_waits)),
                every(_MAIL_SECONDS, "mails to shoppers", job(self._mails.deliver)),
                every(
                    _WATCH_SECONDS,
                    "handoffs at unconfigured desks",
                    job(self._dispatcher.pass_on_unconfigured),
                ),
                *(
                    every(_LOOK_SECONDS, f"handoffs to {desk}", job(self._dispatcher.run, desk))
                    for desk in desks
                    for _ in range(_THREADS_OF_A_DESK)
                ),
                *(
                    every(POLL_SECONDS, f"polling of {desk}", job(self._poller.poll, desk))
                    for desk in live
                ),
            )
        finally:
            self._dispatcher.stop()
            threads.shutdown(wait=False)

    def _end_waits(self) -> list[str]:
        """End waits that are too long; return the conversations with news for the shopper."""
        ended = {
            "handoff put back": self._handoffs.upkeep.put_back(),
            "handoff timed out": self._handoffs.upkeep.give_up(self._wait),
            "idle handoff ended": self._handoffs.upkeep.end_idle(),
        }
        for event, conversations in ended.items():
            for _ in conversations:
                log.info(event)
        metrics.waiting.set(self._handoffs.queue.waiting())
        return [conversation for conversations in ended.values() for conversation in conversations]
