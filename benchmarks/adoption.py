"""Measure the proposals for policies that a careful reader has answered.

Each folder has ``policy.md`` and ``sheet.jsonl`` (a line a frame: ``frame``, ``verdict``,
``quotes``). Run: ``.venv/bin/python benchmarks/adoption.py FOLDER...``
"""

import argparse
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

from bot.adoption.proposals import Proposal, propose
from bot.policy.markdown import plain


def main() -> None:
    """Print the figures of each policy and of all together."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--wrong", action="store_true", help="print each wrong proposal")
    arguments = parser.parse_args()
    total: Counter[str] = Counter()
    for folder in arguments.folders:
        counts: Counter[str] = Counter()
        for proposal in propose((folder / "policy.md").read_text(encoding="utf-8")):
            _count(proposal, _sheet(folder)[proposal.frame], counts, arguments.wrong)
        _print(folder.name, counts)
        total += counts
    _print("all", total)


def _sheet(folder: Path) -> dict[str, Any]:
    lines = (folder / "sheet.jsonl").read_text(encoding="utf-8").splitlines()
    return {entry["frame"]: entry for entry in map(json.loads, lines)}


def _count(proposal: Proposal, answer: dict[str, Any], counts: Counter[str], show: bool) -> None:
    said = answer["verdict"] != "not_said"
    hits = [
        any(_same(quote, right) for quote in candidate.quotes for right in answer["quotes"])
        for candidate in proposal.candidates
    ]
    main = [
        any(_same(candidate.quotes[0], right) for right in answer["quotes"])
        for candidate in proposal.candidates
    ]
    first = proposal.said == said and (not said or hits[:1] == [True])
    counts["frames"] += 1
    counts["said" if said else "not said"] += 1
    counts["first"] += first
    counts["first quote"] += proposal.said == said and (not said or main[:1] == [True])
    counts["three"] += not said or any(hits)
    counts["falsely not said"] += said and not proposal.said
    counts["rightly not said"] += not said and not proposal.said
    if show and not (first and (not said or main[0])):
        print(
            f"{proposal.frame}: is {answer['verdict']}, proposed said={proposal.said} {hits} {main}"
        )
        for candidate in proposal.candidates:
            texts = " / ".join(plain(quote)[:110] for quote in candidate.quotes)
            print(f"    {candidate.score:5.1f} {texts}")
            print(f"          {'; '.join(candidate.reasons)[:150]}")


def _same(quote: str, right: str) -> bool:
    """Tell whether one text contains the other, or nearly all of it."""
    one, other = _bare(quote), _bare(right)
    return bool(other) and (other in one or (one in other and len(one) >= min(len(other) / 2, 25)))


def _bare(text: str) -> str:
    return re.sub(r"\W+", " ", plain(text)).strip().lower()


def _print(name: str, counts: Counter[str]) -> None:
    print(
        f"{name}: first {counts['first'] / counts['frames']:.3f} (its main quote "
        f"{counts['first quote'] / counts['frames']:.3f}), among three or not said "
        f"{counts['three'] / counts['frames']:.3f}, falsely not said "
        f"{counts['falsely not said']} of {counts['said']}, rightly not said "
        f"{counts['rightly not said']} of {counts['not said']}"
    )


if __name__ == "__main__":
    main()
