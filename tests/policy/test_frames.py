"""Tests of answers from confirmed frames, with a policy of an invented shop."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from bot.paths import STORES_DIR
from bot.policy.confirmations import Confirmed, Quote, read_confirmed, version_of, write_confirmed
from bot.policy.document import PolicyError, read_policy
from bot.policy.facts import read_facts
from bot.policy.frame_check import problems_of_frames
from bot.policy.frame_list import load_frames
from bot.policy.frames import FrameAnswers
from bot.policy.store import read_store

POLICY = """# Fernwick privacy

We do not sell your data. We keep it for two years.

## Your rights

### If you live in California

You may ask for a copy of your data.

## Sharing

We give data to:

* carriers
* banks

Others get nothing.
"""
TITLE = ("Fernwick privacy",)
CALIFORNIA = (*TITLE, "Your rights", "If you live in California")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Folder of a store with a policy and nothing confirmed."""
    (tmp_path / "policy.md").write_text(POLICY)
    return tmp_path


def confirm(folder: Path, *items: Confirmed) -> FrameAnswers:
    """Confirm frames on the present policy and return the answers."""
    version = version_of(folder)
    write_confirmed(
        folder, [replace(item, by="Ann", at="2026-11-28", policy=version) for item in items]
    )
    return answers(folder)


def bare(text: str) -> str:
    """Return a text without blanks and without the commas between the lines of an address."""
    return re.sub(r"[\s,]+", "", text)


def titles(told: FrameAnswers) -> list[str]:
    """Return all headings of a policy."""
    return [title for section in told.policy.sections for title in section.headings]


def answers(folder: Path) -> FrameAnswers:
    """Return the answers of a store."""
    policy = read_policy(folder)
    return FrameAnswers.of(folder, policy, read_facts(read_store(folder), policy))


SELLING = Confirmed("selling.sold", "no", (Quote("We do not sell your data.", TITLE),))


def test_an_answer_is_a_lead_and_quotes(folder: Path) -> None:
    """The lead is the listed one of the verdict, and the quote has its clause."""
    answer = confirm(folder, SELLING).answer(["selling.sold"])
    lead = load_frames()["selling.sold"].leads["no"]
    assert answer.text == f"{lead} “We do not sell your data.”"
    assert answer.clauses == ("fernwick_privacy.1",)


def test_a_condition_of_a_heading_is_said(folder: Path) -> None:
    """A quote under a heading that says for whom it holds is told with this heading."""
    quote = Quote("You may ask for a copy of your data.", CALIFORNIA)
    answer = confirm(folder, Confirmed("access.see", "conditions", (quote,))).answer(["access.see"])
    assert "Under “If you live in California”: “You may ask" in answer.text


def test_a_condition_in_words_is_said(folder: Path) -> None:
    """The condition that a person wrote comes after the quotes."""
    item = replace(SELLING, condition="in the shop, too")
    assert (
        confirm(folder, item)
        .answer(["selling.sold"])
        .text.endswith("Please note: in the shop, too.")
    )


def test_quotes_that_follow_each_other_are_one(folder: Path) -> None:
    """Sentences side by side in the policy stand in one pair of quotation marks."""
    keep = Quote("We keep it for two years.", TITLE)
    item = replace(SELLING, quotes=(*SELLING.quotes, keep))
    text = confirm(folder, item).answer(["selling.sold"]).text
    assert "“We do not sell your data. We keep it for two years.”" in text


def test_a_list_item_has_its_introduction(folder: Path) -> None:
    """A short item of a list, which says nothing alone, is in the clause with its introduction."""
    quote = Quote("carriers", (*TITLE, "Sharing"))
    answer = confirm(folder, Confirmed("sharing.providers", "yes", (quote,))).answer(
        ["sharing.providers"]
    )
    assert answer.clauses == ("sharing.1",)


def test_what_the_policy_does_not_say_is_said_so(folder: Path) -> None:
    """A confirmed "not said" has a lead of its own and names who can tell."""
    text = (
        confirm(folder, Confirmed("security.breach", "not_said")).answer(["security.breach"]).text
    )
    assert text.startswith(load_frames()["security.breach"].leads["not_said"])
    assert text.endswith("ask our support team.")


@pytest.mark.parametrize("change", ["not sell", "two years"])
def test_a_changed_policy_opens_what_was_confirmed(folder: Path, change: str) -> None:
    """After a change nobody has confirmed the answer, which says so and quotes nothing."""
    confirm(folder, SELLING)
    (folder / "policy.md").write_text(POLICY.replace(change, "now"))
    answer = answers(folder).answer(["selling.sold"])
    assert answer.text.startswith(load_frames()["selling.sold"].leads["nothing"])
    assert "“" not in answer.text


def test_a_frame_that_nobody_confirmed_claims_nothing(folder: Path) -> None:
    """Without a confirmation there is no yes, no "no", and no "does not say"."""
    for frame in load_frames().values():
        text = answers(folder).answer([frame.id]).text
        assert text.startswith(frame.leads["nothing"])


def test_a_second_frame_is_said_if_it_says_something(folder: Path) -> None:
    """A second frame that the policy says nothing on is left out; the first one never is."""
    both = confirm(folder, SELLING, Confirmed("security.breach", "not_said"))
    only = both.answer(["selling.sold"]).text
    assert both.answer(["selling.sold", "security.breach"]).text == only
    silent = load_frames()["security.breach"].leads["not_said"]
    assert both.answer(["security.breach", "selling.sold"]).text.startswith(f"{silent} {only}")


def test_a_second_frame_with_the_same_quote_adds_no_bare_lead(folder: Path) -> None:
    """A frame whose quotes have all been said is not told without a quote."""
    partners = replace(SELLING, frame="sharing.partners", condition="x")
    told = confirm(folder, SELLING, partners)
    only = told.answer(["selling.sold"])
    assert told.answer(["selling.sold", "sharing.partners"]) == only


def test_a_quote_with_the_word_of_the_question_comes_first(folder: Path) -> None:
    """Of several quotes, the one with a rare word of the question is said first."""
    quotes = (*SELLING.quotes, Quote("Others get nothing.", (*TITLE, "Sharing")))
    told = confirm(folder, replace(SELLING, quotes=quotes))
    text = told.answer(["selling.sold"], "do others get my data").text
    assert text.index("Others get nothing.") < text.index("We do not sell")


def test_what_is_written_is_read_again(folder: Path) -> None:
    """Confirmed frames survive the file, with their headings and dismissed candidates."""
    item = replace(SELLING, condition="x", dismissed=("Others get nothing.",))
    confirm(folder, item)
    (read,) = read_confirmed(folder).values()
    assert replace(read, by="", at="", policy="") == item


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("nothing.such: {verdict: yes}", "no such frame"),
        ("selling.sold: {verdict: maybe}", "`verdict` must be one of"),
        ("selling.sold: {verdict: 'no'}", "every verdict but not_said has quotes"),
        ("selling.sold: {verdict: not_said, quotes: [{text: x}]}", "not_said has none"),
    ],
)
def test_a_frame_without_meaning_is_refused(folder: Path, entry: str, message: str) -> None:
    """An unknown frame or verdict, or quotes that do not belong, raise PolicyError."""
    (folder / "frames.yml").write_text(f"frames:\n  {entry}\n")
    with pytest.raises(PolicyError, match=message):
        read_confirmed(folder)


def test_confirmed_frames_that_stand_are_no_problem(folder: Path) -> None:
    """The check finds nothing in what a person confirmed on the present policy."""
    confirm(folder, SELLING)
    assert list(problems_of_frames(folder, read_policy(folder))) == []


def test_a_changed_quote_is_a_problem_with_its_line(folder: Path) -> None:
    """A quote that the policy no longer has is reported with the line of its frame."""
    confirm(folder, SELLING)
    (folder / "policy.md").write_text(POLICY.replace("not sell", "sell"))
    problems = list(problems_of_frames(folder, read_policy(folder)))
    assert [problem.line for problem in problems] == [3, 3]
    assert "does not stand in the policy under Fernwick privacy" in problems[0].message
    assert "the policy has changed" in problems[1].message


def test_a_frame_that_nobody_signed_is_a_problem(folder: Path) -> None:
    """A confirmation says who made it, and when."""
    write_confirmed(folder, [replace(SELLING, policy=version_of(folder))])
    (problem,) = problems_of_frames(folder, read_policy(folder))
    assert "says nobody who confirmed it" in problem.message


@pytest.mark.parametrize(
    "store", [path.parent.name for path in sorted(STORES_DIR.glob("*/frames.yml"))]
)
def test_every_store_says_only_listed_leads_and_its_policy(store: str) -> None:
    """Each answer is a lead of the list, then quotes that stand in the policy."""
    told = answers(STORES_DIR / store)
    stands = bare(" ".join(clause.plain for clause in told.policy.clauses()))
    for frame in load_frames().values():
        found = told.standing(frame.id)
        assert found is not None, frame.id
        text = told.answer([frame.id]).text
        assert text.startswith(frame.leads[found.verdict])
        said = [bare(part) for part in re.findall("“(.*?)”", text)]
        assert bool(said) == (found.verdict != "not_said")
        assert all(part in stands or part in map(bare, titles(told)) for part in said), text
