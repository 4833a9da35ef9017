"""Tests of plain characters."""

import sys
import unicodedata

import pytest

from bot.privacy.characters import plain

EM_DASHES = "\u2014\u2015\u2e3a\u2e3b\ufe31\ufe32\ufe58"


@pytest.mark.parametrize(
    ("typed", "plainly"),
    [
        ("don’t, don‘t, donʼt, don＇t, don´t, don`t", "don't, don't, don't, don't, don't, don't"),
        ("ｊｏ＠ｅｘａｍｐｌｅ．ｃｏｍ", "jo@example.com"),
        ("jo﹫example﹒com", "jo@example.com"),
        ("𝗷𝗼 ٤𝟚", "jo 42"),
        ("a\u00a0b\u202fc\u3000d\u2028e", "a b c d e"),
        ("`code` and ´", "`code` and ´"),
        ("yes – or no — or 5–9 – bye", "yes – or no — or 5-9 – bye"),
        ("bye—jo", "bye—jo"),
        ("2 m² of “Straße” ½ ™", "2 m² of “Straße” ½ ™"),
    ],
)
def test_each_thing_has_one_character(typed: str, plainly: str) -> None:
    """Look-alikes become ASCII, and characters that mean something else stay."""
    assert plain(typed) == plainly


def test_every_dash_inside_a_word_is_a_hyphen() -> None:
    """All dashes of Unicode are hyphens between letters, except the em dash and its like."""
    dashes = [
        character
        for character in map(chr, range(sys.maxunicode))
        if unicodedata.category(character) == "Pd" or character == "\u2212"
    ]
    for dash in dashes:
        assert plain(f"mary{dash}ann") == (f"mary{dash}ann" if dash in EM_DASHES else "mary-ann"), (
            hex(ord(dash))
        )


@pytest.mark.parametrize(
    "hidden",
    "\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202e\u2060\u2066\u2069\ufe0f\ufeff\U000e0061",
)
def test_invisible_characters_are_removed(hidden: str) -> None:
    """A mark that nobody sees splits no word."""
    assert plain(f"{hidden}41{hidden}11{hidden}") == "4111"


@pytest.mark.parametrize(
    "emoji", ["\U0001f468\u200d\U0001f469", "❤\ufe0f", "\U0001f3f4\U000e0067\U000e0062\U000e007f"]
)
def test_emoji_stay(emoji: str) -> None:
    """The invisible characters that shape an emoji stay in it."""
    assert plain(emoji) == emoji
