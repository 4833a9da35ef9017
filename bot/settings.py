"""Settings from the environment: limits, addresses and secrets, with defaults for a laptop."""

import os
import re
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Literal
from urllib.parse import urlsplit

from limits import parse_many as parse_limits
from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from pydantic_settings import SettingsError as UnreadableVariable
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from bot.paths import HOME

_PREFIX = "PRIVACY_BOT_"
_DRIVERS = {"sqlite", "sqlite+pysqlite", "postgresql", "postgresql+psycopg2"}  # of DATABASE_URL
_PROBE_BYTES = 65_536  # what the bot writes within its first seconds
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}
_DESK_NEEDS = {
    "desk": (),
    "chatwoot": tuple(
        f"chatwoot_{name}"
        for name in ("url", "account", "inbox", "bot_token", "user_token", "webhook_secret")
    ),
    "zendesk": ("zendesk_url", "zendesk_email", "zendesk_token"),
    "mail": ("handoff_smtp_url",),
    "webhook": ("handoff_webhook_url", "handoff_webhook_secret"),
}
DEVELOPMENT_SECRET = "not-secret-fit-for-development-only"


class SettingsError(ValueError):
    """A setting is wrong or missing; the message has the variable and the remedy."""


class Settings(BaseSettings):
    """Settings of the bot, read from variables that begin with ``PRIVACY_BOT_``.

    DATABASE_URL and REDIS_URL have no such prefix, because other tools share them.
    """

    model_config = SettingsConfigDict(env_prefix=_PREFIX, env_file=None)

    production: bool = Field(default=False, description="refuse to start with default secrets")
    store: str = Field(
        default="",
        description="store to answer for: a folder in data/stores, or the path of one; "
        "empty: the one that data/stores/default names",
    )
    host: str = Field(default="127.0.0.1", description="network address to listen on")
    port: int = Field(default=5005, ge=0, le=65535, description="port to listen on")
    data_dir: Path = Field(default=HOME / "var", description="folder of the SQLite files")
    database_url: str = Field(
        default="",
        validation_alias="DATABASE_URL",
        description="SQLAlchemy URL of the database; empty: a SQLite file in the data folder",
    )

    secrets: list[str] = Field(
        default=[DEVELOPMENT_SECRET],
        min_length=1,
        description="JSON list of keys that sign tokens; the last one signs, all are accepted",
    )
    data_keys: list[str] = Field(
        default=[DEVELOPMENT_SECRET],
        min_length=1,
        description="JSON list of keys for encrypted data; the last one encrypts, all decrypt",
    )
    session_hours: float = Field(
        default=24, gt=0, description="hours for which a session token is valid"
    )

    vault_minutes: float = Field(
        default=30,
        gt=0,
        description="minutes without a message until typed personal data is deleted",
    )
    conversation_days: float = Field(
        default=30, gt=0, description="days without a message until a conversation is deleted"
    )
    optout_days: float = Field(
        default=731, gt=0, description="days until the record of an opt-out is deleted (24 months)"
    )
    optout_webhook_url: str = Field(
        default="", description="URL to which opt-out requests are posted"
    )
    optout_webhook_secret: str = Field(
        default=DEVELOPMENT_SECRET, description="key that signs posts to the opt-out webhook"
    )
    optout_smtp_url: str = Field(
        default="",
        description="mail server and recipient of opt-out requests: "
        "smtp[s]://[user:password@]host[:port]?to=ADDRESS",
    )
    optout_file: str = Field(
        default="", description="file to which opt-out requests are added, one line of JSON each"
    )
    shopper_smtp_url: str = Field(
        default="",
        description="mail server and sender of mails to shoppers, who confirm an opt-in or left a "
        "message: smtp[s]://[user:password@]host[:port]?from=ADDRESS; empty: no such mails",
    )
    public_url: str = Field(
        default="",
        description="URL of this server as shoppers reach it, for the links in these mails, "
        "for example https://privacy.example.com",
    )
    action_endpoint: str = Field(
        default="",
        description="URL of an action server; empty: the server runs the actions itself",
    )
    housekeeping_minutes: float = Field(
        default=5, gt=0, description="minutes between two deletions of expired data"
    )

    handoff_wait_minutes: float = Field(
        default=3,
        gt=0,
        description="minutes that a shopper waits for an agent until the bot offers "
        "to take a message",
    )
    handoff_desks: list[Literal["desk", "chatwoot", "zendesk", "mail", "webhook"]] = Field(
        default=["desk"],
        min_length=1,
        description="JSON list of desks for handoffs, tried in this order, "
        'for example ["desk", "zendesk", "mail"]',
    )
    chatwoot_url: str = Field(
        default="", description="URL of Chatwoot, for example https://chat.example.com"
    )
    chatwoot_account: int = Field(default=0, ge=0, description="number of the Chatwoot account")
    chatwoot_inbox: int = Field(
        default=0, ge=0, description="number of the Chatwoot API inbox with our agent bot"
    )
    chatwoot_bot_token: str = Field(default="", description="token of our agent bot in Chatwoot")
    chatwoot_user_token: str = Field(
        default="", description="token of a Chatwoot user, used to create contacts"
    )
    chatwoot_webhook_secret: str = Field(
        default="", description="key with which Chatwoot signs its posts to /desks/chatwoot"
    )
    zendesk_url: str = Field(
        default="", description="URL of Zendesk, for example https://shop.zendesk.com"
    )
    zendesk_email: str = Field(
        default="", description="e-mail address of the Zendesk user with the API token"
    )
    zendesk_token: str = Field(default="", description="API token of the Zendesk user")
    handoff_smtp_url: str = Field(
        default="",
        description="mail server and recipient of handoffs: "
        "smtp[s]://[user:password@]host[:port]?to=ADDRESS",
    )
    handoff_webhook_url: str = Field(default="", description="URL to which handoffs are posted")
    handoff_webhook_secret: str = Field(
        default="", description="key that signs posts to the handoff webhook"
    )

    staff_idle_minutes: float = Field(
        default=120,
        gt=0,
        description="minutes without a click or a key until an agent or officer is signed out",
    )
    staff_session_hours: float = Field(
        default=12, gt=0, description="hours until an agent or officer must sign in again"
    )

    oidc_issuer: str = Field(
        default="",
        description="issuer of the single sign-on (OpenID Connect) for agents and officers, "
        "for example https://id.example.com; empty: tokens only",
    )
    oidc_client_id: str = Field(default="", description="id of this bot at the issuer")
    oidc_client_secret: str = Field(default="", description="secret of this bot at the issuer")
    oidc_roles_claim: str = Field(
        default="roles", description="claim of the ID token that has the roles of a person"
    )
    oidc_agent_role: str = Field(
        default="agent", description="value in that claim that makes an agent"
    )
    oidc_officer_role: str = Field(
        default="officer", description="value in that claim that makes an officer"
    )

    metrics_token: str = Field(
        default="",
        description="token with which other machines may read /metrics; empty: only this machine",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="lowest level of events in the log"
    )
    log_format: Literal["logfmt", "json"] = Field(
        default="logfmt", description="format of a line in the log"
    )

    origins: list[str] = Field(
        default=[],
        description="JSON list of web origins that may embed the widget, "
        'for example ["https://shop.example.com"]',
    )
    proxies: int = Field(
        default=0,
        ge=0,
        description="number of trusted proxies in front of the server that add to X-Forwarded-For",
    )
    redis_url: str = Field(
        default="",
        validation_alias="REDIS_URL",
        description="URL of a Redis in which several server processes share request counts",
    )
    limit_messages: str = Field(
        default="40/minute", description="limit of messages per conversation; empty: no limit"
    )
    limit_starts: str = Field(
        default="30/minute",
        description="limit of new conversations and sent forms per IP address; empty: no limit",
    )
    limit_requests: str = Field(
        default="600/minute", description="limit of requests per IP address; empty: no limit"
    )
    limit_unknown: str = Field(
        default="30/hour",
        description="limit of unknown references per IP address, against guessing; empty: no limit",
    )
    limit_sign_ins: str = Field(
        default="10/minute;60/hour",
        description="limit of failed sign-ins per IP address, against guessing; empty: no limit",
    )
    max_connections: int = Field(
        default=100,
        ge=0,
        description="limit of open connections per IP address, used without proxies; 0: no limit",
    )
    request_seconds: float = Field(
        default=15, gt=0, description="seconds that a client has to send the head of a request"
    )

    max_text: int = Field(default=1000, gt=0, description="longest message, in characters")
    max_body: int = Field(default=16_384, gt=0, description="largest request body, in bytes")
    turn_seconds: float = Field(default=10, gt=0, description="seconds to answer one message")
    max_wait_seconds: float = Field(
        default=25,
        ge=0,
        description="longest time, in seconds, that a request for new messages is held open",
    )

    @model_validator(mode="before")
    @classmethod
    def _refuse_unknown_variables(cls, given: Any) -> Any:
        known = {
            (name := _variable(field)).removeprefix(_PREFIX): name for field in cls.model_fields
        }
        for written in os.environ:
            end = written.upper().removeprefix(_PREFIX)
            if written.upper().startswith(_PREFIX) and known.get(end, "") != f"{_PREFIX}{end}":
                similar = get_close_matches(end, known, n=1)
                hint = f"Did you mean {known[similar[0]]}?" if similar else "Remove it."
                raise ValueError(f"There is no setting {written}. {hint}")
        return given

    @model_validator(mode="after")
    def _refuse_default_secrets(self) -> "Settings":
        if self.production or self.host not in _LOOPBACK:
            for name in ("secrets", "data_keys"):
                keys = getattr(self, name)
                if DEVELOPMENT_SECRET in keys or any(len(key) < 32 for key in keys):
                    raise ValueError(
                        "in production, and on any address but loopback, "
                        f"PRIVACY_BOT_{name.upper()} must be a JSON list of "
                        "keys of 32 characters or more, for example "
                        """["$(python3 -c 'import secrets; print(secrets.token_urlsafe(48))')"]"""
                    )
            webhook = self.optout_webhook_url and self.optout_webhook_secret
            if webhook and (webhook == DEVELOPMENT_SECRET or len(webhook) < 32):
                raise ValueError(
                    "in production PRIVACY_BOT_OPTOUT_WEBHOOK_SECRET must have "
                    "32 characters or more"
                )
        return self

    @field_validator("metrics_token")
    @classmethod
    def _long_token(cls, token: str) -> str:
        if token and (len(token) < 32 or not token.isascii()):
            raise ValueError("must have 32 ASCII characters or more")
        return token

    @model_validator(mode="after")
    def _complete_desks(self) -> "Settings":
        for desk in self.handoff_desks:
            missing = [name for name in _DESK_NEEDS[desk] if not getattr(self, name)]
            if missing:
                named = ", ".join(f"PRIVACY_BOT_{name.upper()}" for name in missing)
                raise ValueError(f"PRIVACY_BOT_HANDOFF_DESKS names {desk}, which needs {named}")
        if len(set(self.handoff_desks)) < len(self.handoff_desks):
            raise ValueError("PRIVACY_BOT_HANDOFF_DESKS names a desk twice")
        for name in ("chatwoot_url", "zendesk_url", "handoff_webhook_url", "public_url"):
            if (url := getattr(self, name)) and not url.startswith(("https://", "http://")):
                raise ValueError(
                    f"PRIVACY_BOT_{name.upper()} must begin with https:// (or http://)"
                )
        return self

    @model_validator(mode="after")
    def _complete_confirmations(self) -> "Settings":
        if self.shopper_smtp_url and not self.public_url:
            raise ValueError("PRIVACY_BOT_SHOPPER_SMTP_URL needs PRIVACY_BOT_PUBLIC_URL")
        return self

    @model_validator(mode="after")
    def _complete_single_sign_on(self) -> "Settings":
        if not self.oidc_issuer:
            return self
        issuer = urlsplit(self.oidc_issuer)
        if issuer.scheme != "https" and not (
            issuer.scheme == "http" and issuer.hostname in _LOOPBACK
        ):
            raise ValueError("PRIVACY_BOT_OIDC_ISSUER must begin with https://")
        needed = ("oidc_client_id", "oidc_client_secret", "public_url")
        if missing := [name for name in needed if not getattr(self, name)]:
            named = ", ".join(f"PRIVACY_BOT_{name.upper()}" for name in missing)
            raise ValueError(f"PRIVACY_BOT_OIDC_ISSUER needs {named}")
        return self

    @field_validator("database_url")
    @classmethod
    def _readable_url(cls, url: str) -> str:
        try:
            readable = not url or make_url(url).drivername in _DRIVERS
        except ArgumentError:
            readable = False
        if not readable:
            raise ValueError(
                "must be a SQLAlchemy URL of PostgreSQL or SQLite, for example "
                "postgresql://user@host/database"
            )
        return url

    @field_validator("redis_url")
    @classmethod
    def _readable_redis_url(cls, url: str) -> str:
        if url:
            from redis.asyncio.connection import parse_url  # here, as few need it

            try:
                if not url.startswith(("redis://", "rediss://")):
                    raise ValueError(url)
                parse_url(url)
            except ValueError:
                raise ValueError(
                    "must begin with redis:// or rediss://, for example redis://127.0.0.1:6379/0"
                ) from None
        return url

    @field_validator("origins")
    @classmethod
    def _exact_origins(cls, origins: list[str]) -> list[str]:
        for origin in origins:
            if not re.fullmatch(r"https?://[a-z0-9.-]+(:\d{1,5})?", origin):
                raise ValueError(
                    f"{origin!r} is no origin: give scheme, host and port alone, "
                    "for example https://shop.example.com"
                )
        return origins

    @field_validator(
        "limit_messages", "limit_starts", "limit_requests", "limit_unknown", "limit_sign_ins"
    )
    @classmethod
    def _readable_limit(cls, limit: str) -> str:
        try:
            if limit:
                parse_limits(limit)
        except ValueError:
            raise ValueError(
                'must be a number and a time, for example 40/minute, or "5/second;40/minute"'
            ) from None
        return limit

    @property
    def database(self) -> str:
        """Return the SQLAlchemy URL of the database."""
        return self.database_url or f"sqlite:///{self.data_dir / 'privacy-bot.db'}"


def check_writable(folder: Path) -> None:
    """Create the data folder if it is missing; raise SettingsError if no file can be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=folder) as probe:
            probe.write(b"\0" * _PROBE_BYTES)
            probe.flush()
    except OSError as error:
        raise SettingsError(
            f"{_PREFIX}DATA_DIR: nothing can be written to {folder} ({error.strerror}). Make room "
            "on its disk, give the user of the bot the right to write, or set another folder."
        ) from None


@cache
def settings(**changed: Any) -> Settings:
    """Return the settings of this process; ``changed`` replaces some of them.

    Raises SettingsError for a value that is not valid.
    """
    try:
        return Settings(**changed)
    except ValidationError as error:
        problems = "; ".join(map(_in_words, error.errors(include_url=False, include_input=False)))
        raise SettingsError(problems) from None
    except UnreadableVariable as error:
        name = re.sub(r'.*field "(\w+)".*', r"\1", str(error)).upper()
        raise SettingsError(f'{_PREFIX}{name}: must be JSON, for example ["…"]') from None


def _in_words(problem: Any) -> str:
    place = f"{_variable(str(problem['loc'][0]))}: " if problem["loc"] else ""
    return place + str(problem["msg"]).removeprefix("Value error, ")


def _variable(name: str) -> str:
    """Return the variable of a field, by the field's name or its alias."""
    field = Settings.model_fields.get(name)
    alias = field.validation_alias if field else name if name.isupper() else None
    return str(alias or f"{_PREFIX}{name.upper()}")
