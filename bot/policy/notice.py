"""Notice about this chat: what the bot itself keeps, as ``docs/privacy.md`` says it.

It is a source of answers beside the policy, and never passes for the policy: its clauses have a
section and a page of their own.
"""

import re
from dataclasses import replace
from functools import cache

from bot.paths import NOTICE
from bot.policy.document import Clause, Policy, PolicyError, load, parse
from bot.settings import settings

PAGE = "/assistant"
_HEADING = "## This chat"
_SECTION = re.compile(rf"^{_HEADING}\n(.*?)(?=^## |\Z)", re.DOTALL | re.MULTILINE)
_ITEMS = re.compile(r"^- .*(?:\n  .*)*", re.MULTILINE)
# Figures of the document are the defaults of these settings; the notice tells the present ones.
_DAYS, _MINUTES = "30 days", "30 minutes"


@cache
def notice() -> Policy:
    """Return the notice with the figures of the present settings, a clause for each item."""
    section = _SECTION.search(NOTICE.read_text(encoding="utf-8"))
    if section is None:
        raise PolicyError(f"{NOTICE}: there is no section {_HEADING!r}.")
    items = [" ".join(item.split()) for item in _ITEMS.findall(section[1])]
    if not any(_DAYS in item for item in items) or not any(_MINUTES in item for item in items):
        raise PolicyError(f"{NOTICE}: {_HEADING!r} must state {_DAYS!r} and {_MINUTES!r}.")
    text = "\n".join(items)
    text = text.replace(_DAYS, f"{settings().conversation_days:g} days")
    text = text.replace(_MINUTES, f"{settings().vault_minutes:g} minutes")
    read = parse(f"# About this chat\n\n## This chat\n\n{text}\n", str(NOTICE))
    (part,) = read.sections
    clauses = tuple(
        replace(clause, id=f"this_chat.{number}", section=read.title, page=PAGE)
        for number, clause in enumerate(_whole_items(part.blocks), start=1)
    )
    return replace(read, sections=(replace(part, blocks=(clauses,)),))


def _whole_items(blocks: tuple[tuple[Clause, ...], ...]) -> list[Clause]:
    """Return a clause for each item, also where an item has several sentences."""
    found: list[Clause] = []
    for clause in (clause for block in blocks for clause in block):
        if found and found[-1].line == clause.line:
            found[-1] = replace(found[-1], text=f"{found[-1].text} {clause.text}")
        else:
            found.append(clause)
    return found


def known_clauses() -> dict[str, Clause]:
    """Return all clauses that an answer may cite, by id: of the policy, and of the notice."""
    return {**notice().by_id, **load().by_id}
