"""Mail to shoppers: asks the owner of an address to confirm an opt-in (double opt-in)."""

from collections.abc import Mapping
from typing import Any

from bot.optouts.links import CONFIRM_WITHIN, ConfirmationLinks
from bot.optouts.model import Action, OptOutKind
from bot.optouts.receivers import TIMEOUT_SECONDS, Delivery
from bot.optouts.wording import Wording
from bot.outgoing import Mailer, deliverable

_SUBJECT = "Please confirm what was asked for this address"
# It does not tell whether the address is out of anything: anybody may have asked.
_TEXT = """\
Somebody, probably you, asked for this e-mail address to have again:

{asked}

Nothing changes unless you open this link within {days} days and press the button there:

{link}

If you did not ask for it, do nothing. Everything stays as it is.

Reference: {reference}
"""


class ShopperMail:
    """Receiver that mails a link of confirmation to the address of an opt-in.

    ``url`` is that of ``bot.outgoing.Mailer``, with ``from`` in place of ``to``.
    """

    def __init__(self, url: str, links: ConfirmationLinks) -> None:
        self._mailer = Mailer(url, TIMEOUT_SECONDS, to_many=True)
        self._links = links

    def deliver(self, message: Mapping[str, Any]) -> Delivery:
        """Send the mail; raises NotDelivered."""
        kinds = frozenset(map(OptOutKind, message["kinds"]))
        text = _TEXT.format(
            asked="\n".join(f"- {part}" for part in Wording(Action.OPT_IN).parts(kinds)),
            days=CONFIRM_WITHIN.days,
            link=self._links.url(str(message["request_id"])),
            reference=message["reference"],
        )
        # So that no automatic answer comes back (RFC 3834).
        headers = {"Auto_Submitted": "auto-generated"}
        address = deliverable(str(message["subject"]))
        self._mailer.send(str(message["id"]), _SUBJECT, text, to=address, **headers)
        return Delivery("shopper mail")
