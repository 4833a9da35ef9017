"""The trained assistant: where its model is, whether it is stale, training it, loading it."""

import hashlib
import os
import warnings
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from bot import logs
from bot.lean import leave_out_unused
from bot.paths import DATA_DIR, DOMAIN_DIR, ENCODER_DIR, MODELS_DIR, ROOT
from bot.settings import settings

if TYPE_CHECKING:
    from rasa.core.agent import Agent
    from rasa.core.tracker_store import TrackerStore

CONFIG = ROOT / "config.yml"
ENDPOINTS = ROOT / "bot" / "endpoints.yml"
_TRAINING_DATA = (DATA_DIR / "nlu", DATA_DIR / "rules")
_OTHER_INPUTS = (
    ROOT / "bot" / "topics.py",
    ROOT / "bot" / "privacy" / "masking.py",
    ENCODER_DIR / "SHA256SUMS",
    ROOT / "requirements.lock",
)
_KEPT_MODELS = 3


class ModelError(RuntimeError):
    """There is no model, or it cannot be made; the message says what to do."""


def prepare(lean: bool = True) -> None:
    """Call before Rasa is imported: no noise, no debug output, no telemetry, and if ``lean`` no libraries that are not used."""
    if lean:
        leave_out_unused()

    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    warnings.simplefilter("ignore")
    warnings.showwarning = lambda *_, **__: None  # Rasa sets filters of its own while it trains
    if not logs.configured():
        logs.configure()


def inputs() -> list[Path]:
    """Return every file that a model depends on."""
    folders = (*_TRAINING_DATA, DOMAIN_DIR, ROOT / "bot" / "nlu", ROOT / "bot" / "dialogue", ROOT / "actions" / "dialogue")
    found = [path for folder in folders for path in folder.rglob("*") if path.suffix in {".yml", ".py"}]
    return sorted([*found, CONFIG, *_OTHER_INPUTS])


def model_path(files: Iterable[Path] | None = None) -> Path:
    """Return where the model of the present inputs is, or would be: its name contains their hash."""
    return MODELS_DIR / f"privacy-bot-{_digest(files if files is not None else inputs())}.tar.gz"


@cache
def understanding_digest() -> str:
    """Return the hash of the code of understanding, and of what it uses: the encoder, topics, masking, libraries."""
    understanding = ROOT / "bot" / "nlu"
    return _digest(
        path for path in inputs() if path in _OTHER_INPUTS or (understanding in path.parents and path.suffix == ".py")
    )


def _digest(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in files:
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def settings_of(component: str) -> dict[str, Any]:
    """Return what config.yml sets for a component of the pipeline, by the name of its class."""
    pipeline: list[dict[str, Any]] = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))["pipeline"]
    found = next(step for step in pipeline if step["name"].split(".")[-1] == component)
    return {name: value for name, value in found.items() if name != "name"}


def train(force: bool = False) -> Path:
    """Train a model of the present inputs and return where it is; raises ModelError if Rasa refuses.

    Steps whose inputs and code have not changed are taken from Rasa's cache (``bot/nlu/component.py``), unless ``force``.
    """
    prepare(lean=False)
    import rasa.api
    from rasa.shared.exceptions import RasaException

    path = model_path()
    try:
        result = rasa.api.train(
            domain=str(DOMAIN_DIR),
            config=str(CONFIG),
            training_files=[str(folder) for folder in _TRAINING_DATA],
            output=str(MODELS_DIR),
            fixed_model_name=path.name,
            force_training=force,
        )
    except RasaException as error:
        raise ModelError(f"Training failed: {error}") from error
    if result.code != 0 or result.model is None:
        raise ModelError("Training failed. See why: privacy-bot train --verbose")
    for old in sorted(MODELS_DIR.glob("privacy-bot-*.tar.gz"), key=lambda file: file.stat().st_mtime)[:-_KEPT_MODELS]:
        old.unlink()
    return path


def load(tracker_store: "TrackerStore | None" = None, path: Path | None = None, lean: bool = True) -> "Agent":
    """Load the assistant; raises ModelError if the model of the present inputs was not trained yet."""
    prepare(lean)
    from rasa.core.agent import Agent
    from rasa.core.utils import AvailableEndpoints
    from rasa.utils.endpoints import EndpointConfig

    from bot.dialogue.in_process import InProcessActions
    from bot.nlu.models.encoder import verify
    from bot.policy.facts import facts
    from bot.policy.kinds import load_kinds

    # What Rasa would wrap in an error of its own while it loads the graph is checked here, and named plainly.
    load_kinds()
    facts()
    verify(ENCODER_DIR)
    path = path or model_path()
    if not path.exists():
        raise ModelError("There is no model of the present data and settings. Make one: privacy-bot train")
    endpoints = AvailableEndpoints.read_endpoints(str(ENDPOINTS))
    chosen = settings().action_endpoint
    actions = EndpointConfig(chosen) if chosen else InProcessActions()
    return Agent.load(str(path), generator=endpoints.nlg, tracker_store=tracker_store, action_endpoint=actions)
