"""Newer versions of a policy: what they change, and which decisions they touch."""

from pathlib import Path

import pytest

from bot.adoption.importing import Adopted, adopt
from bot.adoption.review import Review, quotes_of
from tests.adoption.conftest import LAMPS

_QUOTED = {
    "selling.sold": "no",
    "sharing.law": "conditions",
    "retention.period": "says",
    "email.unsubscribe": "says",
    "contact.phone": "says",
    "encryption.transit": "yes",
}


@pytest.fixture
def reviewed(adopted: Adopted) -> Adopted:
    """The store after the review of a few frames."""
    review = Review(adopted.folder, "the owner")
    for frame, verdict in _QUOTED.items():
        candidate = review.proposals[frame].candidates[0]
        review.confirm(frame, verdict, quotes_of(candidate)[:2])
    review.confirm("children.under13", "not_said", [])
    review.confirm("sharing.abroad", "not_said", [])
    return adopted


def _adopt(reviewed: Adopted, text: str, tmp_path: Path) -> Adopted:
    newer = tmp_path / "newer.md"
    newer.write_text(text, encoding="utf-8")
    return adopt(newer, reviewed.folder)


@pytest.mark.parametrize(
    ("old", "new", "touched"),
    [
        ("We do not sell", "We sell", ["selling.sold"]),
        ("for seven years", "for nine years", ["retention.period"]),
        ("1-800-555-0100", "1-800-555-0199", ["contact.phone"]),
        ("To stop receiving e-mails, click the unsubscribe link at\nthe bottom of each one. ", "",
         ["email.unsubscribe"]),
        ("We share it only as follows:", "We never share it as follows:", ["sharing.law"]),
        ("## How long we keep it", "## How long we keep it (Europe)", ["retention.period"]),
        ("## Security\n", "## Security\n\nOur site is not for children under 13.\n",
         ["children.under13"]),
        ("## Contact\n", "## Contact\n\nWe store your data in the United States.\n",
         ["sharing.abroad"]),
        ("## Contact\n", "## Contact\n\nWe may rent your personal information to partners.\n",
         ["selling.sold"]),
        ("You\ncan shop as a guest without an account.", "You\nneed an account to order.", []),
        ("## Cookies\n", "## Cookies\n\nOur biscuits are baked with care.\n", []),
    ],
)  # fmt: skip
def test_touched(reviewed: Adopted, tmp_path: Path, old: str, new: str, touched: list[str]) -> None:
    """A change reopens exactly the frames that it touches."""
    assert old in LAMPS
    newer = _adopt(reviewed, LAMPS.replace(old, new), tmp_path)
    assert list(newer.reopened) == touched
    review = Review(newer.folder, "the owner")
    decided = {*_QUOTED, "children.under13", "sharing.abroad"}
    assert {frame for frame in decided if review.decision(frame) is None} == set(touched)


def test_changes(reviewed: Adopted, tmp_path: Path) -> None:
    """An import says what was added, changed and removed."""
    text = LAMPS.replace("seven years", "nine years").replace(
        "We use cookies to remember your basket. ", ""
    )
    text += "\nWe have a cat.\n"
    changes = _adopt(reviewed, text, tmp_path).changes
    assert changes is not None
    assert changes.added == ("We have a cat.",)
    assert changes.changed == (
        (
            "We keep orders for seven years, because tax law requires it.",
            "We keep orders for nine years, because tax law requires it.",
        ),
    )
    assert changes.removed == ("We use cookies to remember your basket.",)


def test_same_version(reviewed: Adopted, policy_file: Path) -> None:
    """The same version again changes nothing."""
    again = adopt(policy_file, reviewed.folder)
    assert not again.changes
    assert again.reopened == []


def test_open_stays_open(reviewed: Adopted, tmp_path: Path) -> None:
    """A frame that a change has reopened stays open when the next version leaves it alone."""
    changed = LAMPS.replace("seven years", "nine years")
    _adopt(reviewed, changed, tmp_path)
    _adopt(reviewed, f"{changed}\nWe have a cat.\n", tmp_path)
    review = Review(reviewed.folder, "the owner")
    assert review.decision("retention.period") is None
    assert review.decision("selling.sold") is not None
