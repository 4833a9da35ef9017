"""Links for mails that only this bot can make: to unsubscribe, and to confirm an opt-in."""

import re
from datetime import UTC, datetime, timedelta

from bot.keys import Keyring, UnreadableSecret
from bot.optouts.addresses import normalise
from bot.settings import Settings

_FIXED_BYTES = 57  # of a Fernet token, beside the blocks of its text
_BLOCK_BYTES = 16
_FOREIGN = re.compile(r"[^\w-]", re.ASCII)  # characters that no token has, beside "=" at its end
CONFIRM_WITHIN = timedelta(days=7)


class UnknownLink(ValueError):
    """The token was not made by this bot, it was changed, or its time is over."""


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

    def holder(self, email: str) -> str:
        """Return what identifies the holder of the link of an address, as a holder of receipts."""
        return f"link {self._keyring.digest(email)}"


class ConfirmationLinks:
    """Links that confirm one opt-in each; the token has the encrypted id and the end of its time.

    They are mailed to the address that the opt-in is about, and so prove that its owner asks.
    """

    def __init__(self, settings: Settings) -> None:
        self._keyring = Keyring(settings.data_keys, "opt-in")
        self._server = settings.public_url.rstrip("/")

    def url(self, request: str) -> str:
        """Return the link that confirms the request with an id."""
        return f"{self._server}{self.path(request)}"

    def path(self, request: str) -> str:
        """Return the path of the link."""
        until = int((datetime.now(UTC) + CONFIRM_WITHIN).timestamp())
        return f"/opt-in/{self._keyring.encrypt(f'{request} {until}')}"

    def request(self, token: str) -> str:
        """Return the id of the request that a token confirms; raises UnknownLink."""
        try:
            request, until = self._keyring.decrypt(token).split()
        except UnreadableSecret:
            raise UnknownLink from None
        if int(until) < datetime.now(UTC).timestamp():
            raise UnknownLink
        return request


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
