"""Tests of `privacy-bot check`: each kind of problem is reported with its file and line."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.paths import DATA_DIR, DOMAIN_DIR, STORES_DIR
from bot.policy.check import Inputs, problems
from bot.policy.document import PolicyError
from bot.policy.kinds import DataKind
from bot.policy.store import read_store

Checker = Callable[[str, str, str], list[str]]


@pytest.fixture
def copy(tmp_path: Path) -> Inputs:
    """Copy of the project's answers and of a store, for tests that put faults into it."""
    shutil.copytree(DOMAIN_DIR, tmp_path / "domain")
    shutil.copytree(DATA_DIR / "rules", tmp_path / "data" / "rules")
    shutil.copytree(DATA_DIR / "nlu", tmp_path / "data" / "nlu")
    shutil.copytree(STORES_DIR / "bellacor", tmp_path / "store")
    return replace(
        Inputs.of(tmp_path / "store"),
        domain_dir=tmp_path / "domain",
        data_dir=tmp_path / "data",
    )


@pytest.fixture
def spoil(copy: Inputs) -> Checker:
    """Function that replaces a text once in a file and returns the problems."""

    def replace_and_check(file: str, old: str, new: str) -> list[str]:
        places = (copy.domain_dir, copy.store.folder, copy.domain_dir.parent)
        path = next(place / file for place in places if (place / file).exists())
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new, 1))
        spoilt = replace(copy, store=read_store(copy.store.folder))
        return [str(problem) for problem in problems(spoilt)]

    return replace_and_check


def test_the_project_is_covered_by_the_policy() -> None:
    """The check finds no problem in the project's own files."""
    assert problems(Inputs.of_project()) == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("clauses: [cookies.4, cookies.5]", "clauses: [cookies.4, cookies.99]", "cites cookies.99"),
        ("age of 13, and no part", "age of 15, and no part", "figure '15'"),
        ("age of 13, and no part", "age of 3, and no part", "figure '3'"),
        (
            "It does not say what you miss if you leave something out.",
            "It is kept for ninety days.",
            "period 'ninety days'",
        ),
        (
            "or order by phone, {order_phone}.",
            "or order by phone, 1-800-555-0100.",
            "figure '1-800-555-0100'",
        ),
        (
            "Children's Online Privacy Protection Act of 1998",
            "Consumer Privacy Act of 1998",
            "law 'Consumer Privacy Act'",
        ),
        (
            '"we do not sell it to others."',
            '"we never sell anything."',
            "quotes 'we never sell anything.'",
        ),
        (
            "write to {mail_address}, with",
            "write to help@bellacor.com, with",
            "address 'help@bellacor.com'",
        ),
        ("{open_then} The", "{opening_then} The", "{opening_then}"),
        ("asked: pixel_tag", "asked: pixel_tags", "'pixel_tags'"),
        (
            "clauses: [use_of_information.16, use_of_information.15]",
            "clauses: []",
            "must cite its clauses",
        ),
        (
            'say: "No.", negated: "Right."',
            'say: "Yes.", negated: "Right."',
            "none of its clauses proves",
        ),
        ('say: "Possibly, yes."', 'say: "Certainly."', "does not allow for sharing"),
        ("      plainer: In short, we count which pages", "      asks: x", "needs `plainer`"),
        ("plainer: In short, we count", "plainer: Yes, we count", "neither yes nor no"),
        ("plainer: In short, we count", "plainer: For 90 days we count", "figure '90'"),
    ],
)
def test_a_spoilt_answer_is_found(spoil: Checker, old: str, new: str, message: str) -> None:
    """A wrong citation, figure, law, quotation, address, fact or condition is reported.

    The report has the file and the line.
    """
    found = [problem for problem in spoil("answers.yml", old, new) if message in problem]
    assert found
    file, line, _ = found[0].split(":", 2)
    assert file.endswith("answers.yml")
    assert int(line) > 1


def test_a_topic_without_an_answer_is_found(spoil: Checker) -> None:
    """A topic without a response is reported, and so is a response without a topic."""
    found = spoil("topics.yml", "utter_retention:", "utter_retentions:")
    found += spoil("answers.yml", "utter_retention:", "utter_retentions:")
    assert any("the topic retention has no answer" in problem for problem in found)
    assert any("utter_retentions is never said" in problem for problem in found)


def test_a_clause_that_no_answer_uses_is_found(spoil: Checker) -> None:
    """A clause that is neither cited nor listed as unused is reported."""
    found = spoil("unused.yml", "third_party_policy.1: ", "# ")
    assert any("no answer uses third_party_policy.1" in problem for problem in found)


def test_a_clause_listed_as_unused_must_be_unused(spoil: Checker) -> None:
    """A cited clause and an unknown clause in the list of unused clauses are reported."""
    found = spoil(
        "unused.yml", "third_party_policy.1: ", "nothing.1: x\ncookies.1: x\nthird_party_policy.1: "
    )
    assert any(
        "nothing.1 is listed as unused, but the policy has no such clause" in problem
        for problem in found
    )
    (cited,) = [
        problem
        for problem in found
        if "cookies.1 is listed as unused, but an answer cites it" in problem
    ]
    assert cited.split(":")[1] == "6"


def test_an_intent_outside_the_one_list_is_found(spoil: Checker) -> None:
    """An intent that is only in the domain or only in bot/topics.py is reported."""
    found = spoil("domain.yml", "- cookies\n", "- biscuits\n")
    assert any("cookies is missing here" in problem for problem in found)
    assert any("biscuits is not in bot/topics.py" in problem for problem in found)


def test_an_intent_without_a_rule_is_found(spoil: Checker) -> None:
    """An intent without a rule is reported."""
    found = spoil("data/rules/topics.yml", "- intent: cookies", "- intent: thanks")
    assert any("no rule says what to do about cookies" in problem for problem in found)


def test_variations_that_are_never_said_are_found(spoil: Checker) -> None:
    """A variation after one that fits every question is reported as unreachable."""
    found = spoil("answers.yml", "      asked: pixel_tag\n", "")
    assert any("variations after this one are never said" in problem for problem in found)


def test_the_table_of_kinds_is_checked_too() -> None:
    """A figure in the table of kinds is reported if its clauses do not contain it."""
    spoilt = DataKind("x", "your x", ("x",), 7, ("cookies.1",), "kept for 90 days.", ("cookies.1",))
    found = problems(replace(Inputs.of_project(), kinds={**Inputs.of_project().kinds, "x": spoilt}))
    assert [str(problem) for problem in found] == [
        "data/stores/bellacor/kinds.yml:7: x: states the figure '90', which is not in the clauses "
        "it cites"
    ]


def test_a_topic_without_training_examples_is_a_problem(copy: Inputs) -> None:
    """An intent without training examples is reported."""
    for name in ("cookies.yml", "generated.yml"):
        (copy.data_dir / "nlu" / name).unlink()
    found = [str(problem) for problem in problems(copy)]
    assert any(problem.endswith("the intent cookies has no training examples") for problem in found)


def test_figures_of_a_sample_need_no_clause(spoil: Checker) -> None:
    """The figures of a sample reference are not reported; those of a sentence are."""
    assert spoil("talk.yml", "I am the store's privacy assistant", "K9M-6QXT is a sample") == []
    (problem,) = spoil("talk.yml", "K9M-6QXT is a sample", "We keep it for 96 days")
    assert "figure '96'" in problem


def test_a_fault_in_a_file_names_file_and_line(copy: Inputs) -> None:
    """A file that is not YAML or has a key twice is reported with the line of the fault."""
    path = copy.domain_dir / "talk.yml"
    lines = path.read_text().splitlines()
    for line in ("  utter_x: [", "responses: {a: 1, a: 2}"):
        path.write_text("\n".join([*lines, line]))
        with pytest.raises(PolicyError, match=r"talk\.yml:\d+: "):
            problems(copy)
