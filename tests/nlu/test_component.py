"""Tests of when training is done again."""

import pytest
import yaml
from rasa.engine.training.fingerprinting import calculate_fingerprint_key
from rasa.shared.utils.common import class_from_module_path

from bot import assistant

PIPELINE = [step["name"] for step in yaml.safe_load(assistant.CONFIG.read_text(encoding="utf-8"))["pipeline"]]
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
    """The components that the other tests are about are there."""
    assert len(TRAINED) >= 5


@pytest.mark.parametrize("name", TRAINED)
def test_other_code_is_trained_again(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No step is taken from Rasa's cache when code changed that is not in the component's own class."""
    keys = set()
    for digest in ("one", "another"):
        monkeypatch.setattr(assistant, "understanding_digest", lambda digest=digest: digest)
        keys.add(calculate_fingerprint_key(class_from_module_path(name), {}, {}))
    assert len(keys) == 2


def test_the_same_code_is_not_trained_again() -> None:
    """What a change of the data leaves as it was is taken from the cache."""
    first, again = (calculate_fingerprint_key(class_from_module_path(TRAINED[0]), {}, {}) for _ in range(2))
    assert first == again
