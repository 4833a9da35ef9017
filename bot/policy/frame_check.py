"""Check of a store's confirmed frames against its policy, quote by quote."""

import re
from collections.abc import Iterator
from pathlib import Path

from bot.policy.confirmations import CONFIRMED, Confirmed, read_confirmed, version_of
from bot.policy.document import Policy
from bot.policy.yaml_files import Problem, shown


def problems_of_frames(folder: Path, policy: Policy) -> Iterator[Problem]:
    """Yield a problem for each confirmed frame that does not stand in the policy any more.

    Until it is confirmed again, the bot says that it has no confirmed answer.
    """
    confirmed = read_confirmed(folder)
    if not confirmed:
        return
    path, version = folder / CONFIRMED, version_of(folder)
    lines = path.read_text(encoding="utf-8").splitlines()
    for name, item in confirmed.items():
        line = next((n for n, text in enumerate(lines, 1) if _is_key(text, name)), 1)
        for message in _faults(item, policy, version):
            yield Problem(shown(path), line, f"{name}: {message}")


def _is_key(text: str, name: str) -> bool:
    return bool(re.match(rf"\s+{re.escape(name)}:", text))


def _faults(item: Confirmed, policy: Policy, version: str) -> Iterator[str]:
    if not item.by or not item.at:
        yield "says nobody who confirmed it, or not when"
    for quote in item.quotes:
        if not policy.clauses_of(quote.text, quote.headings):
            place = f" under {' > '.join(quote.headings)}" if quote.headings else ""
            yield f"{quote.text[:60]!r} does not stand in the policy{place}; confirm it again"
    if item.policy != version:
        yield "the policy has changed since it was confirmed; confirm it again"
