"""Serves the bot of a store that is always open, with short leases and pauses: a test that kills it need not wait for them."""

from datetime import timedelta

import tests.handoff.open_server  # noqa: F401 (support is always open)
from bot.handoff import closings, service, transit

transit.LEASE = closings.LEASE = timedelta(seconds=3)
service.LISTEN_SECONDS = 2

if __name__ == "__main__":
    from bot.cli.serve import serve

    serve(train_first=False, host=None, port=None)
