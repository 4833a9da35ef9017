"""``privacy-bot check``: checks that the policy covers every answer."""

from bot.cli.errors import CommandError
from bot.policy.check import Inputs, problems


def check() -> None:
    """Print every problem of the answers with file and line; raises CommandError if any."""
    inputs = Inputs.of_project()
    found = problems(inputs)
    for problem in found:
        print(problem)
    if found:
        raise CommandError(
            f"{len(found)} problem{'s' if len(found) > 1 else ''}: correct the lines above."
        )
    clauses = sum(1 for _ in inputs.policy.clauses())
    print(
        "Every answer is covered by the policy "
        f"({clauses} clauses, {len(inputs.kinds)} kinds of data)."
    )
