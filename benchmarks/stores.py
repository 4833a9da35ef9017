"""Answers of the bot for real stores' policies, measured with their shoppers' questions.

    .venv/bin/python benchmarks/stores.py FOLDER [--reviewed | --open] [--output DIR]

FOLDER has a folder for each store with policy.md, sheet.jsonl and questions.jsonl (the form is in
its README). The sheet is taken for what a person confirmed. Printed: the share of the questions
with an acceptable frame, with a right source, and falsely answered with "does not say"; the answers
go to DIR, to be read beside the columns `must` and `never`.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from bot.paths import ROOT
from bot.policy.confirmations import Confirmed, Quote, version_of, write_confirmed
from bot.policy.document import Policy, read_policy

JUDGE = ("the sheet of a careful reader", "2026-11-28")


def main() -> None:
    """Measure every store in the folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--open", action="store_true", help="before anything is confirmed")
    parser.add_argument("--output", type=Path, default=Path(tempfile.gettempdir()))
    options = parser.parse_args()
    totals: dict[str, list[bool]] = {}
    for source in sorted(path.parent for path in options.folder.glob("*/sheet.jsonl")):
        with tempfile.TemporaryDirectory() as scratch:
            store = Path(scratch) / source.name
            make_store(source, store, reviewed=not options.open)
            answers = ask(store, source / "questions.jsonl")
            found = [
                judge(question, answers[question["id"]], sheet(source))
                for question in lines(source / "questions.jsonl")
            ]
        path = options.output / f"{source.name}.jsonl"
        path.write_text("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in found))
        for name in ("frame", "source", "falsely_not_said"):
            values = [row[name] for row in found if row[name] is not None]
            totals.setdefault(name, []).extend(values)
            print(f"{source.name}: {name} {sum(values)}/{len(values)}")
        print(f"{source.name}: answers in {path}")
    for name, values in totals.items():
        if values:
            print(f"all: {name} {sum(values) / len(values):.3f}")


def lines(path: Path) -> list[dict[str, Any]]:
    """Return the entries of a file with one JSON object in each line."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def sheet(source: Path) -> dict[str, dict[str, Any]]:
    """Return what the careful reader found, by frame."""
    return {row["frame"]: row for row in lines(source / "sheet.jsonl")}


def make_store(source: Path, store: Path, reviewed: bool) -> None:
    """Make the folder of a store from a policy and a sheet."""
    store.mkdir()
    shutil.copy(source / "policy.md", store / "policy.md")
    name = source.name.replace("homedepot", "The Home Depot").title()
    (store / "store.yml").write_text(
        f"name: {name}\naliases: [{name.removeprefix('The ')}]\nsites: [{source.name}.com]\n"
    )
    if not reviewed:
        return
    policy, version = read_policy(store), version_of(store)
    write_confirmed(
        store,
        [
            Confirmed(
                frame,
                row["verdict"],
                tuple(Quote(text, headings(policy, text)) for text in row["quotes"]),
                row["condition"],
                *JUDGE,
                version,
            )
            for frame, row in sheet(source).items()
        ],
    )


def headings(policy: Policy, text: str) -> tuple[str, ...]:
    """Return the headings above a quote."""
    clauses = policy.clauses_of(text)
    return policy.clause(clauses[0]).headings if clauses else ()


def ask(store: Path, questions: Path) -> dict[str, dict[str, Any]]:
    """Return the bot's answers by the id of the question."""
    command = [sys.executable, "-m", "bot", "--store", str(store), "ask", "--json"]
    done = subprocess.run(
        [*command, "--batch", str(questions)],
        cwd=ROOT,
        env={**os.environ, "PRIVACY_BOT_DATA_DIR": str(store / "var")},
        capture_output=True,
        text=True,
        check=True,
    )
    return {row["id"]: row for row in map(json.loads, done.stdout.splitlines())}


def judge(
    question: dict[str, Any], answer: dict[str, Any], found: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    """Return the marks of an answer, beside what it should convey."""
    wanted, frames = question["frames"], answer.get("frames", [])
    said = [frame for frame in wanted if found[frame]["verdict"] != "not_said"]
    quotes = [quote for frame in said for quote in found[frame]["quotes"]]
    sources = [source["quote"] for message in answer["messages"] for source in message["sources"]]
    right = any(one in other or other in one for one in quotes for other in sources)
    told = [frame for frame in frames if found[frame]["verdict"] != "not_said"]
    return {
        "id": question["id"],
        "text": question["text"],
        "frames": frames,
        "wanted": wanted,
        "outcome": answer["outcome"],
        "intent": answer["nlu"]["intent"],
        "answer": " / ".join(message["text"] for message in answer["messages"]),
        "must": question["must"],
        "never": question["never"],
        "frame": bool(set(frames) & set(wanted)) if wanted else not frames,
        "source": right if said and sources else None,
        "falsely_not_said": bool(said) and bool(frames) and not told if wanted else None,
    }


if __name__ == "__main__":
    main()
