"""Tests of the check of data keys, on SQLite and PostgreSQL."""

from collections.abc import Iterator

import pytest
from sqlalchemy.engine import Engine

from bot.application.key_check import check_keys
from bot.application.services import Services
from bot.conversations.store import ConversationStore
from bot.database import connect
from bot.keys import Keyring
from bot.optouts import maintenance
from bot.privacy.recognition import find
from bot.settings import Settings, SettingsError
from tests.optouts.conftest import opt_out

OLD, NEW = "o" * 40, "n" * 40
C = "c" * 32


@pytest.fixture
def durable(database: str) -> Iterator[Engine]:
    """A durable engine of a database with the present schema."""
    engine = connect(database, durable=True)
    yield engine
    engine.dispose()


def services(database: str, *keys: str) -> Services:
    """Open services with these data keys, as every command and server does."""
    return Services.open(Settings(DATABASE_URL=database, data_keys=list(keys)))


def test_a_missing_key_stops_the_start(database: str) -> None:
    """With opt-outs under a key, nothing starts without it; the line says what to do."""
    services(database, OLD).optouts.ledger.record(opt_out())
    with pytest.raises(SettingsError, match=r"^PRIVACY_BOT_DATA_KEYS: .*opt-outs.*Put it back"):
        services(database, NEW)
    services(database, OLD, NEW)


def test_typed_data_needs_its_key_too(database: str) -> None:
    """Also what shoppers typed in the last minutes is not lost by a wrong key."""
    opened = services(database, OLD)
    ConversationStore(opened.engine).start(C)
    opened.vault.keep(C, find("jo@example.com"))
    with pytest.raises(SettingsError, match="typed in the last minutes"):
        services(database, NEW)


def test_an_old_ledger_without_check_values_is_read(database: str) -> None:
    """Data of a version that stored no check values is protected as well."""
    opened = services(database, OLD)
    opened.optouts.ledger.record(opt_out())
    with opened.durable.begin() as db:
        db.exec_driver_sql("DELETE FROM key_checks")
    with pytest.raises(SettingsError, match="PRIVACY_BOT_DATA_KEYS"):
        services(database, NEW)


def test_a_key_that_nothing_needs_can_go(database: str) -> None:
    """After a rotation the old key is left out, and forgotten."""
    services(database, OLD).optouts.ledger.record(opt_out())
    both = services(database, OLD, NEW)
    maintenance.rotate(both.durable, Keyring([OLD, NEW], "ledger"))
    services(database, NEW)
    services(database, NEW)


def test_an_audit_log_without_records_needs_its_key(database: str, durable: Engine) -> None:
    """Lines whose records are deleted are still signed by the key of their time."""
    services(database, OLD).optouts.ledger.record(opt_out())
    with durable.begin() as db:
        for table in ("optouts", "optout_suppressions"):
            db.exec_driver_sql(f"DELETE FROM {table}")
    with pytest.raises(SettingsError, match="the audit log"):
        check_keys(durable, [NEW])


def test_an_empty_database_takes_any_key(durable: Engine) -> None:
    """As long as nothing is stored, a laptop can change its keys."""
    check_keys(durable, [OLD])
    check_keys(durable, [NEW])
