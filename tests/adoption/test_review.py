"""Review of frames, by hand and from a sheet."""

import json
from pathlib import Path

import pytest

from bot.adoption.importing import Adopted
from bot.adoption.review import Review, ReviewError, located, quotes_of, undismissed
from bot.adoption.sheet import review_from_sheet
from bot.adoption.store_file import read_fields, write_fields
from bot.policy.confirmations import Quote, read_confirmed
from bot.policy.document import PolicyError


@pytest.fixture
def review(adopted: Adopted) -> Review:
    """A review by the owner."""
    return Review(adopted.folder, "the owner")


def test_saved_at_once(review: Review) -> None:
    """A decision is in the store's folder as soon as it is taken, with who took it."""
    review.confirm("selling.sold", "no", quotes_of(review.proposals["selling.sold"].candidates[0]))
    saved = read_confirmed(review.folder)["selling.sold"]
    assert saved.by == "the owner"
    assert saved.policy == review.version
    assert saved.quotes[0].headings == ("Privacy at Lamp & Leaf", "Whom we share it with")


def test_undo(review: Review) -> None:
    """Undoing takes decisions back one by one, to what stood before."""
    quotes = quotes_of(review.proposals["selling.sold"].candidates[0])
    review.confirm("selling.sold", "no", quotes)
    review.confirm("selling.sold", "says", quotes)
    assert review.undo() == "selling.sold"
    assert read_confirmed(review.folder)["selling.sold"].verdict == "no"
    assert review.undo() == "selling.sold"
    assert read_confirmed(review.folder) == {}
    assert review.undo() is None


@pytest.mark.parametrize(
    ("frame", "verdict", "quotes", "message"),
    [
        ("selling.sold", "maybe", [], "verdict"),
        ("selling.sold", "no", [], "needs a quote"),
        ("selling.sold", "no", [Quote("We never sell.", ("Cookies",))], "not in the policy"),
        ("selling", "no", [], "no frame"),
    ],
)
def test_refused(
    review: Review, frame: str, verdict: str, quotes: list[Quote], message: str
) -> None:
    """A decision that does not hold together is refused and not saved."""
    with pytest.raises(ReviewError, match=message):
        review.confirm(frame, verdict, quotes)
    assert read_confirmed(review.folder) == {}


def test_dismissed(review: Review) -> None:
    """Who says "not said" dismisses the strong candidates, and the check accepts that."""
    review.confirm("selling.sold", "not_said", [])
    dismissed = read_confirmed(review.folder)["selling.sold"].dismissed
    assert dismissed[0] == "We do not sell your personal information to anyone."
    assert undismissed(review) == []


def test_undismissed(review: Review) -> None:
    """A strong candidate that nobody dismissed speaks against "not said"."""
    review.confirm("selling.sold", "not_said", [])
    path = review.folder / "frames.yml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.index("    dismissed:")], encoding="utf-8")
    found = undismissed(Review(review.folder, "the owner"))
    assert found[0] == ("selling.sold", "We do not sell your personal information to anyone.")


def test_search(review: Review) -> None:
    """A search finds passages by their words."""
    assert review.search("tax law")[0].plain.startswith("We keep orders for seven years")


def test_located(review: Review) -> None:
    """A quote may be a part of a sentence, and is found with the headings above it."""
    quote = located(review, "for seven years")
    assert quote.headings == ("Privacy at Lamp & Leaf", "How long we keep it")
    with pytest.raises(ReviewError, match="not in the policy"):
        located(review, "for eight years")


def test_sheet(review: Review, tmp_path: Path) -> None:
    """A sheet is confirmed line by line, and counted by where its quotes were proposed."""
    sheet = tmp_path / "sheet.jsonl"
    entries = [
        ("selling.sold", "no", ["We do not sell your personal information to anyone."], ""),
        ("access.see", "conditions", ["you may request a copy"], "California residents"),
        ("use.personalise", "says", ["Portland, OR 97201"], ""),
        ("children.under13", "not_said", [], ""),
        ("hours.support", "says", ["We are open all night."], ""),
    ]
    names = ("frame", "verdict", "quotes", "condition")
    lines = [json.dumps(dict(zip(names, entry, strict=True))) for entry in entries]
    sheet.write_text("\n".join(lines), encoding="utf-8")
    tally = review_from_sheet(review, sheet)
    counted = tally.as_json()
    places = ("first", "second", "third", "searched", "not_said")
    assert [counted[place] for place in places] == [2, 0, 0, 1, 2]
    assert "hours.support" in tally.problems[0]
    assert review.decision("hours.support") is None
    assert review.decision("access.see").condition == "California residents"  # type: ignore[union-attr]


@pytest.mark.parametrize("line", ["{", '{"frame": "selling.sold"}'])
def test_broken_sheet(review: Review, tmp_path: Path, line: str) -> None:
    """A line that is no decision is named."""
    sheet = tmp_path / "sheet.jsonl"
    sheet.write_text(line, encoding="utf-8")
    with pytest.raises(ReviewError, match=r"sheet\.jsonl:1"):
        review_from_sheet(review, sheet)


def test_store_fields(review: Review) -> None:
    """What a person changes about the store comes from that person, the rest from the policy."""
    write_fields(review.folder, {"name": "Lamps", "support_phone": "1-800-555-0111"}, "the owner")
    assert read_fields(review.folder)["name"] == "Lamps"
    text = (review.folder / "store.yml").read_text(encoding="utf-8")
    assert "from: the owner, on " in text
    assert "clause: contact.1" in text


def test_wrong_store_field(review: Review) -> None:
    """A value that the bot could not read is refused, and the file stays as it was."""
    before = (review.folder / "store.yml").read_text(encoding="utf-8")
    with pytest.raises(PolicyError, match="time zone"):
        write_fields(review.folder, {"time_zone": "Moon/Base"}, "the owner")
    assert (review.folder / "store.yml").read_text(encoding="utf-8") == before
