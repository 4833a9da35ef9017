"""One-click unsubscribe links for the footer of a mail; only this bot can make them."""

from bot.keys import Keyring, UnreadableSecret
from bot.optouts.addresses import normalise
from bot.settings import Settings


class UnknownLink(ValueError):
    """The token was not made by this bot, or it was changed."""


class UnsubscribeLinks:
    """Links that unsubscribe one address each; the token of a link is its encrypted address."""

    def __init__(self, settings: Settings) -> None:
        self._keyring = Keyring(settings.data_keys, "unsubscribe")

    def path(self, email: str) -> str:
        """Return the path of the link that unsubscribes an address; raises BadAddress."""
        return f"/unsubscribe/{self._keyring.encrypt(normalise(email))}"

    def address(self, token: str) -> str:
        """Return the address of a token; raises UnknownLink."""
        try:
            return self._keyring.decrypt(token)
        except UnreadableSecret:
            raise UnknownLink from None
