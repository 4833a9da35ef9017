"""List of frames: the questions that shoppers ask every store, with the leads of their answers."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bot.paths import FRAMES
from bot.policy.document import PolicyError
from bot.policy.yaml_files import read_yaml, shown

VERDICTS = ("yes", "no", "conditions", "says", "not_said")
NOT_SAID = "not_said"
OPEN, NOTHING = "open", "nothing"  # leads of a frame that nobody has confirmed


@dataclass(frozen=True)
class Frame:
    """A question that shoppers ask every store.

    ``leads`` are what the bot may say before the quotes, by verdict. ``also`` are other topics from
    which the question may be asked.
    """

    id: str
    topic: str
    also: tuple[str, ...]
    question: str
    cues: tuple[str, ...]
    examples: tuple[str, ...]
    leads: dict[str, str]
    follow_ups: tuple[str, ...]


@cache
def load_frames(path: Path = FRAMES) -> dict[str, Frame]:
    """Return the frames by their ids, in the order of the file.

    Raises PolicyError for a frame that is not complete or that names an unknown one.
    """
    content = read_yaml(path)
    common = content["defaults"]["leads"]
    frames: dict[str, Frame] = {}
    for entry in content["frames"]:
        try:
            frame = Frame(
                entry["id"],
                entry["topic"],
                tuple(entry.get("also", ())),
                entry["question"],
                tuple(map(str, entry["cues"])),
                tuple(entry["examples"]),
                {**common, **entry["leads"]},
                tuple(entry["follow_ups"]),
            )
        except KeyError as error:
            where = f"{shown(path)}: the frame {entry.get('id')!r}"
            raise PolicyError(f"{where} has no {error.args[0]!r}.") from None
        frames[frame.id] = frame
    for frame in frames.values():
        unknown = {*frame.follow_ups} - {*frames} | {*frame.leads} - {*VERDICTS, OPEN, NOTHING}
        if unknown:
            raise PolicyError(f"{shown(path)}: {frame.id} names {', '.join(sorted(unknown))}.")
    return frames
