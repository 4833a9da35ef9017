"""Tests of the cache of training steps."""

from pathlib import Path

import pytest

from bot import assistant
from bot.paths import NLU_DIR, ROOT


@pytest.fixture(autouse=True)
def caches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the caches of the test are."""
    monkeypatch.setenv("RASA_CACHE_DIRECTORY", "")  # restored after the test
    monkeypatch.setattr(assistant, "_CACHES", tmp_path)
    return tmp_path


def cache_with(monkeypatch: pytest.MonkeyPatch, *files: Path) -> Path:
    """Return the cache that is used when a model depends on ``files``."""
    monkeypatch.setattr(assistant, "inputs", lambda: list(files))
    return assistant.use_cache()


def test_other_code_has_another_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    """No step is taken from the cache when code changed that Rasa does not look at."""
    code = ROOT / "bot" / "nlu" / "models" / "kernel.py", ROOT / "bot" / "nlu" / "models" / "views.py"
    assert cache_with(monkeypatch, code[0]) != cache_with(monkeypatch, code[1])


def test_other_data_has_the_same_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a change of the data leaves as it was is not done again."""
    code = ROOT / "bot" / "nlu" / "models" / "kernel.py"
    assert cache_with(monkeypatch, code, NLU_DIR / "use.yml") == cache_with(monkeypatch, code, NLU_DIR / "cookies.yml")


def test_caches_of_other_code_are_removed(monkeypatch: pytest.MonkeyPatch, caches: Path) -> None:
    """Only the cache of the present code is kept."""
    (caches / "old").mkdir()
    used = cache_with(monkeypatch, ROOT / "bot" / "topics.py")
    used.mkdir()
    assert assistant.use_cache() == used
    assert list(caches.iterdir()) == [used]
