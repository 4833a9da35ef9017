"""Server of a store with support that is always open, with short leases, for tests that kill it."""

from datetime import timedelta

import tests.handoff.open_server  # noqa: F401 (support is always open)
from bot.handoff import outbox, workers

outbox.LEASE = timedelta(seconds=3)
workers.POLL_SECONDS = 2

if __name__ == "__main__":
    from bot.cli.serve import serve

    serve(train_first=False, host=None, port=None)
