"""``privacy-bot evaluate --behaviour``: measures the NLU on cases made from grammars."""

import asyncio
from collections.abc import Iterable, Sequence
from pathlib import Path

import yaml
from rich.console import Console
from rich.progress import track
from rich.table import Table

from bot.assistant import trained_model
from bot.cli.errors import CommandError
from bot.evaluation.behaviour import BehaviourReport, Observed, Score
from bot.evaluation.grammar import Case, read_cases
from bot.paths import BEHAVIOUR_DIR, RESULTS_DIR

FAILED = "behaviour.yml"
_SHOWN = 25  # printed mistakes; the file has all of them
console = Console(highlight=False, soft_wrap=True)


def evaluate_behaviour(grammars: Path | None, output: Path | None) -> None:
    """Print how many cases hold, by capability and by topic, and the worst mistakes.

    All mistakes are written to the folder ``output``. Raises CommandError if there are no grammars
    in the folder ``grammars``.
    """
    folder, results = grammars or BEHAVIOUR_DIR, output or RESULTS_DIR
    try:
        cases = read_cases(folder)
    except (KeyError, TypeError, AttributeError, ValueError, yaml.YAMLError) as error:
        raise CommandError(f"{folder} has a file that is not a grammar: {error}") from None
    if not cases:
        raise CommandError(f"{folder} has no grammars (*.yml). Give a folder with some.")
    result = asyncio.run(observe(cases))
    _print(result)
    results.mkdir(parents=True, exist_ok=True)
    (results / FAILED).write_text(
        yaml.safe_dump(
            [_as_data(each) for each in result.worst()], sort_keys=False, allow_unicode=True
        ),
        encoding="utf-8",
    )
    console.print(f"\nAll mistakes: {FAILED} in {results}")


async def observe(cases: Sequence[Case]) -> BehaviourReport:
    """Parse each case with the trained model and return the report."""
    agent = trained_model.load(lean=False)
    from bot.dialogue.responses import likely

    observed = []
    for case in track(cases, "Understanding …", console=Console(stderr=True), transient=True):
        parsed = await agent.parse_message(case.text)
        understood = tuple(question["intent"] for question in parsed["questions"])
        observed.append(
            Observed(
                case,
                understood,
                parsed["intent"]["confidence"],
                tuple(likely(parsed["intent_ranking"])),
            )
        )
    return BehaviourReport(tuple(observed))


def _print(result: BehaviourReport) -> None:
    _print_scores("cases", [result.total, *result.halves])
    _print_scores("capability", result.capabilities)
    _print_scores("topic", result.topics)
    console.print(f"expected calibration error {result.calibration_error:.3f}")
    console.print("\nThe worst mistakes:")
    for each in result.worst()[:_SHOWN]:
        console.print(
            f"  {each.case.topics[0]} taken for {', '.join(each.understood)} "
            f"({each.confidence:.2f}): {each.case.text}",
            markup=False,
        )


def _print_scores(title: str, scores: Iterable[Score]) -> None:
    table = Table(title, "cases", "held", "asked back", "refused", "wrong at 0.9 or more")
    for score in scores:
        table.add_row(
            score.name,
            str(score.cases),
            f"{score.share:.1%}",
            str(score.asked_back),
            str(score.refused),
            str(score.surely_wrong),
        )
    console.print(table)


def _as_data(each: Observed) -> dict[str, object]:
    return {
        "text": each.case.text,
        "expected": list(each.case.topics),
        "understood": list(each.understood),
        "confidence": round(each.confidence, 3),
        "seen": each.case.seen,
    }
