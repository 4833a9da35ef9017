"""Context of the web: the objects that the routes of one server share."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Self

from bot.application.services import Services
from bot.application.turn_engine import TurnEngine
from bot.assistant.replies import replies
from bot.assistant.tracker_store import TrackerEraser
from bot.conversations.model import Reply
from bot.settings import Settings
from bot.web.cors import Origins
from bot.web.errors import ApiError, not_ready
from bot.web.limits import Limits
from bot.web.tokens import Tokens

_CHANNEL = "storefront"


@dataclass
class WebContext:
    """Settings, limits, services and turn engine of a server, and its assistant once loaded."""

    settings: Settings
    limits: Limits
    origins: Origins
    tokens: Tokens
    agent: Any = None  # Rasa's, once it is loaded
    failure: Exception | None = None  # of loading it
    stop: Callable[[], None] = lambda: None  # ends the server
    services: Services = field(init=False)
    engine: TurnEngine = field(init=False)

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Return the context of a server with these settings; its assistant is not loaded yet."""
        web = cls(
            settings,
            Limits(settings),
            Origins(settings),
            Tokens(settings.secrets, timedelta(hours=settings.session_hours)),
        )
        trackers = TrackerEraser(lambda: web.agent.tracker_store)
        web.services = Services.open(settings, trackers)
        web.engine = web.services.turn_engine(web._respond)
        return web

    def require_ready(self) -> None:
        """Raise the contract's error while the assistant is not loaded."""
        if self.agent is None or not self.agent.is_ready():
            raise not_ready()

    def require_storage(self) -> None:
        """Raise the contract's error, with cause and remedy, while nothing can be stored."""
        if self.services.heartbeat.trouble:
            raise ApiError(503, "not_ready", self.services.heartbeat.trouble, retry_after=5)

    async def _respond(self, conversation: str, said: str) -> list[Reply]:
        return await replies(self.agent.handle_message, conversation, said, _CHANNEL)
