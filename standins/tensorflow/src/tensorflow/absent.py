"""What stands where TensorFlow's classes would be, and the error that says so."""

from typing import Any, NoReturn

REMEDY = (
    "TensorFlow is not installed: this bot runs Rasa without it. Remove the component that needs it (DIETClassifier, "
    "ResponseSelector, TEDPolicy, UnexpecTEDIntentPolicy, LanguageModelFeaturizer or ConveRTFeaturizer) from config.yml, and "
    "never leave `pipeline:` or `policies:` empty, because Rasa then adds such components by itself. To use one all the same, "
    "install stock Rasa with TensorFlow 2.12 on Python 3.10."
)


class TensorFlowAbsent(RuntimeError, AttributeError):
    """Something asked TensorFlow to do work; the message names the remedy.

    Also an AttributeError, because other libraries look into ``sys.modules`` and ask with ``hasattr`` what a TensorFlow has.
    """

    def __init__(self, wanted: str) -> None:
        super().__init__(f"{wanted}: {REMEDY}")


def placeholder(name: str) -> type[Any]:
    """Return an empty class that may be subclassed and named in annotations, and that raises when it is instantiated."""

    def refuse(self: Any, *args: Any, **kwargs: Any) -> NoReturn:
        raise TensorFlowAbsent(f"{type(self).__name__} (a {name})")

    return type(name.rpartition(".")[2], (), {"__init__": refuse, "__doc__": f"Stands where {name} would be."})


def refuse_unknown(module: str) -> Any:
    """Return a module-level ``__getattr__`` that refuses every name which the stand-in does not have."""

    def __getattr__(name: str) -> NoReturn:
        if name.startswith("__"):  # asked by import machinery and introspection, which expect this error
            raise AttributeError(name)
        raise TensorFlowAbsent(f"{module}.{name}")

    return __getattr__
