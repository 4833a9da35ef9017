"""Tests of the store's names in messages, which become the same words for every store."""

from pathlib import Path

import pytest

from bot.nlu.models.store_name import addressed, neutral
from bot.paths import NLU_DIR, STORES_DIR
from bot.policy.store import Store

HARDWARE = Store(
    Path("hardware"),
    name="The Home Depot",
    aliases=("Home Depot",),
    sites=frozenset({"homedepot.com", "toolshed.example"}),
)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("does home depot sell my data", "does the store sell my data"),
        ("why does The Home Depot need my id", "why does The store need my id"),
        ("is homedepot.com safe", "is the store safe"),
        ("kill my homedepot account", "kill my store account"),
        ("what is home depot's policy", "what is the store's policy"),
        ("does it cover toolshed too", "does it cover the other store too"),
        ("i wrote to help@homedepot.com", "i wrote to help@homedepot.com"),
        ("do you sell my data", "do you sell my data"),
    ],
)
def test_a_name_of_the_store_becomes_the_store(text: str, read: str) -> None:
    """Names, sites and further sites are replaced, with the article that fits."""
    assert neutral(text, HARDWARE) == read


def test_the_training_data_names_no_store() -> None:
    """The model learns from no store's name, so it serves any store."""
    names = [folder.name for folder in STORES_DIR.iterdir() if folder.is_dir()]
    for path in NLU_DIR.glob("*.yml"):
        text = path.read_text(encoding="utf-8").lower()
        assert not [name for name in names if name in text], path


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("does this website sell my data", "do you sell my data"),
        ("has your company changed its policy", "have you changed its policy"),
        ("is the store selling my data?", "are you selling my data?"),
        ("how do you guys use it", "how do you use it"),
        ("who gets it from y'all", "who gets it from you"),
        ("doesn't the shop share it", "don't you share it"),
    ],
)
def test_who_acts_is_you(text: str, read: str) -> None:
    """The store that acts is "you", whatever it is called."""
    assert addressed(text) == read


@pytest.mark.parametrize(
    "text",
    [
        "is this site safe",
        "is the website part of a group",
        "does the store open on sunday",
        "do other websites follow your policy",
    ],
)
def test_what_the_store_is_stays(text: str) -> None:
    """What is said of a page or of a shop's hours, and of others, stays as it is."""
    assert addressed(text) == text
