"""Cases to tell desks of."""

from datetime import UTC, datetime

import pytest

from bot.handoff.case import Case
from bot.handoff.model import Reason
from bot.turns import Message

AT = datetime(2026, 11, 24, 20, 5, tzinfo=UTC)


@pytest.fixture
def case() -> Case:
    """Somebody who asked in the chat, while support was open."""
    said = (
        Message(1, "visitor", "do you sell my data? mail [email-1]", AT),
        Message(2, "bot", "No, we do not sell it.", AT, "sale"),
        Message(3, "visitor", "a person please", AT),
    )
    return Case("a" * 32, "K7M-4QXT", Reason.COMPLAINT, ("Sale of data",), "", None, AT, said)
