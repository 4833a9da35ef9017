"""Base class of the components that take part in training."""

from typing import Any

from rasa.engine.graph import GraphComponent

from bot.nlu import inputs


class Component(GraphComponent):
    """Component that is trained again when the code of understanding has changed.

    Rasa takes a training step from its cache if the data, the settings and the component's own
    class are unchanged. It does not notice changes in the encoder, or in other modules that the
    class uses.
    """

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Return the hash of code, encoder and libraries, which Rasa adds to its cache key."""
        return inputs.understanding_hash()
