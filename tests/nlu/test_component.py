"""Tests of the conditions for training again."""

import pytest
import yaml
from rasa.engine.training.fingerprinting import calculate_fingerprint_key
from rasa.shared.utils.common import class_from_module_path

from bot.nlu import inputs
from bot.paths import CONFIG

PIPELINE = [step["name"] for step in yaml.safe_load(CONFIG.read_text(encoding="utf-8"))["pipeline"]]
TRAINED = [
    name
    for name in PIPELINE
    if name.startswith("bot.")
    and any(
        {"train", "process_training_data"} & vars(base).keys()
        for base in class_from_module_path(name).__mro__
        if base.__module__.startswith("bot.")
    )
]


def test_components_take_part_in_training() -> None:
    """The pipeline has the components that the other tests are about."""
    assert len(TRAINED) >= 5


@pytest.mark.parametrize("name", TRAINED)
def test_changed_code_is_trained_again(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rasa's cache is not used when code outside the component's own class has changed."""
    keys = set()
    for digest in ("one", "another"):
        monkeypatch.setattr(inputs, "understanding_hash", lambda digest=digest: digest)
        keys.add(calculate_fingerprint_key(class_from_module_path(name), {}, {}))
    assert len(keys) == 2


def test_unchanged_code_is_not_trained_again() -> None:
    """A step with the same code and inputs is taken from Rasa's cache."""
    first, again = (
        calculate_fingerprint_key(class_from_module_path(TRAINED[0]), {}, {}) for _ in range(2)
    )
    assert first == again
