"""Check the pinned dependencies for known vulnerabilities and end of support: `make audit`.

It needs no network: it compares the locks with requirements/audit.yml. With --write it writes the
table in docs/dependencies.md.
"""

import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).parents[1]
REQUIREMENTS = ROOT / "requirements"
DOCUMENT = ROOT / "docs" / "dependencies.md"
BEGIN, END = "<!-- audit: begin -->", "<!-- audit: end -->"
_PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^ ;\\]+)", re.MULTILINE)
_NAME = re.compile(r"^[A-Za-z0-9._-]+")
_OLD_DAYS = 90

Known = Mapping[str, Any]


def known() -> Known:
    """Return what is known of vulnerabilities and support."""
    content: Known = yaml.safe_load((REQUIREMENTS / "audit.yml").read_text(encoding="utf-8"))
    return content


def pins() -> dict[str, str]:
    """Return the version of each distribution in the locks."""
    locks = (lock.read_text(encoding="utf-8") for lock in sorted(REQUIREMENTS.glob("*.lock")))
    return {_normal(name): version for lock in locks for name, version in _PIN.findall(lock)}


def held_back() -> set[str]:
    """Return the distributions of which pyproject.toml excludes later releases."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    bounded = (need for need in project["dependencies"] if re.search(r"<|==", need))
    return {_normal(match[0]) for need in bounded if (match := _NAME.match(need))}


def problems(facts: Known, pinned: Mapping[str, str], held: set[str]) -> Iterator[str]:
    """Yield a line for each pin that is vulnerable or held back, and has no judgement."""
    for entry in affected(facts, pinned):
        if not (entry.get("reach") and entry.get("kept_by")):
            name = entry["package"]
            yield (
                f"{name} {pinned[name]} has {entry['id']}: take another release, "
                "or say in requirements/audit.yml whether a request can reach it."
            )
    judged = {name for entry in facts["out_of_support"] for name in entry["pins"]}
    for name in sorted(held - judged):
        yield f"{name} is held back: say in requirements/audit.yml why, and who can reach it."
    for name in sorted(judged - pinned.keys()):
        yield f"{name} is not pinned any more: remove it from requirements/audit.yml."


def affected(facts: Known, pinned: Mapping[str, str]) -> Iterator[Known]:
    """Yield the vulnerabilities of the pinned versions."""
    for entry in facts["vulnerabilities"]:
        version = pinned.get(entry["package"])
        if version is not None and SpecifierSet(entry["versions"]).contains(version):
            yield entry


def table(facts: Known, pinned: Mapping[str, str]) -> str:
    """Return the tables of the document in Markdown."""
    rows = [
        f"As of {facts['made']}, made by hand from public sources (`requirements/audit.yml`).",
        "",
        "| pin | out of support since | can a request reach it | kept by |",
        "|---|---|---|---|",
    ]
    for entry in facts["out_of_support"]:
        names = ", ".join(f"{name} {pinned[name]}" for name in entry["pins"] if name in pinned)
        rows.append(f"| {names} | {entry['since']} | {entry['reach']} | {entry['kept_by']} |")
    rows += ["", "| known vulnerability | pin | what | can a request reach it | kept by |"]
    rows.append("|---|---|---|---|---|")
    for entry in affected(facts, pinned):
        pin = f"{entry['package']} {pinned[entry['package']]}"
        told = " | ".join(str(entry.get(name, "")) for name in ("what", "reach", "kept_by"))
        rows.append(f"| {entry['id']} | {pin} | {told} |")
    return "\n".join(rows)


def filled(document: str) -> str:
    """Return the document with the current tables between its markers."""
    before, _, rest = document.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table(known(), pins())}\n{END}{after}"


def main() -> int:
    """Print the result; return 1 if a pin needs a judgement."""
    if "--write" in sys.argv[1:]:
        DOCUMENT.write_text(filled(DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")
        return 0
    if "--judged" in sys.argv[1:]:  # for `make audit ONLINE=1`
        print(*(entry["id"] for entry in affected(known(), pins())))
        return 0
    found = list(problems(known(), pins(), held_back()))
    for line in found:
        print(line)
    age = (date.today() - known()["made"]).days
    if age > _OLD_DAYS:
        print(f"requirements/audit.yml is {age} days old: renew it, see its head.")
    judged = sum(1 for _ in affected(known(), pins()))
    print(
        f"{len(pins())} pins, {len(found)} without a judgement, {judged} known vulnerabilities "
        f"out of reach: docs/dependencies.md. Data of {known()['made']}, made by hand; "
        "for that of today: make audit ONLINE=1"
    )
    return 1 if found else 0


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    sys.exit(main())
