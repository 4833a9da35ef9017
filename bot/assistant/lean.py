"""Stub modules for libraries that Rasa imports at start and this bot never runs.

They save some 75 MB of memory and a third of the time to start. Rasa's agent imports the libraries
of every messaging channel, cloud store and plot that it knows. ``leave_out_unused``, called before
Rasa is imported, puts stub modules in their place: their names can be imported and subclassed, and
using one raises LeftOut. Training and evaluation use the real plots and statistics.
"""

import sys
from collections.abc import Collection, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, NoReturn

UNUSED = {
    "aiogram": "Telegram",
    "fbmessenger": "Facebook Messenger",
    "slack_sdk": "Slack",
    "twilio": "Twilio",
    "webexteamssdk": "Webex",
    "aio_pika": "the RabbitMQ event broker",
    "boto3": "the DynamoDB tracker store and models kept in S3",
    "botocore": "the DynamoDB tracker store and models kept in S3",
    "pymongo": "the MongoDB tracker store",
    "matplotlib": "plots of evaluations",
    "scipy.stats": "random searches over settings of scikit-learn",
}
FOR_TRAINING = ("matplotlib", "scipy.stats")


class LeftOut(RuntimeError):
    """Code used a library that this process left out on purpose."""


def leave_out_unused(needed: Collection[str] = ()) -> None:
    """Import stub modules for the libraries in ``UNUSED`` from now on, but not for those needed.

    Libraries that are imported already stay as they are.
    """
    if not any(isinstance(finder, _StubFinder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _StubFinder(needed))


class _StubFinder(MetaPathFinder, Loader):
    def __init__(self, needed: Collection[str]) -> None:
        self._needed = needed

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find a stub module for an unused library, and nothing else."""
        library = _unused(fullname)
        if library in self._needed:
            return None
        # A library with a file is the real one, imported earlier.
        if library is not None and getattr(sys.modules.get(library), "__file__", None) is None:
            return ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Make a stub module."""
        return _StubModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Do nothing: a stub module is empty."""


class _StubModule(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # import machinery and introspection expect this error
            raise AttributeError(name)
        # an exception class, so that Rasa can also name it in an `except`
        stub = type(name, (Exception,), {"__init__": _refuse, "__module__": self.__name__})
        setattr(self, name, stub)
        return stub


def _refuse(self: Any, *_: Any, **__: Any) -> NoReturn:
    module = type(self).__module__
    raise LeftOut(
        f"{module}.{type(self).__name__}: "
        f"this bot leaves out {UNUSED[_unused(module) or '']} (bot/assistant/lean.py)."
    )


def _unused(module: str) -> str | None:
    return next((library for library in UNUSED if f"{module}.".startswith(f"{library}.")), None)
