"""Check of the answers against the policy; reports each problem with its file and line."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.paths import DATA_DIR, DOMAIN_DIR, PACKAGE_DIR
from bot.policy.answer_files import ANSWERS, PlacedVariation, effective
from bot.policy.answers import COMPUTED, CONDITIONS, FROM_RANKING, GIVEN
from bot.policy.aspects import read_aspects
from bot.policy.document import Policy, read_policy
from bot.policy.facts import ALWAYS, NAMES, Facts, problems_of_facts, read_facts
from bot.policy.folder import DOCUMENT, store_folder
from bot.policy.frame_check import problems_of_frames
from bot.policy.kinds import TABLE, DataKind, read_data_kinds
from bot.policy.languages import problems_of_languages
from bot.policy.notice import notice
from bot.policy.store import Store, read_store
from bot.policy.wording_check import problems_of_wording
from bot.policy.yaml_files import Problem, read_yaml, shown
from bot.topics import (
    ANSWERED_BY_ACTIONS,
    INTENTS,
    NOT_LEARNED,
    POLICY_TOPICS,
    SHORTCUTS,
    TOPICS,
)

UNUSED = "unused.yml"  # of a store: clauses that no answer cites, with reasons

_FIGURE = re.compile(r"\d[\d.,:-]*\d|\d")
_PERIOD = re.compile(
    r"\b(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|forty|fifty|sixty|ninety|hundred|several|few)"
    r"\s(?:business\s)?(?:minute|hour|day|week|month|year|percent|time)s?\b",
    re.IGNORECASE,
)
# A sample, such as the reference K7M4-QXT9-RWDF, only shows a form: its figures state nothing.
_SAMPLE = re.compile(r"\b(?=[A-Z0-9-]*[A-Z])[A-Z0-9]{3,4}(?:-[A-Z0-9]{4}){1,2}\b")
_QUOTATION = re.compile(r'"([^"]+)"|“([^”]+)”')
_LAW = re.compile(
    r"\b(?:[A-Z][\w']+ )+(?:Act|Rule|Regulation|Code)\b|\bCOPPA\b|\bGDPR\b|\bCCPA\b|\bC\.F\.R\."
)
_ADDRESS = re.compile(
    r"\b[\w.+-]+@[\w-]+\.\w+|\bhttps?://\S+|\bwww\.\S+?(?=[\s,;]|\.?$)", re.IGNORECASE
)


_MUST_CITE = {f"utter_{topic.name}" for topic in POLICY_TOPICS}


@dataclass(frozen=True)
class Inputs:
    """Input of the check: a store, and the folders that all stores share."""

    store: Store
    policy: Policy
    facts: Facts
    kinds: dict[str, DataKind]
    aspects: frozenset[str]
    domain_dir: Path = DOMAIN_DIR
    data_dir: Path = DATA_DIR

    @classmethod
    def of(cls, folder: Path) -> "Inputs":
        """Return the policy, facts and tables in the folder of a store."""
        described, policy = read_store(folder), read_policy(folder)
        return cls(
            described,
            policy,
            read_facts(described, policy),
            read_data_kinds(folder / TABLE),
            frozenset(read_aspects(folder)),
        )

    @classmethod
    def of_project(cls) -> "Inputs":
        """Return those of the store that the bot answers for."""
        return cls.of(store_folder())

    @property
    def document(self) -> Path:
        """Return the file of the policy."""
        return self.store.folder / DOCUMENT

    @property
    def unused(self) -> Path:
        """Return the file of the clauses that no answer cites."""
        return self.store.folder / UNUSED

    @property
    def has_answers(self) -> bool:
        """Return whether the store has wording of its own, which must then cover its policy."""
        return (self.store.folder / ANSWERS).exists()


def problems(inputs: Inputs) -> list[Problem]:
    """Return all problems, ordered by file and line.

    The list is empty if the policy covers everything that the bot says.
    """
    found: list[Problem] = []
    placed: list[PlacedVariation] = []
    for item in effective(inputs.domain_dir, inputs.store.folder):
        if isinstance(item, Problem):
            found.append(item)
        else:
            placed.append(item)
    for item in placed:
        found += _check_variation(item, inputs)
    for kind in inputs.kinds.values():
        found += _check_kind(kind, inputs)
    found += problems_of_facts(inputs.store, inputs.policy)
    found += problems_of_frames(inputs.store.folder, inputs.policy)
    found += problems_of_languages()
    found += _check_responses(placed, inputs)
    found += _check_intents(inputs)
    found += _check_examples(inputs)
    if inputs.has_answers:
        found += _check_coverage(placed, inputs)
    return sorted(found)


def _check_variation(placed: PlacedVariation, inputs: Inputs) -> Iterator[Problem]:
    variation = placed.variation

    def problem(message: str) -> Problem:
        return Problem(placed.file, placed.line, f"{placed.response}: {message}")

    for condition in variation.asked:
        if condition not in CONDITIONS | inputs.aspects:
            yield problem(f"asks for {condition!r}, which is no aspect of the store (aspects.yml)")
    for choice in variation.choices:
        if choice not in TOPICS.keys() | SHORTCUTS.keys() | {FROM_RANKING}:
            yield problem(f"offers {choice!r}, which is no topic")
    cited = list(variation.clauses)
    for name in variation.placeholders():
        if name in inputs.facts.by_name:
            cited += inputs.facts.by_name[name].clauses
        elif name not in COMPUTED | GIVEN | NAMES:
            yield problem(f"uses {{{name}}}, which is no fact of a store (bot/policy/facts.py)")
    text = " ".join(
        [
            variation.text,
            variation.plainer,
            variation.lead.say if variation.lead else "",
            variation.lead.negated if variation.lead else "",
        ]
    )
    for message in _uncovered(text, cited, inputs.policy):
        yield problem(message)
    for message in problems_of_wording(placed, inputs.policy):
        yield problem(message)


def _check_kind(kind: DataKind, inputs: Inputs) -> Iterator[Problem]:
    table = shown(inputs.store.folder / TABLE)
    for text, cited in (
        (kind.use, kind.use_clauses),
        (kind.sharing, kind.sharing_clauses),
        (kind.say, kind.collected),
    ):
        for message in _uncovered(text, cited, inputs.policy):
            yield Problem(table, kind.line, f"{kind.id}: {message}")
    if kind.listed and not kind.use:
        yield Problem(
            table,
            kind.line,
            f"{kind.id}: is collected, so the table must say what for (`use`)",
        )


def _uncovered(text: str, cited: Iterable[str], policy: Policy) -> Iterator[str]:
    """Yield each exact statement of ``text`` that is missing from the clauses it cites.

    Exact statements are figures, periods, laws, addresses and quotations.
    """
    known = {**notice().by_id, **policy.by_id}
    texts = []
    for clause in cited:
        if clause in known:
            texts.append(known[clause].text)
        else:
            yield f"cites {clause}, which the policy does not have"
    covered = " ".join(" ".join(texts).split())
    text = _SAMPLE.sub(" ", text)
    for pattern, what in (
        (_FIGURE, "figure"),
        (_PERIOD, "period"),
        (_LAW, "law"),
        (_ADDRESS, "address"),
    ):
        known_words = set(pattern.findall(covered))
        for match in pattern.finditer(text):
            if match.group() not in known_words:
                yield f"states the {what} {match.group()!r}, which is not in the clauses it cites"
    for match in _QUOTATION.finditer(text):
        quotation = (match[1] or match[2]).strip()
        if "{" not in quotation and quotation not in covered:
            yield f"quotes {quotation!r}, which is not in the clauses it cites"


def _check_responses(placed: list[PlacedVariation], inputs: Inputs) -> Iterator[Problem]:
    by_name: dict[str, list[PlacedVariation]] = {}
    for item in placed:
        by_name.setdefault(item.response, []).append(item)
    for topic in TOPICS:
        if topic not in ANSWERED_BY_ACTIONS and f"utter_{topic}" not in by_name:
            yield Problem(
                shown(inputs.domain_dir / "topics.yml"),
                1,
                f"the topic {topic} has no answer (utter_{topic})",
            )
    reachable = (
        {f"utter_{intent}" for intent in INTENTS}
        | {"utter_clarify", "utter_complaint", "utter_offer_person"}
        | _responses_of_actions()
    )
    for name, items in by_name.items():
        if name not in reachable:
            yield Problem(
                items[0].file, items[0].line, f"{name} is never said: no intent or rule leads to it"
            )
        if items[-1].variation.asked:
            yield Problem(
                items[-1].file,
                items[-1].line,
                f"{name}: the last variation must fit every question (no `asked`)",
            )
        if lacking := items[-1].variation.facts() - inputs.facts.by_name.keys():
            message = (
                f"the last variation needs {', '.join(sorted(lacking))}, which the store lacks"
            )
            yield Problem(items[-1].file, items[-1].line, f"{name}: {message}")
        for item in items[:-1]:
            if not item.variation.asked and not item.variation.facts() - ALWAYS:
                yield Problem(
                    item.file,
                    item.line,
                    f"{name}: the variations after this one are never said (it has no `asked`)",
                )
        if name in _MUST_CITE:
            for item in items:
                if not item.variation.clauses and not item.variation.cites_by_placeholder():
                    yield Problem(item.file, item.line, f"{name}: an answer must cite its clauses")


def _responses_of_actions() -> set[str]:
    """Return the names of the responses that custom actions send and the topic policy plans."""
    code = [
        path
        for folder in (
            PACKAGE_DIR.parent / "actions",
            PACKAGE_DIR / "optouts",
            PACKAGE_DIR / "dialogue",
        )
        for path in folder.glob("*.py")
    ]
    return {
        name
        for path in code
        for name in re.findall(r'"(utter_\w+)"', path.read_text(encoding="utf-8"))
    }


def _check_intents(inputs: Inputs) -> Iterator[Problem]:
    path = inputs.domain_dir / "domain.yml"
    declared = read_yaml(path).get("intents") or []
    for intent in sorted(set(INTENTS) ^ set(declared)):
        where = "is missing here" if intent in INTENTS else "is not in bot/topics.py"
        yield Problem(shown(path), 1, f"the intent {intent} {where}")
    rules = read_yaml(inputs.data_dir / "rules" / "topics.yml")["rules"]
    with_rule = {step["intent"] for rule in rules for step in rule["steps"] if "intent" in step}
    for intent in sorted(set(INTENTS) - with_rule):
        yield Problem(
            shown(inputs.data_dir / "rules" / "topics.yml"),
            1,
            f"no rule says what to do about {intent}",
        )


def _check_examples(inputs: Inputs) -> Iterator[Problem]:
    """Yield a problem for each intent without a training example."""
    with_examples: set[str] = set()
    for path in sorted((inputs.data_dir / "nlu").glob("*.yml")):
        for entry in read_yaml(path).get("nlu") or ():
            if str(entry.get("examples") or "").strip():
                with_examples.add(str(entry.get("intent")))
    for intent in sorted(set(INTENTS) - with_examples - NOT_LEARNED):
        yield Problem(
            shown(inputs.data_dir / "nlu" / f"{intent}.yml"),
            1,
            f"the intent {intent} has no training examples",
        )


def _check_coverage(placed: list[PlacedVariation], inputs: Inputs) -> Iterator[Problem]:
    used = {clause for item in placed for clause in item.variation.clauses}
    for kind in inputs.kinds.values():
        used |= {*kind.collected, *kind.use_clauses, *kind.sharing_clauses}
    for fact in inputs.facts.by_name.values():
        used |= set(fact.clauses)
    unused = (read_yaml(inputs.unused) or {}) if inputs.unused.exists() else {}
    for clause in inputs.policy.clauses():
        if clause.id not in used and clause.id not in unused:
            yield Problem(
                shown(inputs.document),
                clause.line,
                f"no answer uses {clause.id}; cite it, or list it in unused.yml of the store",
            )
    known = inputs.policy.by_id
    lines = inputs.unused.read_text(encoding="utf-8").splitlines() if unused else []
    for clause_id in unused:
        found = (number for number, line in enumerate(lines, start=1) if clause_id in line)
        number = next(found, 1)
        if clause_id not in known:
            yield Problem(
                shown(inputs.unused),
                number,
                f"{clause_id} is listed as unused, but the policy has no such clause",
            )
        elif clause_id in used:
            yield Problem(
                shown(inputs.unused),
                number,
                f"{clause_id} is listed as unused, but an answer cites it",
            )
