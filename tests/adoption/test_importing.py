"""Import of policies into the folders of stores."""

from pathlib import Path

import pytest
import yaml

from bot.adoption.importing import Adopted, adopt, folder_for
from bot.adoption.reading import DocumentError
from bot.policy.document import read_policy
from bot.policy.store import read_store
from tests.adoption.conftest import LAMPS


def test_folder(adopted: Adopted) -> None:
    """The store's folder has the original, the policy, the clauses and the store."""
    names = {path.name for path in adopted.folder.iterdir()}
    assert names == {"original.md", "policy.md", "clauses.yml", "store.yml"}
    assert (adopted.folder / "policy.md").read_text(encoding="utf-8") == LAMPS


def test_facts(adopted: Adopted) -> None:
    """Facts of the store are proposed with the clauses that they stand in."""
    store, policy = read_store(adopted.folder), read_policy(adopted.folder)
    assert store.name == "Lamp & Leaf"
    assert store.sites == {"lampandleaf.example"}
    assert store.stated is not None
    values = {name: stated.value for name, stated in store.stated.items()}
    assert values == {
        "support_phone": "1-800-555-0100",
        "privacy_email": "privacy@lampandleaf.example",
        "mail_address": "Lamp & Leaf, Inc., 12 Harbor Street, Portland, OR 97201",
    }
    for stated in store.stated.values():
        text = " ".join(policy.clause(clause).plain for clause in stated.clauses)
        assert all(part in text for part in str(stated.value).split(", "))


def test_json(adopted: Adopted) -> None:
    """The proposals are printed in the form that the judge of the project reads."""
    frame = adopted.as_json()["frames"][0]
    assert set(frame) == {"frame", "proposed", "candidates"}
    assert set(frame["candidates"][0]) == {"quotes", "headings"}
    assert all(quote in LAMPS for quote in frame["candidates"][0]["quotes"])


def test_ids_outlive_a_version(adopted: Adopted, tmp_path: Path) -> None:
    """Clauses whose text is unchanged keep their ids, and new ones get numbers never used."""
    before = {clause.text: clause.id for clause in adopted.policy.clauses()}
    newer = tmp_path / "newer.md"
    newer.write_text(
        LAMPS.replace("## Cookies\n", "## Cookies\n\nWe bake our cookies with care.\n"),
        encoding="utf-8",
    )
    after = {clause.text: clause.id for clause in adopt(newer, adopted.folder).policy.clauses()}
    assert {text: after[text] for text in before} == before
    assert after["We bake our cookies with care."] not in before.values()


def test_store_is_kept(adopted: Adopted, policy_file: Path) -> None:
    """A newer version leaves store.yml as a person wrote it."""
    path = adopted.folder / "store.yml"
    path.write_text("name: Lamps\n", encoding="utf-8")
    adopt(policy_file, adopted.folder)
    assert yaml.safe_load(path.read_text(encoding="utf-8")) == {"name": "Lamps"}


@pytest.mark.parametrize("name", ["", "../lamps", "Lamps", "lamps/leaf", "a b"])
def test_name(name: str) -> None:
    """A name that cannot be a folder's is refused."""
    with pytest.raises(DocumentError, match="cannot be the name"):
        folder_for(name)
