"""Tests of questions that invite a false yes or no, by several writers (``traps/``)."""

import json
import re
from pathlib import Path

import pytest

from bot.cli.conversation import LocalAssistant

TRAPS = [
    json.loads(line)
    for path in sorted((Path(__file__).parent / "traps").glob("*.jsonl"))
    for line in path.read_text(encoding="utf-8").splitlines()
]
_YES = re.compile(
    r"(?:yes\b|in fact|it can be|possibly|not quite|we may, if|not every mail)", re.IGNORECASE
)
_NO = re.compile(r"(?:no|right)\b(?!, they differ)", re.IGNORECASE)
_UNNAMED = re.compile(r"our policy (?:does not (?:name|list)|makes no)", re.IGNORECASE)
# Of a hundred questions that the policy does settle, so many may be answered without yes or no.
_DOUBTED = 4


@pytest.fixture(scope="module")
async def answers(model: Path) -> list[str]:
    """The answer to each trap, in a conversation of its own."""
    assistant = LocalAssistant()
    told = []
    for trap in TRAPS:
        turn = (await assistant.ask(trap["text"])).turn
        told.append(" ".join(message.text for message in turn.messages))
    return told


def test_there_are_traps_enough() -> None:
    """There are at least 200 of them."""
    assert len(TRAPS) >= 200


def test_no_trap_is_answered_by_yes_or_no(answers: list[str]) -> None:
    """What the policy does not settle is answered by neither yes nor no."""
    wrong = [
        f"{trap['text']} => {answer}"
        for trap, answer in zip(TRAPS, answers, strict=True)
        if trap["lead"] == "none" and (_YES.match(answer) or _NO.match(answer))
    ]
    assert not wrong, "\n".join(wrong)


def test_no_answer_is_the_contrary(answers: list[str]) -> None:
    """What the policy affirms is never answered by no, and what it denies never by yes."""
    contrary = {"yes": _NO, "no": _YES}
    wrong = [
        f"{trap['text']} => {answer}"
        for trap, answer in zip(TRAPS, answers, strict=True)
        if trap["lead"] in contrary and contrary[trap["lead"]].match(answer)
    ]
    assert not wrong, "\n".join(wrong)


def test_what_the_policy_names_is_not_denied(answers: list[str]) -> None:
    """Hardly any question that the policy settles is answered by "does not name"."""
    settled = [
        (trap["text"], answer)
        for trap, answer in zip(TRAPS, answers, strict=True)
        if trap["lead"] != "none"
    ]
    doubted = [pair for pair in settled if _UNNAMED.match(pair[1])]
    assert len(doubted) * 100 <= _DOUBTED * len(settled), doubted
