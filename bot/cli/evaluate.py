"""``privacy-bot evaluate``."""

import asyncio
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

from bot import assistant
from bot.cli.errors import CommandError
from bot.evaluation import Example, Report, draw_confusion, introduced, read_nlu, report
from bot.paths import RESULTS_DIR, TEST_SET
from bot.topics import CLARIFY

console = Console(highlight=False)


def evaluate(test_set: Path | None, output: Path | None, personal: bool = False) -> None:
    """Understand every example of a test set and print what is right, topic by topic."""
    path, folder = test_set or TEST_SET, output or RESULTS_DIR
    try:
        labelled = read_nlu(path)
    except (KeyError, TypeError, AttributeError) as error:
        raise CommandError(f"{path} is not a Rasa NLU file with intents and examples: {error}") from None
    result = asyncio.run(understand(introduced(labelled) if personal else labelled))
    _print(result)
    draw_confusion(result, folder / "confusion.png")
    console.print(f"\nConfusion matrix: {folder / 'confusion.png'}")


async def understand(labelled: list[tuple[str, str]]) -> Report:
    """Understand each labelled text with the trained model."""
    agent = assistant.load(lean=False)
    from bot.dialogue.responses import likely

    examples = []
    for text, intent in track(labelled, "Understanding …", console=Console(stderr=True), transient=True):
        parsed = await agent.parse_message(text)
        understood = parsed["intent"]
        offered = tuple(likely(parsed["intent_ranking"])) if understood["name"] == CLARIFY else ()
        examples.append(Example(text, intent, understood["name"], understood["confidence"], offered))
    return report(examples)


def _print(result: Report) -> None:
    table = Table("topic", "precision", "recall", "F1", "examples")
    for score in result.scores:
        table.add_row(score.label, f"{score.precision:.2f}", f"{score.recall:.2f}", f"{score.f1:.2f}", str(score.examples))
    console.print(table)
    console.print(f"accuracy {result.accuracy:.3f} ({len(result.examples)} examples), in scope {result.in_scope_accuracy:.3f}")
    console.print(
        f"accuracy when an offer of the right topic counts {result.lenient_accuracy:.3f}; asked back {result.clarified:.3f}"
    )
    console.print(f"macro-F1 {result.macro_f1:.3f}")
    console.print(f"out of scope: recognised {result.out_of_scope_recall:.3f}, answered {result.out_of_scope_answered:.3f}")
    console.print(f"expected calibration error {result.calibration_error:.3f}")
    console.print("\nThe ten worst mistakes:")
    for example in result.worst():
        console.print(
            f"  {example.expected} taken for {example.predicted} ({example.confidence:.2f}): {example.text}", markup=False
        )
