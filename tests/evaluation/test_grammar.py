"""Tests of the grammars from which cases are made."""

from pathlib import Path

import pytest

from bot.evaluation.grammar import Case, read_cases

GRAMMAR = """
capability: minimum functionality
words:
  data: [my name, my card]
  hello: [hi, hey]
cases:
- topic: selling
  also: [sharing]
  words: {act: [sell, rent]}
  say: ["do you {act} {data}", "will you {act} {data}"]
- name: greetings
  words:
    question: [{say: do you keep my name, topic: retention}]
  every: [hello, question]
  change: [upper case, typo 1]
  say: ["{hello}, {question}"]
"""


@pytest.fixture
def cases(tmp_path: Path) -> list[Case]:
    """Cases of a small grammar."""
    (tmp_path / "small.yml").write_text(GRAMMAR, encoding="utf-8")
    return read_cases(tmp_path)


def test_every_verb_meets_every_kind_of_data(cases: list[Case]) -> None:
    """Each combination of the words of a group is said once."""
    texts = [case.text for case in cases if case.group == "selling"]
    assert len(texts) == 4
    for act in ("sell", "rent"):
        for data in ("my name", "my card"):
            assert sum(text.endswith(f"you {act} {data}") for text in texts) == 1


def test_words_at_even_places_are_the_seen_half(cases: list[Case]) -> None:
    """A case is seen if all its words, and its sentence, are at even places of their lists."""
    assert [case.text for case in cases if case.seen and case.group == "selling"] == [
        "do you sell my name"
    ]


def test_topics_are_those_of_the_group_or_of_the_sentence(cases: list[Case]) -> None:
    """A group names the topics that are right, or a sentence brings its own."""
    assert cases[0].topics == ("selling", "sharing")
    assert {case.topics for case in cases if case.group == "greetings"} == {("retention",)}


def test_changes_are_typed(cases: list[Case]) -> None:
    """A change makes a case of its own, always the same."""
    greetings = [case.text for case in cases if case.group == "greetings"]
    assert "HI, DO YOU KEEP MY NAME" in greetings
    assert len(greetings) == 4


def test_a_slot_without_words_is_an_error(tmp_path: Path) -> None:
    """A sentence with a slot that no list fills is refused, with the sentence."""
    (tmp_path / "wrong.yml").write_text(
        "capability: c\ncases: [{topic: use, words: {a: [x]}, say: ['{a} {nothing}']}]\n",
        encoding="utf-8",
    )
    with pytest.raises(ValueError, match="nothing"):
        read_cases(tmp_path)
