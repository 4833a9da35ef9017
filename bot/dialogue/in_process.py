"""Custom actions in the server's own process, where Rasa would call another one over HTTP."""

import json
from typing import Any

from rasa.core.actions.action import RemoteAction
from rasa.utils.endpoints import ClientResponseError, EndpointConfig
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection


class InProcessActions(EndpointConfig):
    """An action endpoint that calls rasa-sdk's executor directly.

    Rasa asks it as it would ask a server, so actions are written as always, and can be served elsewhere (``rasa run actions``).
    """

    def __init__(self) -> None:
        super().__init__(url="in this process", enable_selective_domain=True)
        self._executor = ActionExecutor()
        self._executor.register_package("actions.opt_outs")
        # Rasa would check the schema of a server's answer, and before that the schema itself, for some 30 ms an action. What
        # rasa-sdk has made in this process needs no check.
        RemoteAction._validate_action_result = _trusted

    async def request(
        self,
        method: str = "post",
        subpath: str | None = None,
        content_type: str | None = None,
        compress: bool = False,
        **asked: Any,
    ) -> Any:
        """Run the action that is asked for; a rejection becomes the answer that a server would give."""
        try:
            return await self._executor.run(asked["json"])
        except ActionExecutionRejection as error:
            body = json.dumps({"error": str(error), "action_name": error.action_name})
            raise ClientResponseError(400, "Bad Request", body) from None


def _trusted(_action: RemoteAction, _result: dict[str, Any]) -> bool:
    return True
