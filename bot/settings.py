"""Every limit, place and secret of the bot, from the environment, with defaults that work on a laptop."""

import re
from functools import cache
from pathlib import Path
from typing import Any, Literal

from limits import parse_many as parse_limits
from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from pydantic_settings import SettingsError as UnreadableVariable
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from bot.paths import ROOT

_LOOPBACK = {"127.0.0.1", "::1", "localhost"}
_DESK_NEEDS = {
    "desk": (),
    "chatwoot": tuple(f"chatwoot_{name}" for name in ("url", "account", "inbox", "bot_token", "user_token", "webhook_secret")),
    "zendesk": ("zendesk_url", "zendesk_email", "zendesk_token"),
    "mail": ("handoff_smtp_url",),
    "webhook": ("handoff_webhook_url", "handoff_webhook_secret"),
}
DEVELOPMENT_SECRET = "not-secret-fit-for-development-only"


class SettingsError(ValueError):
    """The environment is not fit to start with; the message names the variable and the remedy."""


class Settings(BaseSettings):
    """Read from variables that begin with ``PRIVACY_BOT_``, but for DATABASE_URL and REDIS_URL, which other tools share."""

    model_config = SettingsConfigDict(env_prefix="PRIVACY_BOT_", env_file=None)

    production: bool = Field(default=False, description="refuse to start with a default secret")
    host: str = Field(default="127.0.0.1", description="address to listen on")
    port: int = Field(default=5005, ge=0, le=65535, description="port to listen on")
    data_dir: Path = Field(default=ROOT / "var", description="where SQLite files go")
    database_url: str = Field(
        default="", validation_alias="DATABASE_URL", description="database, SQLite below data_dir by default"
    )

    secrets: list[str] = Field(
        default=[DEVELOPMENT_SECRET], min_length=1, description="JSON list of signing keys; the last signs, all are accepted"
    )
    data_keys: list[str] = Field(
        default=[DEVELOPMENT_SECRET],
        min_length=1,
        description="JSON list of keys for what is kept encrypted; the last encrypts, all of them read",
    )
    session_hours: float = Field(default=24, gt=0, description="how long a session's token is valid")

    vault_minutes: float = Field(default=30, gt=0, description="idle time after which typed personal data is deleted")
    conversation_days: float = Field(default=30, gt=0, description="idle time after which a conversation is deleted")
    optout_days: float = Field(default=731, gt=0, description="age at which the record of an opt-out is deleted: 24 months")
    optout_webhook_url: str = Field(default="", description="where requests to opt out are posted")
    optout_webhook_secret: str = Field(default=DEVELOPMENT_SECRET, description="signs what is posted there")
    optout_smtp_url: str = Field(
        default="", description="smtp[s]://[user:password@]host[:port]?to=ADDRESS, told of requests by mail"
    )
    optout_file: str = Field(default="", description="file to which requests are added, a line of JSON each")
    action_endpoint: str = Field(
        default="", description="URL of an action server; by default actions run in the server's process"
    )
    housekeeping_minutes: float = Field(default=5, gt=0, description="how often the server deletes what has expired")

    handoff_wait_minutes: float = Field(
        default=3, gt=0, description="how long a shopper waits for a person before a message is offered instead"
    )
    handoff_desks: list[Literal["desk", "chatwoot", "zendesk", "mail", "webhook"]] = Field(
        default=["desk"], min_length=1, description='JSON list of the ways to people, in order: ["desk", "zendesk", "mail"]'
    )
    chatwoot_url: str = Field(default="", description="where Chatwoot is, for example https://chat.example.com")
    chatwoot_account: int = Field(default=0, ge=0, description="number of the account there")
    chatwoot_inbox: int = Field(default=0, ge=0, description="number of the API inbox whose agent bot this is")
    chatwoot_bot_token: str = Field(default="", description="token of the agent bot")
    chatwoot_user_token: str = Field(default="", description="token of a user, which makes contacts")
    chatwoot_webhook_secret: str = Field(default="", description="signs what Chatwoot posts to /desks/chatwoot")
    zendesk_url: str = Field(default="", description="where Zendesk is, for example https://shop.zendesk.com")
    zendesk_email: str = Field(default="", description="address of the user whose token it is")
    zendesk_token: str = Field(default="", description="API token")
    handoff_smtp_url: str = Field(
        default="", description="smtp[s]://[user:password@]host[:port]?to=ADDRESS, told of those who want a person"
    )
    handoff_webhook_url: str = Field(default="", description="where requests for a person are posted")
    handoff_webhook_secret: str = Field(default="", description="signs what is posted there")

    log_level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="least severe event logged")
    log_format: Literal["logfmt", "json"] = Field(default="logfmt", description="form of a line of the log")

    origins: list[str] = Field(
        default=[],
        description='JSON list of the origins whose pages may embed the widget, for example ["https://shop.example.com"]',
    )
    proxies: int = Field(
        default=0, ge=0, description="trusted proxies in front of the server, each of which adds to X-Forwarded-For"
    )
    redis_url: str = Field(
        default="", validation_alias="REDIS_URL", description="where several server processes share their counts of requests"
    )
    limit_messages: str = Field(default="40/minute", description="messages of one conversation; empty: no limit")
    limit_starts: str = Field(
        default="30/minute", description="conversations begun and forms sent from one address; empty: no limit"
    )
    limit_requests: str = Field(default="600/minute", description="requests from one address; empty: no limit")
    max_connections: int = Field(default=100, ge=0, description="open connections of one address without proxies; 0: no limit")
    request_seconds: float = Field(default=15, gt=0, description="time to send the head of a request")

    max_text: int = Field(default=1000, gt=0, description="characters of one message")
    max_body: int = Field(default=16_384, gt=0, description="bytes of one request")
    turn_seconds: float = Field(default=10, gt=0, description="time to answer one message")
    max_wait_seconds: float = Field(default=25, ge=0, description="longest hold of a call for new messages")

    @model_validator(mode="after")
    def _refuse_default_secrets(self) -> "Settings":
        if self.production or self.host not in _LOOPBACK:
            for name in ("secrets", "data_keys"):
                keys = getattr(self, name)
                if DEVELOPMENT_SECRET in keys or any(len(key) < 32 for key in keys):
                    raise ValueError(
                        f"in production, and on any address but loopback, PRIVACY_BOT_{name.upper()} must be a JSON list of "
                        "keys of 32 characters or more, for example "
                        """["$(python3 -c 'import secrets; print(secrets.token_urlsafe(48))')"]"""
                    )
            webhook = self.optout_webhook_url and self.optout_webhook_secret
            if webhook and (webhook == DEVELOPMENT_SECRET or len(webhook) < 32):
                raise ValueError("in production PRIVACY_BOT_OPTOUT_WEBHOOK_SECRET must have 32 characters or more")
        return self

    @model_validator(mode="after")
    def _complete_desks(self) -> "Settings":
        for desk in self.handoff_desks:
            missing = [name for name in _DESK_NEEDS[desk] if not getattr(self, name)]
            if missing:
                named = ", ".join(f"PRIVACY_BOT_{name.upper()}" for name in missing)
                raise ValueError(f"PRIVACY_BOT_HANDOFF_DESKS names {desk}, which needs {named}")
        if len(set(self.handoff_desks)) < len(self.handoff_desks):
            raise ValueError("PRIVACY_BOT_HANDOFF_DESKS names a desk twice")
        for name in ("chatwoot_url", "zendesk_url", "handoff_webhook_url"):
            if (url := getattr(self, name)) and not url.startswith(("https://", "http://")):
                raise ValueError(f"PRIVACY_BOT_{name.upper()} must begin with https:// (or http://)")
        return self

    @field_validator("database_url")
    @classmethod
    def _readable_url(cls, url: str) -> str:
        try:
            if url:
                make_url(url)
        except ArgumentError:
            raise ValueError("must be a SQLAlchemy URL, for example postgresql://user@host/database") from None
        return url

    @field_validator("origins")
    @classmethod
    def _exact_origins(cls, origins: list[str]) -> list[str]:
        for origin in origins:
            if not re.fullmatch(r"https?://[a-z0-9.-]+(:\d{1,5})?", origin):
                raise ValueError(
                    f"{origin!r} is no origin: give scheme, host and port alone, for example https://shop.example.com"
                )
        return origins

    @field_validator("limit_messages", "limit_starts", "limit_requests")
    @classmethod
    def _readable_limit(cls, limit: str) -> str:
        try:
            if limit:
                parse_limits(limit)
        except ValueError:
            raise ValueError('must be a number and a time, for example 40/minute, or "5/second;40/minute"') from None
        return limit

    @property
    def database(self) -> str:
        """The SQLAlchemy URL of the database."""
        return self.database_url or f"sqlite:///{self.data_dir / 'privacy-bot.db'}"


@cache
def settings(**changed: Any) -> Settings:
    """Return the settings of this process, some of them changed; raises SettingsError for one that is not understood."""
    try:
        return Settings(**changed)
    except ValidationError as error:
        problems = "; ".join(map(_in_words, error.errors(include_url=False, include_input=False)))
        raise SettingsError(problems) from None
    except UnreadableVariable as error:
        name = re.sub(r'.*field "(\w+)".*', r"\1", str(error)).upper()
        raise SettingsError(f'PRIVACY_BOT_{name}: must be JSON, for example ["…"]') from None


def _in_words(problem: Any) -> str:
    name = str(problem["loc"][0]).upper() if problem["loc"] else ""
    place = f"{name if name in ('DATABASE_URL', 'REDIS_URL') else f'PRIVACY_BOT_{name}'}: " if name else ""
    return place + str(problem["msg"])
