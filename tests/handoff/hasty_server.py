"""Serves the bot of a store that is always open, and whose leases are short: a test that kills it need not wait for them."""

from datetime import timedelta

import tests.handoff.open_server  # noqa: F401 (support is always open)
from bot.handoff import transit

transit.LEASE = timedelta(seconds=3)

if __name__ == "__main__":
    from bot.cli.serve import serve

    serve(train_first=False, host=None, port=None)
