"""Holds what the bot may say against the policy: every problem with its file and line."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.paths import DATA_DIR, DOMAIN_DIR, POLICY_DIR, ROOT
from bot.policy.answers import COMPUTED, CONDITIONS, FROM_RANKING, GIVEN, Variation, variation
from bot.policy.document import Policy, PolicyError, load
from bot.policy.facts import Facts, facts
from bot.policy.kinds import TABLE, Kind, load_kinds
from bot.topics import ANSWERABLE, DONE_BY_ACTIONS, FORGET, INTENTS, TOPICS

UNUSED_CLAUSES = POLICY_DIR / "unused.yml"

_FIGURE = re.compile(r"\d[\d.,:-]*\d|\d")
_PERIOD = re.compile(
    r"\b(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|forty|fifty|sixty|ninety|hundred|several|few)"
    r"\s(?:business\s)?(?:minute|hour|day|week|month|year|percent|time)s?\b",
    re.IGNORECASE,
)
_QUOTATION = re.compile(r'"([^"]+)"|“([^”]+)”')
_LAW = re.compile(r"\b(?:[A-Z][\w']+ )+(?:Act|Rule|Regulation|Code)\b|\bCOPPA\b|\bGDPR\b|\bCCPA\b|\bC\.F\.R\.")
_ADDRESS = re.compile(r"\b[\w.+-]+@[\w-]+\.\w+|\bhttps?://\S+|\bwww\.\S+?(?=[\s,;]|\.?$)", re.IGNORECASE)


@dataclass(frozen=True, order=True)
class Problem:
    """Something that must not stay: where, and what."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


@dataclass(frozen=True)
class Placed:
    """A variation of a response, and where it is written down."""

    response: str
    variation: Variation
    file: str
    line: int


@dataclass(frozen=True)
class Inputs:
    """What is checked; the folders may be others than the project's own, for tests."""

    policy: Policy
    facts: Facts
    kinds: dict[str, Kind]
    aspects: frozenset[str]
    domain_dir: Path = DOMAIN_DIR
    data_dir: Path = DATA_DIR
    unused: Path = UNUSED_CLAUSES

    @classmethod
    def of_project(cls) -> "Inputs":
        """Return the project's own policy, answers and tables."""
        aspects = yaml.safe_load((DATA_DIR / "nlu" / "aspects.yml").read_text(encoding="utf-8"))
        return cls(load(), facts(), load_kinds(), frozenset(aspects))


def problems(inputs: Inputs) -> list[Problem]:
    """Return all problems, in the order of files and lines; none if everything the bot says is covered by the policy."""
    found: list[Problem] = []
    placed: list[Placed] = []
    for path in sorted(inputs.domain_dir.glob("*.yml")):
        for item in _responses(path):
            if isinstance(item, Problem):
                found.append(item)
            else:
                placed.append(item)
    for item in placed:
        found += _check_variation(item, inputs)
    for kind in inputs.kinds.values():
        found += _check_kind(kind, inputs)
    found += _check_responses(placed, inputs)
    found += _check_intents(inputs)
    found += _check_coverage(placed, inputs)
    return sorted(found)


def _responses(path: Path) -> Iterator[Placed | Problem]:
    root = yaml.compose(path.read_text(encoding="utf-8"))
    responses = next((value for key, value in _items(root) if key.value == "responses"), None)
    for name, variations in _items(responses):
        for node in variations.value:
            line = node.start_mark.line + 1
            try:
                yield Placed(name.value, variation(_construct(node)), _shown(path), line)
            except (PolicyError, KeyError, TypeError) as error:
                yield Problem(_shown(path), line, f"{name.value}: {error}")


def _check_variation(placed: Placed, inputs: Inputs) -> Iterator[Problem]:
    said = placed.variation

    def problem(message: str) -> Problem:
        return Problem(placed.file, placed.line, f"{placed.response}: {message}")

    for condition in said.asked:
        if condition not in CONDITIONS | inputs.aspects:
            yield problem(f"asks for {condition!r}, which is no aspect of data/nlu/aspects.yml")
    for choice in said.choices:
        if choice not in TOPICS and choice != FROM_RANKING:
            yield problem(f"offers {choice!r}, which is no topic")
    cited = list(said.clauses)
    for name in said.placeholders():
        if name in inputs.facts.by_name:
            cited += inputs.facts.by_name[name].clauses
        elif name not in COMPUTED | GIVEN:
            yield problem(f"uses {{{name}}}, which is no fact of the policy (bot/policy/facts.py)")
    text = " ".join([said.text, said.lead.say if said.lead else "", said.lead.negated if said.lead else ""])
    for message in _uncovered(text, cited, inputs.policy):
        yield problem(message)


def _check_kind(kind: Kind, inputs: Inputs) -> Iterator[Problem]:
    for text, cited in ((kind.use, kind.use_clauses), (kind.sharing, kind.sharing_clauses), (kind.say, kind.collected)):
        for message in _uncovered(text, cited, inputs.policy):
            yield Problem(_shown(TABLE), kind.line, f"{kind.id}: {message}")
    if kind.listed and not kind.use:
        yield Problem(_shown(TABLE), kind.line, f"{kind.id}: is collected, so the table must say what for (`use`)")


def _uncovered(text: str, cited: Iterable[str], policy: Policy) -> Iterator[str]:
    """Yield what ``text`` states as exact and the clauses that it cites do not contain."""
    known = policy.by_id
    texts = []
    for clause in cited:
        if clause in known:
            texts.append(known[clause].text)
        else:
            yield f"cites {clause}, which the policy does not have"
    covered = " ".join(" ".join(texts).split())
    for pattern, what in ((_FIGURE, "figure"), (_PERIOD, "period"), (_LAW, "law"), (_ADDRESS, "address")):
        known_words = set(pattern.findall(covered))
        for match in pattern.finditer(text):
            if match.group() not in known_words:
                yield f"states the {what} {match.group()!r}, which is not in the clauses it cites"
    for match in _QUOTATION.finditer(text):
        quotation = (match[1] or match[2]).strip()
        if "{" not in quotation and quotation not in covered:
            yield f"quotes {quotation!r}, which is not in the clauses it cites"


def _check_responses(placed: list[Placed], inputs: Inputs) -> Iterator[Problem]:
    by_name: dict[str, list[Placed]] = {}
    for item in placed:
        by_name.setdefault(item.response, []).append(item)
    for topic in TOPICS:
        if topic not in DONE_BY_ACTIONS and f"utter_{topic}" not in by_name:
            yield Problem(_shown(inputs.domain_dir / "answers.yml"), 1, f"the topic {topic} has no answer (utter_{topic})")
    reachable = (
        {f"utter_{intent}" for intent in INTENTS}
        | {"utter_clarify", "utter_complaint", "utter_offer_person"}
        | _said_by_actions()
    )
    for name, items in by_name.items():
        if name not in reachable:
            yield Problem(items[0].file, items[0].line, f"{name} is never said: no intent or rule leads to it")
        if items[-1].variation.asked:
            yield Problem(items[-1].file, items[-1].line, f"{name}: the last variation must fit every question (no `asked`)")
        for item in items[:-1]:
            if not item.variation.asked:
                yield Problem(item.file, item.line, f"{name}: the variations after this one are never said (it has no `asked`)")
        if name.removeprefix("utter_") in ANSWERABLE - {FORGET}:
            for item in items:
                if not item.variation.clauses and "kind_use" not in item.variation.placeholders():
                    yield Problem(item.file, item.line, f"{name}: an answer must cite its clauses")


def _said_by_actions() -> set[str]:
    """Return the responses that the custom actions name."""
    return {
        name for path in (ROOT / "actions").glob("**/*.py") for name in re.findall(r'"(utter_\w+)"', path.read_text("utf-8"))
    }


def _check_intents(inputs: Inputs) -> Iterator[Problem]:
    path = inputs.domain_dir / "domain.yml"
    declared = yaml.safe_load(path.read_text(encoding="utf-8")).get("intents") or []
    for intent in sorted(set(INTENTS) ^ set(declared)):
        where = "is missing here" if intent in INTENTS else "is not in bot/topics.py"
        yield Problem(_shown(path), 1, f"the intent {intent} {where}")
    rules = yaml.safe_load((inputs.data_dir / "rules" / "topics.yml").read_text(encoding="utf-8"))["rules"]
    ruled = {step["intent"] for rule in rules for step in rule["steps"] if "intent" in step}
    for intent in sorted(set(INTENTS) - ruled):
        yield Problem(_shown(inputs.data_dir / "rules" / "topics.yml"), 1, f"no rule says what to do about {intent}")


def _check_coverage(placed: list[Placed], inputs: Inputs) -> Iterator[Problem]:
    used = {clause for item in placed for clause in item.variation.clauses}
    for kind in inputs.kinds.values():
        used |= {*kind.collected, *kind.use_clauses, *kind.sharing_clauses}
    for fact in inputs.facts.by_name.values():
        used |= set(fact.clauses)
    unused = yaml.safe_load(inputs.unused.read_text(encoding="utf-8")) or {}
    for clause in inputs.policy.clauses():
        if clause.id not in used and clause.id not in unused:
            yield Problem(
                "data/policy/privacy-policy.md",
                clause.line,
                f"no answer uses {clause.id}; cite it, or list it in data/policy/unused.yml",
            )
    known = inputs.policy.by_id
    lines = inputs.unused.read_text(encoding="utf-8").splitlines()
    for clause_id in unused:
        number = next(index for index, line in enumerate(lines, start=1) if line.startswith(f"{clause_id}:"))
        if clause_id not in known:
            yield Problem(_shown(inputs.unused), number, f"{clause_id} is listed as unused, but the policy has no such clause")
        elif clause_id in used:
            yield Problem(_shown(inputs.unused), number, f"{clause_id} is listed as unused, but an answer cites it")


def _items(node: Any) -> list[tuple[Any, Any]]:
    return node.value if isinstance(node, yaml.MappingNode) else []


def _construct(node: yaml.Node) -> Any:
    return yaml.SafeLoader("").construct_object(node, deep=True)


def _shown(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
