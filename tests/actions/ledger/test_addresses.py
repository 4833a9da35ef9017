"""Tests of e-mail addresses."""

import pytest

from actions.ledger.addresses import BadAddress, advertising_hash, normalise, suggestion


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("Jo@Example.COM ", "jo@example.com"),
        ("jo+news@example.com", "jo+news@example.com"),
        ("jo@bücher.example", "jo@bücher.example"),
        ("jo@xn--bcher-kva.example", "jo@bücher.example"),
        ("o'neil@example.com", "o'neil@example.com"),
    ],
)
def test_an_address_has_one_form(written: str, normal: str) -> None:
    """However it is written, the same address is the same."""
    assert normalise(written) == normal


@pytest.mark.parametrize(
    "written",
    ["", "jo", "jo@", "@example.com", "jo@example", "jo@@example.com", "jo@exa mple.com", "a" * 10_000 + "@example.com",
     "jo@-x.com", "jo@example.com\nBcc: all@example.com", "<script>@example.com"],
)  # fmt: skip
def test_what_is_no_address_is_refused(written: str) -> None:
    """An error says what is wrong."""
    with pytest.raises(BadAddress, match="."):
        normalise(written)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("jo@gmial.com", "jo@gmail.com"),
        ("jo@yaho.com", "jo@yahoo.com"),
        ("jo@hotmial.com", "jo@hotmail.com"),
        ("jo@gmail.con", "jo@gmail.com"),
    ],
)
def test_a_slip_is_offered(typed: str, meant: str) -> None:
    """A domain that is nearly a common one may be a slip."""
    assert suggestion(typed) == meant


@pytest.mark.parametrize("typed", ["jo@gmail.com", "jo@example.com", "jo@bellacor.com", "jo@university.edu"])
def test_other_domains_are_left_alone(typed: str) -> None:
    """Nothing is suggested where nothing is nearly wrong."""
    assert suggestion(typed) is None


def test_the_hash_for_advertising_is_plain_sha256() -> None:
    """As ad platforms take it: SHA-256 of the address in lower case, in hexadecimal."""
    known = "f4e19df2e6c609fbd59a42b9063d0fadf44260218531ea21ad8c575f205c0453"  # printf jo@example.com | sha256sum
    assert advertising_hash(normalise(" JO@example.com")) == known
