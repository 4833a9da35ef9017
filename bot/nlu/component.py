"""What this project's components that take part in training have in common."""

from typing import Any

from rasa.engine.graph import GraphComponent

from bot import assistant


class Component(GraphComponent):
    """Is trained again when the code of understanding changed.

    Rasa takes a step of training from its cache if the data, the settings and the component's own class are the same; it does
    not see what the class uses from other modules, or the encoder.
    """

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Return what Rasa's cache must know besides: the hash of that code."""
        return assistant.understanding_digest()
