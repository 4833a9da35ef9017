"""Action endpoint: runs custom actions in the server's process instead of over HTTP."""

import json
from importlib import import_module
from typing import Any

from rasa.core.actions.action import RemoteAction
from rasa.utils.endpoints import ClientResponseError, EndpointConfig
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection

from bot.application.services import Services

_ACTIONS = "actions"  # the name that `rasa run actions` expects; no module of bot imports it


def action_endpoint(services: Services) -> EndpointConfig:
    """Return the endpoint of the actions.

    It is the server of PRIVACY_BOT_ACTION_ENDPOINT, or else this process, with these services.
    """
    url = services.settings.action_endpoint
    return EndpointConfig(url) if url else InProcessActions(services)


class InProcessActions(EndpointConfig):
    """Action endpoint that calls rasa-sdk's executor directly.

    Rasa calls it like a server, so actions are written as usual and can also be served by another
    process (``rasa run actions``).
    """

    def __init__(self, services: Services) -> None:
        super().__init__(url="in this process", enable_selective_domain=True)
        self._executor = ActionExecutor()
        for action in import_module(_ACTIONS).all_actions(services):
            self._executor.register_action(action)
        # Rasa would check the schema of a server's answer, and before that the schema itself, for
        # some 30 ms per action. The results of rasa-sdk in this process need no check.
        RemoteAction._validate_action_result = _accept_result

    async def request(
        self,
        method: str = "post",
        subpath: str | None = None,
        content_type: str | None = None,
        compress: bool = False,
        **options: Any,
    ) -> Any:
        """Run the requested action; a rejection becomes the error that a server would return."""
        try:
            return await self._executor.run(options["json"])
        except ActionExecutionRejection as error:
            body = json.dumps({"error": str(error), "action_name": error.action_name})
            raise ClientResponseError(400, "Bad Request", body) from None


def _accept_result(_action: RemoteAction, _result: dict[str, Any]) -> bool:
    return True
