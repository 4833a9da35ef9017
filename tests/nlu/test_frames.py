"""Tests of the mapping of questions to frames."""

import pytest

from bot.nlu.models.encoder import default_encoder, meanings
from bot.nlu.models.frames import Asked, FrameFinder
from bot.policy.frame_list import load_frames


@pytest.fixture(scope="module")
def finder() -> FrameFinder:
    """The finder with the examples of all frames."""
    return FrameFinder.of(default_encoder())


def find(finder: FrameFinder, text: str, **topics: float) -> Asked:
    """Return the frames of a question."""
    return finder.find(text, meanings(default_encoder().encode([text]))[0], topics)


@pytest.mark.parametrize(
    ("text", "topic", "frame"),
    [
        ("do you pass my data to the fbi", "sharing", "sharing.law"),
        ("what if another firm takes you over", "sharing", "sharing.sale_of_business"),
        ("does the store ship my data overseas", "sharing", "sharing.abroad"),
        ("can i say no to your cookies", "cookies", "cookies.refuse"),
        ("would you write me if someone broke into your systems", "security", "security.breach"),
        ("how do i fix a wrong birthday in my account", "access_or_delete", "access.correct"),
        ("give me all the data you hold on me", "access_or_delete", "access.see"),
        ("when was this policy changed", "policy_change", "change.date"),
    ],
)
def test_a_question_of_a_topic_finds_its_frame(
    finder: FrameFinder, text: str, topic: str, frame: str
) -> None:
    """Within a topic, similar examples and cues tell the frames apart."""
    assert find(finder, text, **{topic: 1.0}).frames[0] == frame


def test_every_example_finds_its_own_frame(finder: FrameFinder) -> None:
    """An example of a frame is that frame, whatever else is similar."""
    for frame in load_frames().values():
        for text in frame.examples:
            assert frame.id in find(finder, text, **{frame.topic: 1.0}).frames, text


def test_what_is_about_something_else_is_like_no_frame(finder: FrameFinder) -> None:
    """The likeness to the best frame tells a privacy question from another one."""
    near = find(finder, "is my data sent to another country")
    far = find(finder, "which deck stain lasts longest")
    assert near.likeness > 0.5 > far.likeness
