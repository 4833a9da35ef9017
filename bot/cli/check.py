"""``privacy-bot check``: checks that the policy covers every answer."""

from bot.adoption.review import Review, undismissed
from bot.cli.errors import CommandError
from bot.policy.check import Inputs, problems
from bot.policy.confirmations import CONFIRMED, read_confirmed
from bot.policy.frame_list import NOT_SAID, load_frames
from bot.policy.frames import FrameAnswers
from bot.policy.yaml_files import Problem, shown


def check() -> None:
    """Print every problem of the answers with file and line; raises CommandError if any."""
    inputs = Inputs.of_project()
    found = [*problems(inputs), *_undismissed(inputs)]
    for problem in found:
        print(problem)
    if found:
        raise CommandError(
            f"{len(found)} problem{'s' if len(found) > 1 else ''}: correct the lines above."
        )
    clauses = sum(1 for _ in inputs.policy.clauses())
    print(f"Every answer is covered by the policy ({clauses} clauses, {_said_from(inputs)}).")


def _undismissed(inputs: Inputs) -> list[Problem]:
    """Return a problem for each frame that "is not said", though a passage seems to answer it."""
    folder = inputs.store.folder
    if all(item.verdict != NOT_SAID for item in read_confirmed(folder).values()):
        return []
    return [
        Problem(
            shown(folder / CONFIRMED),
            1,
            f"{frame} is confirmed as not said, but nobody has dismissed: {text!r}. "
            "Confirm it again with `privacy-bot review`.",
        )
        for frame, text in undismissed(Review(folder, by=""))
    ]


def _said_from(inputs: Inputs) -> str:
    """Return what the answers of the store are made from."""
    if inputs.has_answers:
        return f"{len(inputs.kinds)} kinds of data"
    answers = FrameAnswers.of(inputs.store.folder, inputs.policy, inputs.facts)
    confirmed = [frame for frame in load_frames() if answers.standing(frame)]
    return f"{len(confirmed)} of {len(load_frames())} frames confirmed"
