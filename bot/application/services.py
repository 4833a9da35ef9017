"""Composition root: the one place where the objects of a process are made and joined."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cache, cached_property
from typing import Self

from sqlalchemy.engine import Engine

from bot.accounts.accounts import Accounts
from bot.accounts.activity import Activity
from bot.accounts.sessions import Sessions
from bot.accounts.staff import Staff
from bot.application.agent_optouts import AgentOptOuts
from bot.application.erasure import Erasure, NoTrackers, Trackers
from bot.application.heartbeat import Heartbeat
from bot.application.key_check import check_keys
from bot.application.turn_engine import Respond, TurnEngine
from bot.application.turn_record import TurnRecord
from bot.conversations.question_counts import QuestionCounts
from bot.conversations.store import ConversationStore
from bot.database import connect, migrate, migrate_engine
from bot.handoff.agents import Agents
from bot.handoff.canned import CannedAnswers
from bot.handoff.cards import Cards
from bot.handoff.dispatch import Dispatcher
from bot.handoff.helpdesks.configured import configured_help_desks
from bot.handoff.history import History
from bot.handoff.notes import Notes
from bot.handoff.polling import Poller
from bot.handoff.presence import ShopperPresence
from bot.handoff.records import Records
from bot.handoff.routing import Router
from bot.handoff.service import HandoffService
from bot.handoff.shopper_mail import ShopperMails
from bot.handoff.workers import HandoffWorkers
from bot.keys import Keyring
from bot.optouts.service import OptOutService
from bot.privacy.vault import Vault
from bot.settings import Settings, check_writable, settings


@dataclass(frozen=True)
class Desk:
    """Parts of our own desk: what it shows of handoffs, and what agents do beside answering."""

    cards: Cards
    history: History
    notes: Notes
    mails: ShopperMails
    canned: CannedAnswers
    shoppers: ShopperPresence
    optouts: AgentOptOuts


class Services:
    """Services of a process over one database; each part is made once, when it is first used."""

    def __init__(
        self, settings: Settings, engine: Engine, durable: Engine, trackers: Trackers
    ) -> None:
        """Join parts over two engines of one database; ``durable`` survives a loss of power."""
        self.settings = settings
        self.engine = engine
        self.durable = durable
        self._trackers = trackers

    @classmethod
    def open(cls, settings: Settings, trackers: Trackers | None = None) -> Self:
        """Return services over the database of the settings, whose tables are updated first.

        Raises SettingsError if the data folder cannot be written, or if a data key is missing.
        """
        if not settings.database_url:
            check_writable(settings.data_dir)
        migrate(settings.database)
        engine, durable = connect(settings.database), connect(settings.database, durable=True)
        check_keys(durable, settings.data_keys)
        return cls(settings, engine, durable, trackers or NoTrackers())

    @classmethod
    def in_memory(cls, settings: Settings, trackers: Trackers) -> Self:
        """Return services over a database in memory that reach nobody outside: for the shell."""
        engine = connect("sqlite://")
        migrate_engine(engine)
        alone = {
            "handoff_desks": ["desk"],
            "optout_webhook_url": "",
            "optout_smtp_url": "",
            "optout_file": "",
            "shopper_smtp_url": "",
        }
        return cls(settings.model_copy(update=alone), engine, engine, trackers)

    @cached_property
    def heartbeat(self) -> Heartbeat:
        """Heartbeat of the database, with its memory of the clock."""
        return Heartbeat(self.engine)

    @cached_property
    def store(self) -> ConversationStore:
        """Store of conversations, as shoppers see them."""
        return ConversationStore(self.engine)

    @cached_property
    def questions(self) -> QuestionCounts:
        """Counts of what shoppers ask, by week."""
        return QuestionCounts(self.engine)

    @cached_property
    def vault(self) -> Vault:
        """Vault of typed personal data."""
        return Vault(
            self.engine, self._keyring("vault"), timedelta(minutes=self.settings.vault_minutes)
        )

    @cached_property
    def erasure(self) -> Erasure:
        """Erasure of conversations from everything that remembers them."""
        return Erasure(self.engine, self.store, self.vault, self._trackers)

    @cached_property
    def optouts(self) -> OptOutService:
        """Ledger of opt-outs, with its outbox and receivers."""
        return OptOutService.of(self.settings, self.engine, self.durable)

    @cached_property
    def staff(self) -> Staff:
        """Accounts of agents and officers, their sessions, and their audit log."""
        settings = self.settings
        return Staff(
            # Tokens from before there were accounts have digests of this purpose.
            Accounts(self.engine, self._keyring("handoff")),
            Sessions(
                self.engine,
                timedelta(minutes=settings.staff_idle_minutes),
                timedelta(hours=settings.staff_session_hours),
            ),
            Activity(self.durable, self._keyring("accounts")),
        )

    @cached_property
    def handoffs(self) -> HandoffService:
        """Handoffs to people: queue, inbox, agents and routing."""
        return HandoffService(
            self._handoff_records, self._agents, self._router, self.store, self.vault
        )

    @cached_property
    def desk(self) -> Desk:
        """What agents of our own desk have beside the handoffs themselves."""
        return Desk(
            cards=Cards(self._handoff_records),
            history=History(self._handoff_records),
            notes=Notes(self._handoff_records),
            mails=self._shopper_mails,
            canned=CannedAnswers(self.engine),
            shoppers=ShopperPresence(self.engine),
            optouts=AgentOptOuts(self.optouts, self.store, self.vault),
        )

    def handoff_workers(self) -> HandoffWorkers:
        """Return the background work of handoffs."""
        handoffs = self.handoffs
        return HandoffWorkers(
            handoffs,
            Dispatcher(self._handoff_records, self._router, self.store, handoffs.revealed),
            Poller(self._router, handoffs.inbox, handoffs),
            self._shopper_mails,
            timedelta(minutes=self.settings.handoff_wait_minutes),
        )

    def turn_engine(self, respond: Respond) -> TurnEngine:
        """Return the engine that runs turns; ``respond`` asks the assistant."""
        return TurnEngine(
            store=self.store,
            vault=self.vault,
            trackers=self._trackers,
            erasure=self.erasure,
            handoffs=self.handoffs,
            record=TurnRecord(
                self.store,
                self.handoffs,
                self.optouts,
                self._trackers,
                self.engine,
                self.durable,
            ),
            questions=self.questions,
            keyring=self._keyring("vault"),
            respond=respond,
            turn_seconds=self.settings.turn_seconds,
        )

    @cached_property
    def _handoff_records(self) -> Records:
        return Records(self.engine, self.durable, self._keyring("handoff"))

    @cached_property
    def _shopper_mails(self) -> ShopperMails:
        return ShopperMails(self._handoff_records, self.settings.shopper_smtp_url)

    @cached_property
    def _agents(self) -> Agents:
        return Agents(self.engine)

    @cached_property
    def _router(self) -> Router:
        return Router(
            self.settings.handoff_desks, configured_help_desks(self.settings), self._agents
        )

    def _keyring(self, purpose: str) -> Keyring:
        return Keyring(self.settings.data_keys, purpose)


@cache
def default_services() -> Services:
    """Return services of the settings without Rasa's trackers: for commands and action servers."""
    return Services.open(settings())
