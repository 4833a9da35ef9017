"""Check of how an answer begins, and of its other, plainer words."""

import re
from collections.abc import Iterator

from bot.policy.answer_files import PlacedVariation
from bot.policy.answers import FRAMES
from bot.policy.document import Policy
from bot.policy.leads import unproved
from bot.topics import ABOUT_PERSON, NOT_LEARNED, POLICY_TOPICS

# Every answer has other words, for "why?" and "simpler, please"; frames make their own.
_NEED_PLAINER = {f"utter_{topic.name}" for topic in (*POLICY_TOPICS, *ABOUT_PERSON)} - {
    f"utter_{name}" for name in NOT_LEARNED
}
_YES_OR_NO = re.compile(r"(?:yes|no|right|sure|correct)\b", re.IGNORECASE)


def problems_of_wording(placed: PlacedVariation, policy: Policy) -> Iterator[str]:
    """Yield what is wrong with the lead of an answer and with its other words."""
    variation = placed.variation
    if variation.lead:
        topic = placed.response.removeprefix("utter_")
        leads = (variation.lead.say, variation.lead.negated)
        yield from unproved(topic, leads, variation.clauses, policy)
    if placed.response not in _NEED_PLAINER or FRAMES in variation.placeholders():
        return
    if not variation.plainer:
        yield "needs `plainer`, the same in other words, for who asks again"
    elif _YES_OR_NO.match(variation.plainer):
        yield "`plainer` must begin with neither yes nor no: it follows any question"
