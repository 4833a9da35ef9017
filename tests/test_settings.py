"""Tests of the settings."""

import pytest

from bot.settings import Settings, SettingsError, settings


@pytest.fixture(autouse=True)
def fresh() -> None:
    """Clear the cached settings of this process."""
    settings.cache_clear()


def test_defaults_work_on_a_laptop() -> None:
    """Without any variable the bot uses loopback and SQLite, and is not in production."""
    chosen = Settings()
    assert chosen.host == "127.0.0.1"
    assert chosen.database.startswith("sqlite:///")
    assert not chosen.production


def test_production_refuses_the_default_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """In production the default secret is refused, because everyone knows it."""
    monkeypatch.setenv("PRIVACY_BOT_PRODUCTION", "true")
    with pytest.raises(SettingsError, match="PRIVACY_BOT_SECRETS"):
        settings()


def test_production_refuses_the_default_key_for_data(monkeypatch: pytest.MonkeyPatch) -> None:
    """In production the default key for encrypted data is refused, because everyone knows it."""
    monkeypatch.setenv("PRIVACY_BOT_PRODUCTION", "true")
    monkeypatch.setenv("PRIVACY_BOT_SECRETS", '["0123456789012345678901234567890123456789"]')
    with pytest.raises(SettingsError, match="PRIVACY_BOT_DATA_KEYS"):
        settings()


def test_production_refuses_a_short_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """In production a secret of fewer than 32 characters is refused."""
    monkeypatch.setenv("PRIVACY_BOT_PRODUCTION", "true")
    monkeypatch.setenv("PRIVACY_BOT_SECRETS", '["short"]')
    with pytest.raises(SettingsError, match="32 characters"):
        settings()


def test_production_starts_with_a_proper_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """In production long secrets are accepted."""
    monkeypatch.setenv("PRIVACY_BOT_PRODUCTION", "true")
    for name in ("SECRETS", "DATA_KEYS"):
        monkeypatch.setenv(f"PRIVACY_BOT_{name}", '["0123456789012345678901234567890123456789"]')
    assert settings().production


@pytest.mark.parametrize(
    ("name", "value"),
    [("PORT", "many"), ("MAX_TEXT", "-1"), ("SECRETS", '["a", 1'), ("SECRETS", "[]")],
)
def test_an_invalid_variable_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    """The error for an invalid value is one line with the name of the variable."""
    monkeypatch.setenv(f"PRIVACY_BOT_{name}", value)
    with pytest.raises(SettingsError, match=name) as caught:
        settings()
    assert "\n" not in str(caught.value)


def test_the_default_secret_stays_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """The default secret is refused on an address that other machines can reach."""
    monkeypatch.setenv("PRIVACY_BOT_HOST", "0.0.0.0")
    with pytest.raises(SettingsError, match="PRIVACY_BOT_SECRETS"):
        settings()


def test_an_invalid_database_url_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error for an invalid URL names DATABASE_URL and shows an example."""
    monkeypatch.setenv("DATABASE_URL", "nonsense")
    with pytest.raises(SettingsError, match="^DATABASE_URL: .*postgresql://"):
        settings()


@pytest.mark.parametrize("url", ["mysql://host/bot", "postgres://host/bot", "postgresql+x://h/b"])
def test_another_database_is_refused(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """A database that the bot has no driver for is refused at the start, by the name of its URL."""
    monkeypatch.setenv("DATABASE_URL", url)
    with pytest.raises(SettingsError, match="^DATABASE_URL: .*PostgreSQL or SQLite"):
        settings()


@pytest.mark.parametrize("url", ["banana", "http://host", "redis://host:port", "redis+unix:///s"])
def test_an_invalid_redis_url_is_named(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """The error for an unreadable URL names REDIS_URL and shows an example."""
    monkeypatch.setenv("REDIS_URL", url)
    with pytest.raises(SettingsError, match="^REDIS_URL: .*redis://127.0.0.1"):
        settings()


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("PRIVACY_BOT_PRODCUTION", "Did you mean PRIVACY_BOT_PRODUCTION?"),
        ("PRIVACY_BOT_DATABASE_URL", "Did you mean DATABASE_URL?"),
        ("privacy_bot_prot", "Did you mean PRIVACY_BOT_PORT?"),
        ("PRIVACY_BOT_QQQQ", "Remove it."),
    ],
)
def test_an_unknown_variable_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, remedy: str
) -> None:
    """A mistyped variable would be ignored in silence, so it stops the start and is named."""
    monkeypatch.setenv(name, "1")
    with pytest.raises(SettingsError, match=f"^There is no setting {name}") as caught:
        settings()
    assert str(caught.value).endswith(remedy)


def test_the_database_may_be_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """DATABASE_URL replaces the default database."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://localhost/bot")
    assert settings().database == "postgresql://localhost/bot"


def test_mails_to_shoppers_need_the_address_of_this_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without its public URL the bot could not write a link into the mails."""
    monkeypatch.setenv("PRIVACY_BOT_SHOPPER_SMTP_URL", "smtp://mail.example.com?from=a@example.com")
    with pytest.raises(SettingsError, match="PRIVACY_BOT_PUBLIC_URL"):
        settings()
    monkeypatch.setenv("PRIVACY_BOT_PUBLIC_URL", "privacy.example.com")
    with pytest.raises(SettingsError, match="PRIVACY_BOT_PUBLIC_URL must begin with https"):
        settings()
