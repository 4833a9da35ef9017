"""Tests of one-click links: programs change the end of an address, and the link still works."""

import quopri
from urllib.parse import quote

import pytest

from bot.keys import Keyring
from bot.optouts.links import UnknownLink, UnsubscribeLinks
from bot.settings import Settings

LINKS = UnsubscribeLinks(Settings())
# 1, 2 and 3 blocks: tokens with two, one and no "=" at their end
ADDRESSES = ["jo@example.com", "jo.summer@example.com", "jo.summer.at.the.lake.home@example.com"]
ENDS = [
    "", "=", "==", "%3D", "%3D%3D", "%3d", "%253D", "%3", "=3D", "=3D=3D", "3D=", "3D3D", "=\r\n",
    "=3D=\r\n", ".", ">", ")", ").", "&gt;", " ", "%20", "\t", "\u00a0", "\ufffd", "'", '"', ",",
]  # fmt: skip


def token(address: str) -> str:
    """Return the token of a new link."""
    return LINKS.path(address).removeprefix("/unsubscribe/")


def old_token(address: str) -> str:
    """Return a token as links had it before, with "=" at its end."""
    return Keyring(Settings().data_keys, "unsubscribe").encrypt(address)


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_new_token_has_only_letters_that_no_program_encodes(address: str) -> None:
    """A new token is the same after encoding for addresses and for mails."""
    made = token(address)
    assert quote(made, safe="") == made
    assert quopri.encodestring(made.encode()).decode().replace("=\n", "") == made


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("address", ADDRESSES)
def test_a_token_survives_what_programs_do_to_its_end(address: str, end: str) -> None:
    """What is added to the end of a token, new or old, does not matter."""
    for made in (token(address), old_token(address), old_token(address).rstrip("=")):
        assert LINKS.address(made + end) == address


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_encoded_end_of_an_old_token_is_understood(address: str) -> None:
    """The "=" of an older token may be encoded once or twice, or cut."""
    old = old_token(address)
    once = quote(old, safe="")
    for sent in (old, once, quote(once, safe=""), old.replace("=", "=3D"), old.rstrip("=")):
        assert LINKS.address(sent) == address


def test_a_soft_line_break_in_a_token_is_ignored() -> None:
    """A token is read also if a mail program left the line breaks of quoted-printable in it."""
    made = token(ADDRESSES[1])
    assert LINKS.address(f"{made[:76]}=\r\n{made[76:]}") == ADDRESSES[1]


@pytest.mark.parametrize("sent", ["", "=", "abc", "x" * 97, "x" * 98, "x" * 10_000, "é" * 120])
def test_an_invented_token_is_refused(sent: str) -> None:
    """A token that this bot did not make is no link, whatever its length."""
    with pytest.raises(UnknownLink):
        LINKS.address(sent)


def test_a_changed_token_is_refused() -> None:
    """A token with another letter, or without its last one, is no link."""
    made = token(ADDRESSES[0])
    other = "A" if made[40] != "A" else "B"
    for changed in (f"{made[:40]}{other}{made[41:]}", made[:-1], made[1:]):
        with pytest.raises(UnknownLink):
            LINKS.address(changed)
