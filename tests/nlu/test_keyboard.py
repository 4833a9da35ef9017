"""Tests of the keyboard."""

from bot.nlu.models.keyboard import NEIGHBOURS


def test_neighbours_are_around_a_key() -> None:
    """The keys around g on an American keyboard."""
    assert set(NEIGHBOURS["g"]) == set("ftyhvb")
