"""Placeholders for TensorFlow's classes, and the error for their use."""

from typing import Any, NoReturn

REMEDY = (
    "TensorFlow is not installed: this bot runs Rasa without it. "
    "Remove the component that needs it (DIETClassifier, ResponseSelector, TEDPolicy, "
    "UnexpecTEDIntentPolicy, LanguageModelFeaturizer or ConveRTFeaturizer) from config.yml, and "
    "never leave `pipeline:` or `policies:` empty, because Rasa then adds such components by "
    "itself. To use one all the same, install stock Rasa with TensorFlow 2.12 on Python 3.10."
)


class TensorFlowAbsent(RuntimeError, AttributeError):
    """Something asked TensorFlow to do work; the message names the remedy.

    It is also an AttributeError, because other libraries find TensorFlow in ``sys.modules`` and
    test for its attributes with ``hasattr``.
    """

    def __init__(self, wanted: str) -> None:
        super().__init__(f"{wanted}: {REMEDY}")


def placeholder(name: str) -> type[Any]:
    """Return an empty class for annotations and subclasses.

    It raises TensorFlowAbsent when it is instantiated.
    """

    def refuse(self: Any, *args: Any, **kwargs: Any) -> NoReturn:
        raise TensorFlowAbsent(f"{type(self).__name__} (a {name})")

    return type(
        name.rpartition(".")[2],
        (),
        {"__init__": refuse, "__doc__": f"Stands where {name} would be."},
    )


def refuse_unknown(module: str) -> Any:
    """Return a ``__getattr__`` for a module, which raises for names that the stand-in lacks.

    It raises TensorFlowAbsent, and a plain AttributeError for dunder names.
    """

    def __getattr__(name: str) -> NoReturn:
        if name.startswith("__"):  # import machinery and introspection expect this error
            raise AttributeError(name)
        raise TensorFlowAbsent(f"{module}.{name}")

    return __getattr__
