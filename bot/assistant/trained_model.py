"""Trained model: its path, training, and loading."""

import gzip
import hashlib
import json
import os
import tarfile
import tempfile
import warnings
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from bot import logs
from bot.assistant.containment import disable_telemetry
from bot.assistant.lean import FOR_TRAINING, leave_out_unused
from bot.nlu.inputs import hash_of_files, understanding_hash
from bot.paths import CONFIG, DOMAIN_DIR, ENCODER_DIR, ENDPOINTS, MODELS_DIR, NLU_DIR, RULES_DIR
from bot.policy.yaml_files import read_yaml

if TYPE_CHECKING:
    from rasa.core.agent import Agent
    from rasa.core.tracker_store import TrackerStore
    from rasa.utils.endpoints import EndpointConfig

_TRAINING_DATA = (NLU_DIR, RULES_DIR)
_KEPT_MODELS = 3
_BLOCK_BYTES = 1 << 20
_CHECKSUM = ".sha256"  # end of the name of the file that tells a model from a changed one


class ModelError(RuntimeError):
    """The model is missing or cannot be trained; the message has the remedy."""


def prepare(lean: bool = True) -> None:
    """Silence Rasa before it is imported: no warnings, no debug output.

    It gets stubs for libraries that it does not use (``bot.assistant.lean``): with ``lean`` also
    for those of training.
    """
    leave_out_unused(() if lean else FOR_TRAINING)
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    warnings.simplefilter("ignore")
    warnings.showwarning = lambda *_, **__: None  # Rasa changes the filters while it trains
    if not logs.configured():
        logs.configure()


def model_path() -> Path:
    """Return the path of the model of the present inputs, trained or not: it contains their hash.

    The inputs are the NLU data, the rules, the pipeline with its code, and the names in the domain.
    The words of an answer are no input: the server reads the answers when it starts.
    """
    return MODELS_DIR / f"privacy-bot-{_inputs_hash()}.tar.gz"


def _inputs_hash() -> str:
    parts = (
        hash_of_files([*_training_files(), CONFIG]),
        understanding_hash(),
        json.dumps(_domain_names(), sort_keys=True),
    )
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def _training_files() -> list[Path]:
    return sorted(path for folder in _TRAINING_DATA for path in folder.rglob("*.yml"))


def _domain_names() -> list[Any]:
    """Return the content of the domain's files, with the names of responses in place of texts."""
    contents = [read_yaml(path) for path in sorted(DOMAIN_DIR.glob("*.yml"))]
    return [
        {**content, "responses": sorted(content.get("responses") or ())} for content in contents
    ]


def settings_of(component: str) -> dict[str, Any]:
    """Return the settings in config.yml of a pipeline component, by the name of its class."""
    pipeline: list[dict[str, Any]] = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))["pipeline"]
    found = next(step for step in pipeline if step["name"].split(".")[-1] == component)
    return {name: value for name, value in found.items() if name != "name"}


def train(force: bool = False) -> Path:
    """Train a model of the present inputs and return its path; raises ModelError if Rasa fails.

    Steps with unchanged inputs and code are taken from Rasa's cache (``bot/nlu/component.py``),
    unless ``force`` is set.
    """
    prepare(lean=False)
    import rasa.api
    from rasa.shared.exceptions import RasaException

    disable_telemetry()
    for file in _training_files():  # raises with file and line; Rasa would not name the line
        read_yaml(file)
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
    _checksum_of(path).write_text(_sha256(path), encoding="ascii")
    for old in sorted(
        MODELS_DIR.glob("privacy-bot-*.tar.gz"), key=lambda file: file.stat().st_mtime
    )[:-_KEPT_MODELS]:
        old.unlink()
        _checksum_of(old).unlink(missing_ok=True)
    return path


def verify_model(path: Path) -> None:
    """Raise ModelError if the model is missing, truncated, empty or changed."""
    if not path.exists():
        raise ModelError(
            "There is no model of the present data and settings. Make one: privacy-bot train"
        )
    recorded = _checksum_of(path)
    try:
        if recorded.exists() and recorded.read_text(encoding="ascii").strip() != _sha256(path):
            raise tarfile.ReadError("changed")
        with gzip.open(path) as unpacked, tarfile.open(fileobj=unpacked) as archive:
            if "metadata.json" not in archive.getnames():
                raise tarfile.ReadError("incomplete")
            while unpacked.read(_BLOCK_BYTES):  # to the end, which has a checksum
                pass
    except (tarfile.TarError, zlib.error, EOFError, OSError, UnicodeDecodeError):
        raise ModelError(
            f"The model {path.name} is damaged: truncated, empty or changed since its training. "
            "Make it again: privacy-bot train --force"
        ) from None


def _checksum_of(path: Path) -> Path:
    return path.with_name(path.name + _CHECKSUM)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def load(
    action_endpoint: "EndpointConfig | None" = None,
    tracker_store: "TrackerStore | None" = None,
    path: Path | None = None,
    lean: bool = True,
) -> "Agent":
    """Load Rasa's agent; raises ModelError if the model of the present inputs is not trained yet.

    Without an ``action_endpoint`` (``bot.assistant.action_endpoint``) the agent understands
    messages and runs no custom action.
    """
    prepare(lean)
    from rasa.core.agent import Agent
    from rasa.core.policies.rule_policy import RulePolicy
    from rasa.core.utils import AvailableEndpoints

    from bot.assistant.failures import let_errors_out
    from bot.assistant.prepared_graph import PreparedGraph
    from bot.assistant.processor import ServingProcessor
    from bot.dialogue.rules import RuleLookup
    from bot.nlu.models.encoder import verify
    from bot.policy.answer_files import load_answers
    from bot.policy.facts import facts
    from bot.policy.kinds import load_data_kinds

    disable_telemetry()
    # Check these files first: Rasa would wrap their errors in its own while it loads the graph.
    load_data_kinds()
    facts()
    load_answers()
    verify(ENCODER_DIR)
    path = path or model_path()
    verify_model(path)
    endpoints = AvailableEndpoints.read_endpoints(str(ENDPOINTS))
    try:
        agent = Agent.load(
            str(path),
            generator=endpoints.nlg,
            tracker_store=tracker_store,
            action_endpoint=action_endpoint,
        )
    except OSError as error:
        raise ModelError(
            f"The model cannot be unpacked in {tempfile.gettempdir()} ({error.strerror}): "
            "make room there."
        ) from error
    agent.processor.graph_runner = PreparedGraph(
        agent.processor.graph_runner, {RulePolicy: RuleLookup}
    )
    let_errors_out(agent, tracker_store)
    ServingProcessor.take_over(agent.processor)
    return agent
