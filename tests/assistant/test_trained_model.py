"""Tests of the path of the model, which changes with its inputs, on copies of the inputs."""

import gzip
import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.assistant import trained_model
from bot.nlu import inputs
from bot.paths import DOMAIN_DIR, NLU_DIR, RULES_DIR
from bot.policy.document import PolicyError


@pytest.fixture
def copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Folder with copies of the domain, the NLU data and the rules, used as the model's inputs."""
    for folder in (DOMAIN_DIR, NLU_DIR, RULES_DIR):
        shutil.copytree(folder, tmp_path / folder.name)
    training_data = (tmp_path / NLU_DIR.name, tmp_path / RULES_DIR.name)
    monkeypatch.setattr(trained_model, "DOMAIN_DIR", tmp_path / DOMAIN_DIR.name)
    monkeypatch.setattr(trained_model, "_TRAINING_DATA", training_data)
    monkeypatch.setattr(inputs, "ROOT", tmp_path)
    shutil.copy(trained_model.CONFIG, tmp_path)
    monkeypatch.setattr(trained_model, "CONFIG", tmp_path / "config.yml")
    return tmp_path


def replace(path: Path, old: str, new: str) -> None:
    """Replace a text in a file, once."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_changed_answer_needs_no_training(copies: Path) -> None:
    """A change in the words of an answer keeps the path of the model."""
    before = trained_model.model_path()
    replace(copies / "domain" / "talk.yml", "Goodbye, and come back", "Good day, and come back")
    replace(copies / "domain" / "talk.yml", "# ", "# Also a comment. ")
    assert trained_model.model_path() == before


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("domain/topics.yml", "  utter_cookies:", "  utter_biscuits:"),
        ("domain/domain.yml", "- cookies\n", "- biscuits\n"),
        ("nlu/cookies.yml", "examples: |\n", "examples: |\n    - biscuits?\n"),
        ("rules/topics.yml", "rule: cookies", "rule: biscuits"),
        ("config.yml", "width: 2.0", "width: 3.0"),
    ],
)
def test_changed_names_data_rules_and_pipeline_need_training(
    copies: Path, file: str, old: str, new: str
) -> None:
    """A change in one of them changes the path of the model."""
    before = trained_model.model_path()
    replace(copies / file, old, new)
    assert trained_model.model_path() != before


@pytest.mark.parametrize(
    "damage",
    [
        lambda whole: b"",
        lambda whole: whole[: len(whole) // 2],
        lambda whole: whole[:-4],
        lambda whole: whole[:100_000] + bytes(9) + whole[100_009:],
        lambda whole: b"no archive",
    ],
    ids=["empty", "truncated", "end cut off", "changed", "another file"],
)
@pytest.mark.parametrize("with_checksum", [True, False])
def test_a_damaged_model_is_named_with_its_remedy(
    model: Path, tmp_path: Path, damage: Callable[[bytes], bytes], with_checksum: bool
) -> None:
    """A model that is not as it was trained is refused in one line that says what to run."""
    damaged = tmp_path / model.name
    damaged.write_bytes(damage(model.read_bytes()))
    if with_checksum:
        _record_checksum(damaged, model)
    with pytest.raises(trained_model.ModelError, match=r"is damaged.*privacy-bot train --force$"):
        trained_model.verify_model(damaged)


def test_another_whole_model_under_the_same_name_is_noticed(model: Path, tmp_path: Path) -> None:
    """A file that can be unpacked, but was not made by this training, is refused too."""
    other = tmp_path / model.name
    other.write_bytes(gzip.compress(gzip.decompress(model.read_bytes()), 1))
    trained_model.verify_model(other)
    _record_checksum(other, model)
    with pytest.raises(trained_model.ModelError, match="is damaged"):
        trained_model.verify_model(other)


def _record_checksum(path: Path, of: Path) -> None:
    checksum = hashlib.sha256(of.read_bytes()).hexdigest()
    path.with_name(f"{path.name}.sha256").write_text(checksum)


def test_training_names_the_line_of_a_fault(copies: Path) -> None:
    """A training file that is not YAML stops training with an error that has file and line."""
    broken = copies / "nlu" / "cookies.yml"
    broken.write_text(broken.read_text(encoding="utf-8") + "\n- [", encoding="utf-8")
    with pytest.raises(PolicyError, match=r"cookies\.yml:\d+: "):
        trained_model.train()
