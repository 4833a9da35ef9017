"""``privacy-bot check``: checks that the policy covers every answer."""

from bot.cli.errors import CommandError
from bot.policy.check import Inputs, problems
from bot.policy.frame_list import load_frames
from bot.policy.frames import FrameAnswers


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
    print(f"Every answer is covered by the policy ({clauses} clauses, {_said_from(inputs)}).")


def _said_from(inputs: Inputs) -> str:
    """Return what the answers of the store are made from."""
    if inputs.has_answers:
        return f"{len(inputs.kinds)} kinds of data"
    answers = FrameAnswers.of(inputs.store.folder, inputs.policy, inputs.facts)
    confirmed = [frame for frame in load_frames() if answers.standing(frame)]
    return f"{len(confirmed)} of {len(load_frames())} frames confirmed"
