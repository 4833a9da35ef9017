"""Tests of the checks of e-mail addresses."""

import pytest

from bot.optouts.addresses import BadAddress, advertising_hash, normalise, suggestion


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
def test_an_address_has_one_normal_form(written: str, normal: str) -> None:
    """Different spellings of an address have the same normal form."""
    assert normalise(written) == normal


@pytest.mark.parametrize(
    "written",
    [
        "",
        "jo",
        "jo@",
        "@example.com",
        "jo@example",
        "jo@@example.com",
        "jo@exa mple.com",
        "a" * 10_000 + "@example.com",
        "jo@-x.com",
        "jo@example.com\nBcc: all@example.com",
        "<script>@example.com",
    ],
)
def test_other_text_is_refused(written: str) -> None:
    """Text that is not an e-mail address raises an error with a message."""
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
def test_a_typing_error_is_corrected(typed: str, meant: str) -> None:
    """For a domain that is very similar to a common one, the common one is suggested."""
    assert suggestion(typed) == meant


@pytest.mark.parametrize(
    "typed", ["jo@gmail.com", "jo@example.com", "jo@bellacor.com", "jo@university.edu"]
)
def test_other_domains_get_no_suggestion(typed: str) -> None:
    """For a common domain, and for one that is similar to none, nothing is suggested."""
    assert suggestion(typed) is None


def test_the_hash_for_advertising_is_plain_sha256() -> None:
    """The hash is the SHA-256 of the address in lower case, as advertising platforms accept it."""
    # printf jo@example.com | sha256sum
    expected = "f4e19df2e6c609fbd59a42b9063d0fadf44260218531ea21ad8c575f205c0453"
    assert advertising_hash(normalise(" JO@example.com")) == expected
