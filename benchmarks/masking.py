"""Masking of personal data: recall by kind, and look-alikes wrongly masked.

    .venv/bin/python benchmarks/masking.py [-v] [FILE ...]

Each line of tests/privacy/masking/*.jsonl is a conversation, whose ``messages`` go through the
intake of the channel, with its look back at earlier messages. ``values`` may be nowhere in what is
stored then. "Whole" counts only the conversations in which no part of a value is left either. In a
line of the scope ``lookalike`` nothing may be masked.
"""

import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.conversations.intake import ChildDetected, EarlierMessage, Intake, clean
from bot.database import connect, migrate_engine
from bot.keys import Keyring
from bot.paths import ROOT
from bot.privacy.masking import PLACEHOLDER
from bot.privacy.split_values import MESSAGES
from bot.privacy.vault import Vault

SETS = ROOT / "tests" / "privacy" / "masking"
_WORD = re.compile(r"[^\W_]+")


def read(path: Path) -> list[dict[str, Any]]:
    """Return the lines of a file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def make_intake() -> Intake:
    """Return an intake with an empty vault in memory."""
    engine = connect("sqlite://")
    migrate_engine(engine)
    return Intake(Vault(engine, Keyring(["k" * 32], "vault"), timedelta(minutes=30)))


def stored(intake: Intake, conversation: str, messages: Iterable[str]) -> list[str]:
    """Return what is stored of a conversation's messages at its end."""
    kept: list[EarlierMessage] = []
    for number, text in enumerate(messages):
        try:
            recent = kept[-MESSAGES:]
            taken = intake.take(conversation, text, lambda recent=recent: recent)
        except ChildDetected:  # nothing of the conversation is kept
            return []
        after = {redaction.id: redaction.after for redaction in taken.redactions}
        kept = [EarlierMessage(one.id, after.get(one.id, one.text)) for one in kept]
        kept.append(EarlierMessage(number, taken.shown))
    return [one.text for one in kept]


def judged(line: dict[str, Any], texts: list[str]) -> str:
    """Return the outcome of a conversation: hidden, partly or shown; kept or masked."""
    if line["scope"] == "lookalike":
        return "masked" if any(map(PLACEHOLDER.search, texts)) else "kept"
    whole = "\n".join(texts)
    values = list(map(clean, line["values"]))
    if any(value in whole for value in values):
        return "shown"
    beside = "\n".join(map(clean, line["messages"]))
    for value in sorted(values, key=len, reverse=True):
        beside = beside.replace(value, " ", 1)
    left = Counter(_words(PLACEHOLDER.sub(" ", whole))) - Counter(_words(beside))
    parts = {word for value in values for word in _words(value)}
    return "partly" if any(word in parts for word in left) else "hidden"


def _words(text: str) -> list[str]:
    return [word for word in _WORD.findall(text.lower()) if len(word) > 2 or word.isdigit()]


def main() -> None:
    """Print the figures of each kind."""
    verbose = "-v" in sys.argv
    paths = [Path(name) for name in sys.argv[1:] if name != "-v"] or sorted(SETS.glob("*.jsonl"))
    intake = make_intake()
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    number = 0
    for path in paths:
        for line in read(path):
            number += 1
            texts = stored(intake, f"{number:032x}", line["messages"])
            outcome = judged(line, texts)
            counts[line["scope"], line["kind"]][outcome] += 1
            if verbose and outcome not in ("hidden", "kept"):
                print(f"{outcome:7} {line['kind']:16} {line['messages']} {line['values']}", texts)
    print(f"{'scope':16} {'kind':18} {'lines':>5} {'gone':>6} {'whole':>6}")
    totals: dict[str, Counter[str]] = defaultdict(Counter)
    for (scope, kind), counted in sorted(counts.items()):
        totals[scope] += counted
        if scope != "lookalike":
            _print(scope, kind, counted)
    for scope, counted in totals.items():
        if scope != "lookalike":
            _print(scope, "(all)", counted)
    if (alike := totals["lookalike"]) and alike.total():
        wrong = alike["masked"]
        print(
            f"look-alikes wrongly masked: {wrong} of {alike.total()}, {wrong / alike.total():.1%}"
        )


def _print(scope: str, kind: str, counted: Counter[str]) -> None:
    lines = counted.total()
    gone = 1 - counted["shown"] / lines
    whole = counted["hidden"] / lines
    print(f"{scope:16} {kind:18} {lines:5} {gone:6.1%} {whole:6.1%}")


if __name__ == "__main__":
    main()
