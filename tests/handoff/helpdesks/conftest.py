"""Fixtures of the tests of external help desks."""

from datetime import UTC, datetime

import pytest

from bot.conversations.model import Message
from bot.handoff.case import Case
from bot.handoff.model import Reason

AT = datetime(2026, 11, 24, 20, 5, tzinfo=UTC)


@pytest.fixture
def case() -> Case:
    """Case of a request for a person, in the chat and while support was open."""
    conversation = (
        Message(1, "visitor", "do you sell my data? mail [email-1]", AT),
        Message(2, "bot", "No, we do not sell it.", AT, "sale"),
        Message(3, "visitor", "a person please", AT),
    )
    return Case(
        "a" * 32, "K7M4-QXT9-RWDF", Reason.COMPLAINT, ("Sale of data",), "", None, AT, conversation
    )
