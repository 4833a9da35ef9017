"""Opt-outs by an agent, for the shopper in the chat: recorded, looked up and undone in the ledger.

They are held by the shopper's conversation, not by the agent: there the shopper is told of each
one, and objects with one press of a button.
"""

import json

from bot.conversations.model import Reply
from bot.conversations.store import ConversationStore
from bot.handoff.model import Agent, Handoff, HandoffError
from bot.optouts.addresses import BadAddress, normalise
from bot.optouts.model import (
    Action,
    Channel,
    LedgerError,
    NotRecorded,
    OptOutKind,
    Receipt,
    Record,
    Request,
    Subject,
    UnknownReference,
)
from bot.optouts.reach import ADDRESS, BROWSER, IN_THE_BROWSER, reach_sentence, recorded
from bot.optouts.service import OptOutService
from bot.optouts.wording import THIS_BROWSER, Wording
from bot.privacy.masking import PLACEHOLDER
from bot.privacy.vault import Vault, masked
from bot.references import parse_reference

_UNREADABLE = "It was not found: its key is missing in PRIVACY_BOT_DATA_KEYS."


class OptOutRefused(HandoffError):
    """What an agent asked for cannot be done; the message gives the reason and the remedy."""


class AgentOptOuts:
    """Opt-outs of the shoppers who talk to an agent of our own desk."""

    def __init__(self, optouts: OptOutService, store: ConversationStore, vault: Vault) -> None:
        self._optouts = optouts
        self._store = store
        self._vault = vault

    async def record(
        self, handoff: Handoff, agent: Agent, kinds: frozenset[OptOutKind], address: str
    ) -> Receipt:
        """Record an opt-out and tell the shopper.

        ``address`` may be a placeholder of the conversation; empty is the shopper's browser. Raises
        OptOutRefused, and NotRecorded if nothing was recorded.
        """
        if not kinds:
            raise OptOutRefused("Choose what is to stop.")
        if not address and not kinds <= IN_THE_BROWSER:
            raise OptOutRefused("Only ads and sharing can be stopped for a browser.")
        subject, holder = self._subject(handoff, address), handoff.conversation
        wording = Wording(Action.OPT_OUT)
        receipt = await self._optouts.record(
            Request(Action.OPT_OUT, kinds, subject, Channel.AGENT, wording.describe(kinds), holder)
        )
        scope = ADDRESS if address else BROWSER
        text = (
            f"{agent.name} has recorded for {self._shown(handoff, subject)}: "
            f"{wording.describe(receipt.kinds)}. The reference is {receipt.reference}. "
            f"{reach_sentence(receipt.action, receipt.kinds, scope)} "
            f"{wording.due_sentence(receipt)} If you do not want that, undo it."
        ).replace("  ", " ")
        told = recorded(receipt.reference, receipt.action, receipt.kinds, scope)
        undo = json.dumps({"optout_do": "undo", "optout_reference": receipt.reference})
        self._tell(
            handoff, receipt, Reply(text, recorded=told, choices=(("Undo it", f"/opt_out{undo}"),))
        )
        return receipt

    def found(self, handoff: Handoff, query: str) -> list[Record]:
        """Return the records for a reference, an address or its placeholder, the latest first.

        Without a query, those of the shopper's browser. Raises OptOutRefused.
        """
        ledger = self._optouts.ledger
        try:
            if reference := parse_reference(query):
                return [ledger.find(reference)]
            return ledger.of(self._subject(handoff, query.strip()))
        except UnknownReference:
            return []
        except LedgerError as error:
            raise OptOutRefused(str(error)) from None

    async def undo(self, handoff: Handoff, agent: Agent, reference: str) -> Receipt:
        """Undo an opt-out and tell the shopper.

        What this conversation recorded is taken back at once. For what was recorded elsewhere, an
        opt-in is noted, which the owner of the address must confirm. Raises OptOutRefused, and
        NotRecorded if nothing was changed.
        """
        ledger, holder = self._optouts.ledger, handoff.conversation
        try:
            record = ledger.find(reference)
            if record.action is not Action.OPT_OUT:
                raise OptOutRefused(f"{record.reference} is no opt-out.")
            if ledger.is_held_by(holder, reference):
                receipt = await self._optouts.take_back(reference, holder)
                text = (
                    f"{agent.name} has undone {receipt.reference}: "
                    f"{Wording(receipt.action).names(receipt.kinds)}."
                )
                scope = BROWSER if record.subject == Subject("browser", holder) else ADDRESS
                told = recorded(receipt.reference, Action.OPT_IN, receipt.kinds, scope)
                self._tell(handoff, receipt, Reply(text, recorded=told))
                return receipt
            return await self._ask_back(handoff, agent, record)
        except NotRecorded:
            raise
        except LedgerError as error:
            raise OptOutRefused(str(error)) from None

    async def _ask_back(self, handoff: Handoff, agent: Agent, record: Record) -> Receipt:
        """Note an opt-in for the address of a record of another conversation."""
        if record.subject is None:
            raise OptOutRefused(_UNREADABLE)
        if record.subject.type != "email":
            raise OptOutRefused(
                "It is for a browser, and was recorded in another conversation: only there it can "
                "be undone."
            )
        wording = Wording(Action.OPT_IN)
        asked = Request(
            Action.OPT_IN,
            record.kinds,
            record.subject,
            Channel.AGENT,
            wording.describe(record.kinds),
            handoff.conversation,
        )
        receipt = await self._optouts.record(asked)
        how = (
            "We have written to the address: press the button behind the link in that mail."
            if self._optouts.confirms_by_mail
            else "Our privacy office will confirm it."
        )
        text = (
            f"{agent.name} has noted for {self._shown(handoff, record.subject)}: "
            f"{wording.describe(record.kinds)}. The reference is {receipt.reference}. It has no "
            f"effect until the owner of the address confirms it. {how}"
        )
        self._tell(handoff, receipt, Reply(text))
        return receipt

    def _subject(self, handoff: Handoff, address: str) -> Subject:
        """Return the subject for an address or its placeholder; raises OptOutRefused."""
        if not address:
            return Subject("browser", handoff.conversation)
        if PLACEHOLDER.fullmatch(address):
            known = self._vault.value(handoff.conversation, address)
            if known is None:
                raise OptOutRefused("The address is not kept any more: ask for it again.")
            address = known
        try:
            return Subject("email", normalise(address))
        except BadAddress as error:
            raise OptOutRefused(f"This is no e-mail address: {error}") from None

    def _shown(self, handoff: Handoff, subject: Subject) -> str:
        """Return the name of a subject for the shopper, with a placeholder for an address."""
        if subject.type != "email":
            return THIS_BROWSER
        return masked(self._vault, handoff.conversation, subject.value)

    def _tell(self, handoff: Handoff, receipt: Receipt, reply: Reply) -> None:
        """Tell the shopper, once for each state of a receipt."""
        name = f"agent {receipt.reference} {receipt.status}"
        self._store.tell_once(handoff.conversation, name, reply, sender="system")
        self._optouts.unanswered.told(handoff.conversation, receipt.reference)
