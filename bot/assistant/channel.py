"""Channel in credentials.yml that only names the command of the real server."""

import sys
from typing import Any, Self

from rasa.core.channels.channel import InputChannel


class StorefrontChannel(InputChannel):
    """Channel that stops ``rasa run``.

    Rasa's own server would promise opt-outs and handoffs and never deliver them.
    """

    @classmethod
    def name(cls) -> str:
        """Return the name of the channel."""
        return "storefront"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> Self:
        """End the process with a message that names the right command."""
        sys.exit(
            "`rasa run` does not serve this bot, because nothing there would deliver opt-outs. "
            "Use: privacy-bot serve"
        )
