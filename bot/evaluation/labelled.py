"""Labelled messages, as read from files and with personal data put around them."""

from collections.abc import Sequence
from pathlib import Path

import yaml

from bot.paths import NLU_DIR

Labelled = tuple[str, str]  # a text and its intent
# Ways to give personal data with a question, with placeholders as the assistant gets them.
INTRODUCTIONS = (
    "my email is [email-1], {}",
    "{} my number is [phone-1]",
    "order number [order_number-1], {}",
    "I live at [address-1]. {}",
    "{} ([email-1])",
    "my card is [card-1]. {}",
)


def read_nlu(path: Path) -> list[Labelled]:
    """Return (text, intent) of every example of a Rasa NLU file."""
    loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [
        (line.strip()[2:], entry["intent"])
        for entry in loaded["nlu"]
        if "intent" in entry
        for line in entry["examples"].splitlines()
        if line.strip().startswith("- ")
    ]


def read_training_data(folder: Path = NLU_DIR) -> list[Labelled]:
    """Return (text, intent) of every training example, file by file."""
    return [row for path in sorted(folder.glob("*.yml")) for row in read_nlu(path)]


def introduced(labelled: Sequence[Labelled]) -> list[Labelled]:
    """Return the labelled texts with personal data around each, as placeholders.

    The forms of ``INTRODUCTIONS`` take turns.
    """
    return [
        (INTRODUCTIONS[place % len(INTRODUCTIONS)].format(text), label)
        for place, (text, label) in enumerate(labelled)
    ]
