"""One-click unsubscribe links for the footer of a mail; only this bot can make them."""

import re

from bot.keys import Keyring, UnreadableSecret
from bot.optouts.addresses import normalise
from bot.settings import Settings

_FIXED_BYTES = 57  # of a Fernet token, beside the blocks of its text
_BLOCK_BYTES = 16
_FOREIGN = re.compile(r"[^\w-]", re.ASCII)  # characters that no token has, beside "=" at its end


class UnknownLink(ValueError):
    """The token was not made by this bot, or it was changed."""


class UnsubscribeLinks:
    """Links that unsubscribe one address each; the token of a link is its encrypted address."""

    def __init__(self, settings: Settings) -> None:
        self._keyring = Keyring(settings.data_keys, "unsubscribe")

    def path(self, email: str) -> str:
        """Return the path of the link that unsubscribes an address; raises BadAddress."""
        token = self._keyring.encrypt(normalise(email)).rstrip("=")  # "=" is often lost or encoded
        return f"/unsubscribe/{token}"

    def address(self, token: str) -> str:
        """Return the address of a token, whatever stands at its end; raises UnknownLink."""
        try:
            return self._keyring.decrypt(_restored(token))
        except UnreadableSecret:
            raise UnknownLink from None


def _restored(token: str) -> str:
    """Return a token as it was made.

    Programs cut or encode the ``=`` at the end of an address, and take a dot or a bracket after it
    for a part of it. The length of a token is fixed by its number of blocks, so what is left of
    ``%3D`` or ``=3D`` after it can be told from the token.
    """
    letters = _FOREIGN.sub("", token)
    blocks = max(0, (len(letters) * 3 // 4 - _FIXED_BYTES) // _BLOCK_BYTES)
    size = _FIXED_BYTES + blocks * _BLOCK_BYTES
    whole = letters[: -(-size * 4 // 3)]
    return whole + "=" * (-len(whole) % 4)
