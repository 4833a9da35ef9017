"""Whole conversations about opting out: what the ledger holds at their end, against what was meant.

    .venv/bin/python benchmarks/opt_out_talks.py [-v] [FILE ...]

Each line of tests/optouts/talks/*.jsonl is played through the turn engine: ``say`` are the messages
in order, "YES" presses the button of a confirmation if there is one, and ``want`` says which kinds
are out for which address at the end. "Too much" is the harmful error: something is recorded that
was not meant, or for an address that was not meant.
"""

import asyncio
import json
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from bot.application.errors import ConversationOver
from bot.assistant.trained_model import prepare
from bot.paths import ROOT

TALKS = ROOT / "tests" / "optouts" / "talks"
OUTCOMES = ("right", "too little", "too much")
_YES = ("Yes, record it", "Use ")


async def play(assistant: Any, talk: dict[str, Any]) -> tuple[dict[str, set[str]], list[str]]:
    """Return what the ledger holds after a conversation, and what was said in it."""
    _empty(assistant.services.engine)
    conversation, said, offered = await assistant.start(), [], None
    # A conversation that never says yes ends with a confirmation that is agreed to.
    messages = talk["say"] if "YES" in talk["say"] else [*talk["say"], "YES"]
    for text in messages:
        if text == "YES" and offered is None:
            continue
        turn = conversation.choose(offered) if text == "YES" else conversation.say(text)
        try:
            answered = await turn
        except ConversationOver:  # it was deleted on the way
            said.append(f"  > {text}\n    (the conversation is over)")
            break
        choices = [choice for message in answered.turn.messages for choice in message.choices]
        offered = next((choice.id for choice in choices if choice.title.startswith(_YES)), None)
        said.append(f"  > {text}\n    {' | '.join(m.text for m in answered.turn.messages)}")
    held: dict[str, set[str]] = defaultdict(set)
    for subject, kind, _ in assistant.services.optouts.ledger.suppressed():
        held["(this browser)" if subject.type == "browser" else subject.value].add(str(kind))
    assistant.services.erasure.forget(conversation.id)
    return held, said


def judged(want: dict[str, Any], held: dict[str, set[str]]) -> str:
    """Return the outcome of a conversation."""
    wanted = {address.lower(): set(kinds) for address, kinds in want.items()}
    if any(kinds - wanted.get(address, set()) for address, kinds in held.items()):
        return "too much"
    return "right" if held == wanted else "too little"


def _empty(engine: Any) -> None:
    from bot.optouts import tables

    with engine.begin() as db:
        for name in ("receipts", "outbox", "suppressions", "requests"):
            db.execute(getattr(tables, name).delete())


async def measure(path: Path, verbose: bool) -> None:
    """Play the conversations of a file, and print the share of each outcome."""
    from bot.cli.conversation import LocalAssistant

    assistant, counts = LocalAssistant(), Counter[str]()
    for line in path.read_text(encoding="utf-8").splitlines():
        talk = json.loads(line)
        if any(not isinstance(kinds, list) for kinds in talk["want"].values()):
            continue
        held, said = await play(assistant, talk)
        outcome = judged({k: v for k, v in talk["want"].items() if k != "(asked)"}, held)
        counts[outcome] += 1
        if verbose and outcome != "right":
            print(f"{outcome} ({talk.get('kind', '')}): wanted {talk['want']}, held {dict(held)}")
            print("\n".join(said))
    shares = ", ".join(f"{name} {counts[name] / counts.total():.1%}" for name in OUTCOMES)
    print(f"{path.name}: {counts.total()} conversations: {shares}", flush=True)


def main(arguments: list[str]) -> None:
    """Measure the files, all of tests/optouts/talks if none are given."""
    prepare()
    verbose = "-v" in arguments
    files = [Path(name) for name in arguments if name != "-v"] or sorted(TALKS.glob("*.jsonl"))
    for path in files:
        asyncio.run(measure(path, verbose))


if __name__ == "__main__":
    main(sys.argv[1:])
