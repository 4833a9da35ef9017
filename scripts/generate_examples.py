"""Write the training examples that are made from grammars: data/nlu/generated.yml.

    .venv/bin/python scripts/generate_examples.py

The grammars are in data/grammars. A part of their sentences is drawn, always the same; none is a
sentence of the tests.
"""

import random
from collections import defaultdict

from bot.evaluation.grammar import read_cases
from bot.evaluation.labelled import read_nlu
from bot.paths import BEHAVIOUR_DIR, GRAMMARS_DIR, NLU_DIR, TEST_SET

DOCUMENT = NLU_DIR / "generated.yml"
SEED, COUNT = 0, 2400
_HEAD = "# Made by scripts/generate_examples.py from data/grammars. Do not edit it here.\n"


def filled() -> str:
    """Return the content of the file of generated examples."""
    known = {case.text.lower() for case in read_cases(BEHAVIOUR_DIR)}
    for path in (TEST_SET, *sorted(set(NLU_DIR.glob("*.yml")) - {DOCUMENT})):
        known |= {text.lower() for text, _ in read_nlu(path)}
    cases = [case for case in read_cases(GRAMMARS_DIR) if case.text.lower() not in known]
    drawn = set(random.Random(SEED).sample(range(len(cases)), min(COUNT, len(cases))))
    examples: dict[str, list[str]] = defaultdict(list)
    for place, case in enumerate(cases):
        if place in drawn:
            examples[case.topics[0]].append(case.text)
    entries = "".join(
        f"- intent: {intent}\n  examples: |\n" + "".join(f"    - {text}\n" for text in texts)
        for intent, texts in sorted(examples.items())
    )
    return f'{_HEAD}version: "3.1"\nnlu:\n{entries}'


if __name__ == "__main__":
    DOCUMENT.write_text(filled(), encoding="utf-8")
