"""``privacy-bot evaluate``: measures the NLU on a test set and examines the training data."""

import asyncio
from pathlib import Path
from typing import Any

import yaml
from rich.console import Console
from rich.progress import track
from rich.table import Table

from bot.assistant import trained_model
from bot.cli.errors import CommandError
from bot.evaluation.corruption import corrupted
from bot.evaluation.examination import Findings, Pair, Suspect, examine
from bot.evaluation.labelled import Labelled, introduced, read_nlu, read_training_data
from bot.evaluation.measures import Example, Report, report
from bot.evaluation.plots import draw_confusion, draw_reliability
from bot.paths import RESULTS_DIR, TEST_SET
from bot.topics import CLARIFY

EXAMINATION = "examination.yml"
_SHOWN = 5  # printed findings of each kind; the file has all of them
console = Console(highlight=False, soft_wrap=True)


def evaluate(
    test_set: Path | None, output: Path | None, personal: bool = False, noise: bool = False
) -> None:
    """Print the scores of a test set topic by topic, and examine the training data.

    The charts and all findings are written to the folder ``output``. ``personal`` adds
    placeholders to every message; ``noise`` measures again with typing errors. Raises CommandError
    if ``test_set`` is not a Rasa NLU file.
    """
    path, folder = test_set or TEST_SET, output or RESULTS_DIR
    try:
        labelled = read_nlu(path)
    except (KeyError, TypeError, AttributeError) as error:
        raise CommandError(
            f"{path} is not a Rasa NLU file with intents and examples: {error}"
        ) from None
    messages = introduced(labelled) if personal else labelled
    result = asyncio.run(understand(messages))
    _print(result)
    if noise:
        _print_effect_of_noise(result, asyncio.run(understand(corrupted(messages))))
    draw_confusion(result, folder / "confusion.png")
    draw_reliability(result, folder / "reliability.png")
    with console.status("Examining the training data …"):
        findings = examine(
            read_training_data(), labelled, trained_model.settings_of("TopicClassifier")
        )
    _print_findings(findings)
    (folder / EXAMINATION).write_text(
        yaml.safe_dump(_as_data(findings), sort_keys=False, allow_unicode=True, width=128)
    )
    console.print(
        "\nConfusion matrix, reliability and all findings: "
        f"confusion.png, reliability.png, {EXAMINATION} in {folder}"
    )


async def understand(labelled: list[Labelled]) -> Report:
    """Parse each labelled text with the trained model and return the report."""
    agent = trained_model.load(lean=False)
    from bot.dialogue.responses import likely

    examples = []
    for text, intent in track(
        labelled, "Understanding …", console=Console(stderr=True), transient=True
    ):
        parsed = await agent.parse_message(text)
        understood = parsed["intent"]
        offered = tuple(likely(parsed["intent_ranking"])) if understood["name"] == CLARIFY else ()
        examples.append(
            Example(text, intent, understood["name"], understood["confidence"], offered)
        )
    return report(examples)


def _print(result: Report) -> None:
    table = Table("topic", "precision", "recall", "F1", "examples")
    for score in result.scores:
        table.add_row(
            score.label,
            f"{score.precision:.2f}",
            f"{score.recall:.2f}",
            f"{score.f1:.2f}",
            str(score.examples),
        )
    console.print(table)
    console.print(
        f"accuracy {result.accuracy:.3f} ({len(result.examples)} examples), "
        f"in scope {result.in_scope_accuracy:.3f}"
    )
    console.print(
        f"accuracy when an offer of the right topic counts {result.lenient_accuracy:.3f}; "
        f"asked back {result.clarified:.3f}"
    )
    console.print(f"macro-F1 {result.macro_f1:.3f}")
    console.print(
        f"out of scope: recognised {result.out_of_scope_recall:.3f}, "
        f"answered {result.out_of_scope_answered:.3f}"
    )
    console.print(f"expected calibration error {result.calibration_error:.3f}")
    console.print("\nThe ten weakest topics, and what they are taken for:")
    for score in result.weakest():
        mistakes = (
            ", ".join(f"{label} {count}" for label, count in result.taken_for(score.label))
            or "nothing else"
        )
        console.print(f"  {score.label} (F1 {score.f1:.2f}): {mistakes}")
    console.print("\nThe ten worst mistakes:")
    for example in result.worst():
        console.print(
            f"  {example.expected} taken for {example.predicted} "
            f"({example.confidence:.2f}): {example.text}",
            markup=False,
        )


def _print_effect_of_noise(clean: Report, noisy: Report) -> None:
    console.print("\nThe same messages with slips of the thumb:")
    for name, before, after in (
        ("accuracy", clean.accuracy, noisy.accuracy),
        ("accuracy when an offer counts", clean.lenient_accuracy, noisy.lenient_accuracy),
        ("out of scope answered", clean.out_of_scope_answered, noisy.out_of_scope_answered),
    ):
        console.print(f"  {name} {after:.3f}, {(after - before) * 100:+.1f} points")
    for example in noisy.worst(_SHOWN):
        console.print(
            f"  {example.expected} taken for {example.predicted}: {example.text}", markup=False
        )


def _print_findings(findings: Findings) -> None:
    contradictions = sum(pair.contradicts for pair in findings.duplicates)
    console.print("\nThe training data:")
    console.print(
        f"  {len(findings.duplicates)} pairs are nearly the same; "
        f"{contradictions} of them under two intents"
    )
    for pair in findings.duplicates[:_SHOWN]:
        console.print(f"    {_as_line(pair)}", markup=False)
    console.print(
        f"  {len(findings.mislabelled)} examples may be labelled wrongly: "
        "all others take them for something else"
    )
    for suspect in findings.mislabelled[:_SHOWN]:
        console.print(
            f"    {suspect.example[1]}, perhaps {suspect.likely}: {suspect.example[0]}",
            markup=False,
        )
    console.print(f"  {len(findings.overlap)} examples are nearly a message of the test set")
    for pair in findings.overlap[:_SHOWN]:
        console.print(f"    {_as_line(pair)}", markup=False)


def _as_line(pair: Pair) -> str:
    return f"{pair.one[0]} ({pair.one[1]}) | {pair.other[0]} ({pair.other[1]})"


def _as_data(findings: Findings) -> dict[str, Any]:
    def pair(found: Pair) -> dict[str, Any]:
        return {
            "texts": [found.one[0], found.other[0]],
            "intents": [found.one[1], found.other[1]],
            "similarity": round(found.similarity, 3),
        }

    def suspect(found: Suspect) -> dict[str, Any]:
        text, intent = found.example
        return {
            "text": text,
            "intent": intent,
            "likely": found.likely,
            "confidence": round(found.confidence, 3),
        }

    return {
        "near_duplicates": [pair(found) for found in findings.duplicates],
        "perhaps_mislabelled": [suspect(found) for found in findings.mislabelled],
        "overlap_with_test_set": [pair(found) for found in findings.overlap],
    }
