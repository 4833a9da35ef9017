"""Tests of the settings."""

import pytest

from bot.settings import Settings, SettingsError, settings


@pytest.fixture(autouse=True)
def fresh() -> None:
    """Forget the settings of this process."""
    settings.cache_clear()


def test_defaults_work_on_a_laptop() -> None:
    """Without any variable: loopback, SQLite below var/, not in production."""
    chosen = Settings()
    assert chosen.host == "127.0.0.1"
    assert chosen.database.startswith("sqlite:///")
    assert not chosen.production


def test_production_refuses_the_default_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """In production the bot does not start with a secret that everyone knows."""
    monkeypatch.setenv("PRIVACY_BOT_PRODUCTION", "true")
    with pytest.raises(SettingsError, match="PRIVACY_BOT_SECRETS"):
        settings()


def test_production_refuses_the_default_key_for_data(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept encrypted must not be readable with a key that everyone knows."""
    monkeypatch.setenv("PRIVACY_BOT_PRODUCTION", "true")
    monkeypatch.setenv("PRIVACY_BOT_SECRETS", '["0123456789012345678901234567890123456789"]')
    with pytest.raises(SettingsError, match="PRIVACY_BOT_DATA_KEYS"):
        settings()


def test_production_refuses_a_short_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key that can be guessed is none."""
    monkeypatch.setenv("PRIVACY_BOT_PRODUCTION", "true")
    monkeypatch.setenv("PRIVACY_BOT_SECRETS", '["short"]')
    with pytest.raises(SettingsError, match="32 characters"):
        settings()


def test_production_starts_with_a_proper_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a long random key it does."""
    monkeypatch.setenv("PRIVACY_BOT_PRODUCTION", "true")
    for name in ("SECRETS", "DATA_KEYS"):
        monkeypatch.setenv(f"PRIVACY_BOT_{name}", '["0123456789012345678901234567890123456789"]')
    assert settings().production


@pytest.mark.parametrize(("name", "value"), [("PORT", "many"), ("MAX_TEXT", "-1"), ("SECRETS", '["a", 1'), ("SECRETS", "[]")])
def test_a_variable_that_is_not_understood_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """The error is one line with the variable's name."""
    monkeypatch.setenv(f"PRIVACY_BOT_{name}", value)
    with pytest.raises(SettingsError, match=name) as caught:
        settings()
    assert "\n" not in str(caught.value)


def test_the_default_secret_stays_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """On an address that others reach, the secret that everyone knows is refused as well."""
    monkeypatch.setenv("PRIVACY_BOT_HOST", "0.0.0.0")
    with pytest.raises(SettingsError, match="PRIVACY_BOT_SECRETS"):
        settings()


def test_a_database_url_that_cannot_be_read_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names DATABASE_URL and shows the form of one."""
    monkeypatch.setenv("DATABASE_URL", "nonsense")
    with pytest.raises(SettingsError, match="^DATABASE_URL: .*postgresql://"):
        settings()


def test_the_database_may_be_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """DATABASE_URL names the database."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://localhost/bot")
    assert settings().database == "postgresql://localhost/bot"
