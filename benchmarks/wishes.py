"""Wishes about opting out, read by the bot: right, asked back, wrong, opposite.

    .venv/bin/python benchmarks/wishes.py [FILE ...]

Each line of tests/optouts/wishes/*.jsonl is played through the turn engine in a conversation of its
own: first its situation, then its message. What the bot has then understood is read from the form,
or from the ledger, and compared with the label. "Opposite" is the harmful error: something stops
that the shopper wants to keep, comes back that is to stop, or is asked for without a wish.
"""

import asyncio
import json
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.assistant.trained_model import prepare
from bot.paths import ROOT

WISHES = ROOT / "tests" / "optouts" / "wishes"
ADDRESS = "jo@example.com"
OUTCOMES = ("right", "asked", "wrong", "opposite")
_STARTS = {
    frozenset({"marketing_email"}): "stop the marketing e-mail",
    frozenset({"targeted_advertising"}): "opt me out of targeted ads",
    frozenset({"sharing"}): "opt me out of the sale and sharing of my data",
    frozenset({"phone_mail_marketing"}): "stop the marketing calls and letters",
}


@dataclass(frozen=True)
class Understood:
    """The state after a message: a draft or a new record, or neither; ``asks`` if it is unsure."""

    action: str | None
    kinds: frozenset[str]
    agreed: bool
    asks: bool


def opening(wish: dict[str, Any]) -> list[str]:
    """Return the messages that lead to the situation of a wish."""
    if wish["situation"] == "none":
        return []
    if wish["situation"] == "asked_kinds":
        return ["opt me out please"]
    draft = frozenset(wish["draft"])
    start = _STARTS.get(draft) or "opt me out: " + ", ".join(
        {
            "marketing_email": "the marketing e-mail",
            "targeted_advertising": "the targeted ads",
            "sharing": "the sharing of my data",
            "phone_mail_marketing": "the marketing calls and letters",
        }[kind]
        for kind in sorted(draft)
    )
    more = {"asked_email": [], "asked_yes": [ADDRESS], "recorded": [ADDRESS, "yes"]}
    return [start, *more[wish["situation"]]]


def judged(wish: dict[str, Any], before: Understood, after: Understood) -> str:
    """Return the outcome of a wish, by what is under way or recorded afterwards."""
    wanted, kinds = wish["action"], wish["kinds"]
    stop = {kind for kind, sign in kinds.items() if sign == "stop"}
    keep = {kind for kind, sign in kinds.items() if sign == "keep"}
    changed = after != before
    if wanted == "unclear":
        return "asked" if after.asks or not changed else "wrong"
    if wanted in ("none", "no", "status"):
        new_draft = after.action is not None and before.action is None
        return "opposite" if new_draft or (after.agreed and not before.agreed) else "right"
    if wanted == "undo":
        return "right" if after.action is None or after.action == "opt_in" else "wrong"
    if wanted == "yes":
        return "right" if after.agreed else "wrong"
    if wanted == "in":
        if after.action == "opt_out" and changed:
            return "opposite"
        if after.action != "opt_in":
            return "wrong"
        return "right" if not keep or after.kinds == keep else "asked" if after.asks else "wrong"
    if after.action == "opt_in" or (after.kinds & keep and after.action == "opt_out"):
        return "opposite"
    expected = (set(before.kinds) | stop) - keep if before.action == "opt_out" else stop
    if after.action == "opt_out" and (after.kinds == expected or after.kinds == stop):
        return "right"
    return "asked" if after.asks else "wrong"


async def measure(wishes: Iterable[dict[str, Any]]) -> list[tuple[dict[str, Any], str]]:
    """Return each wish with its outcome."""
    from bot.cli.conversation import LocalAssistant

    assistant = LocalAssistant()
    found = []
    for wish in wishes:
        conversation = await assistant.start()
        for text in opening(wish):
            await conversation.say(text)
        before = await _state(conversation, None)
        answered = await conversation.say(wish["text"])
        after = await _state(conversation, answered.turn)
        found.append((wish, judged(wish, before, after)))
        assistant.services.erasure.forget(conversation.id)
    return found


async def _state(conversation: Any, turn: Any) -> Understood:
    slots = await conversation.slots()
    kinds = frozenset(filter(None, (slots.get("optout_kinds") or "").split(",")))
    asks = turn is not None and (
        turn.outcome == "clarify" or (turn.outcome == "form" and not kinds)
    )
    recorded = bool(slots.get("optout_noted")) and slots.get("optout_action") is None
    return Understood(slots.get("optout_action"), kinds, recorded, asks)


def main(files: list[str]) -> None:
    """Measure the files, and print a table of outcomes by situation and the worst errors."""
    prepare()
    paths = [Path(file) for file in files] or sorted(WISHES.glob("*.jsonl"))
    for path in paths:
        lines = path.read_text(encoding="utf-8").splitlines()
        found = asyncio.run(measure([json.loads(line) for line in lines]))
        print(f"\n{path.name}: {len(found)} wishes")
        print(f"{'situation':14}" + "".join(f"{outcome:>10}" for outcome in OUTCOMES))
        situations = dict.fromkeys(wish["situation"] for wish, _ in found)
        for situation in (*situations, "all"):
            counts = Counter(
                outcome for wish, outcome in found if situation in (wish["situation"], "all")
            )
            shares = (f"{counts[outcome] / counts.total():>10.1%}" for outcome in OUTCOMES)
            print(f"{situation:14}" + "".join(shares))
        for wish, outcome in found:
            if outcome == "opposite":
                print(f"  opposite ({wish['action']}, {wish['situation']}): {wish['text']}")


if __name__ == "__main__":
    main(sys.argv[1:])
