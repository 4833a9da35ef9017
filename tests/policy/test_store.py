"""Tests of the description of a store, and of the choice of one."""

import subprocess
import sys
from pathlib import Path

import pytest

from bot.paths import PACKAGE_DIR, ROOT, STORES_DIR
from bot.policy.document import PolicyError
from bot.policy.folder import find_store
from bot.policy.store import read_store, store


def test_a_store_has_names_sites_and_a_zone() -> None:
    """The project's store is described by its folder."""
    assert store().folder == STORES_DIR / "bellacor"
    assert store().sites == {"bellacor.com", "bellacorpro.com"}
    assert store().zone.key == "America/Chicago"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("aliases: [A]", "needs a `name`"),
        ("name: A\ncolour: red", r"store\.yml:2: there is no key 'colour'"),
        ("name: A\njurisdiction: mars", "must be one of us, eu, uk"),
        ("name: A\ntrade: magic", "`trade` must be one of lighting,"),
        ("name: A\ntime_zone: Chicago", "no time zone 'Chicago'"),
    ],
)
def test_a_wrong_description_is_refused(tmp_path: Path, text: str, message: str) -> None:
    """A missing name, an unknown key or a wrong value raises PolicyError that says what to do."""
    (tmp_path / "store.yml").write_text(text)
    with pytest.raises(PolicyError, match=message):
        read_store(tmp_path)


def test_a_store_without_a_description_has_the_name_of_its_folder(tmp_path: Path) -> None:
    """A folder with only a policy is a store, in no time zone and without facts."""
    folder = tmp_path / "fern_wick"
    folder.mkdir()
    assert read_store(folder).name == "Fern Wick"


def test_a_store_is_found_by_name_and_by_path() -> None:
    """A store may be a folder of the project or any other."""
    assert find_store("bellacor") == find_store(str(STORES_DIR / "bellacor"))
    assert find_store("nobody") is None


def test_an_unknown_store_is_refused_in_one_line() -> None:
    """A name without a folder ends a command with one line that lists the stores there are."""
    command = [sys.executable, "-m", "bot", "--store", "nobody", "check"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert "there is no store 'nobody'" in ended.stderr
    assert "bellacor" in ended.stderr


def test_no_line_of_code_names_a_store() -> None:
    """The names of the stores are in their folders, and in no module, page or script."""
    names = [folder.name for folder in STORES_DIR.iterdir() if folder.is_dir()]
    files = [
        path
        for folder in (PACKAGE_DIR, ROOT / "actions", ROOT / "scripts")
        for path in folder.rglob("*")
        if path.suffix in {".py", ".html", ".js", ".css", ".svg", ".sh", ".mako"}
    ]
    assert files
    for path in files:
        text = path.read_text(encoding="utf-8").lower()
        assert not [name for name in names if name in text], path
