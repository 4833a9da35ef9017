"""``privacy-bot check``."""

from bot.cli.errors import CommandError
from bot.policy.check import Inputs, problems


def check() -> None:
    """Print every problem of the answers with file and line; an error if there is one."""
    inputs = Inputs.of_project()
    found = problems(inputs)
    for problem in found:
        print(problem)
    if found:
        raise CommandError(f"{len(found)} problem{'s' if len(found) > 1 else ''}: correct the lines above.")
    clauses = sum(1 for _ in inputs.policy.clauses())
    print(f"Every answer is covered by the policy ({clauses} clauses, {len(inputs.kinds)} kinds of data).")
