"""Keeps out of a process what Rasa imports at start and this bot never runs: some 75 MB, and a third of the time to start.

Rasa's agent imports the libraries of every messaging channel, cloud store and plot that it knows. Called before Rasa is
imported, ``leave_out_unused`` puts hollow modules in their place: their names can be imported and subclassed, and using one
raises an error that says so. Training and evaluation do without this and have the real ones.
"""

import sys
from collections.abc import Sequence
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


class LeftOut(RuntimeError):
    """Something used a library that this process left out on purpose."""


def leave_out_unused() -> None:
    """From now on give hollow modules for the libraries of ``UNUSED``, but for those imported already."""
    if not any(isinstance(finder, _HollowFinder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _HollowFinder())


class _HollowFinder(MetaPathFinder, Loader):
    def find_spec(self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        """Find a hollow module for what is not used, nothing else."""
        library = _unused(fullname)
        if library is not None and getattr(sys.modules.get(library), "__file__", None) is None:  # not the real one already
            return ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Make a hollow module."""
        return _HollowModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing is in a hollow module."""


class _HollowModule(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # asked by import machinery and introspection, which expect this error
            raise AttributeError(name)
        hollow = type(name, (Exception,), {"__init__": _refuse, "__module__": self.__name__})  # may stand in an `except`
        setattr(self, name, hollow)
        return hollow


def _refuse(self: Any, *_: Any, **__: Any) -> NoReturn:
    module = type(self).__module__
    raise LeftOut(f"{module}.{type(self).__name__}: this bot leaves out {UNUSED[_unused(module) or '']} (bot/lean.py).")


def _unused(module: str) -> str | None:
    return next((library for library in UNUSED if f"{module}.".startswith(f"{library}.")), None)
