"""Write the training examples that are made from grammars: data/nlu/generated.yml.

    .venv/bin/python scripts/generate_examples.py

The grammars are in data/grammars. A part of their sentences is drawn, each by its own words, so
that a change of one grammar leaves the rest as it is. None is a sentence of the tests.
"""

import hashlib
from collections import defaultdict

from bot.evaluation.grammar import read_cases
from bot.evaluation.labelled import read_nlu
from bot.paths import BEHAVIOUR_DIR, GRAMMARS_DIR, NLU_DIR, TEST_SET

DOCUMENT = NLU_DIR / "generated.yml"
SEED, SHARE = 0, 0.53
_HEAD = "# Made by scripts/generate_examples.py from data/grammars. Do not edit it here.\n"


def filled() -> str:
    """Return the content of the file of generated examples."""
    known = {case.text.lower() for case in read_cases(BEHAVIOUR_DIR)}
    for path in (TEST_SET, *sorted(set(NLU_DIR.glob("*.yml")) - {DOCUMENT})):
        known |= {text.lower() for text, _ in read_nlu(path)}
    examples: dict[str, list[str]] = defaultdict(list)
    for case in read_cases(GRAMMARS_DIR):
        if case.text.lower() not in known and _drawn(case.text):
            examples[case.topics[0]].append(case.text)
    entries = "".join(
        f"- intent: {intent}\n  examples: |\n" + "".join(f"    - {text}\n" for text in texts)
        for intent, texts in sorted(examples.items())
    )
    return f'{_HEAD}version: "3.1"\nnlu:\n{entries}'


def _drawn(text: str) -> bool:
    digest = hashlib.sha256(f"{SEED} {text}".encode()).digest()
    return int.from_bytes(digest[:4]) < SHARE * 2**32


if __name__ == "__main__":
    DOCUMENT.write_text(filled(), encoding="utf-8")
