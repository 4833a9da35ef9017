"""Tests of whole conversations in which a shopper leaves a message, through the real channel.

They are in ``dialogues.yml``. Support is open, and its only agent is not at the desk.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.paths import ROOT
from tests.conftest import Server, Shopper
from tests.conversations.test_conversations import conversations, follow

DIALOGUES = Path(__file__).parent / "dialogues.yml"


@pytest.fixture(scope="module")
def unattended(staffed: Server) -> Server:
    """The server of a store with an agent who is away."""
    environment = {**os.environ, "PRIVACY_BOT_DATA_DIR": str(staffed.data_dir)}
    command = [sys.executable, "-m", "bot", "desk", "add", "Sam"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    return staffed


@pytest.mark.parametrize("turns", conversations(DIALOGUES))
def test_dialogue(unattended: Server, turns: list[dict[str, Any]]) -> None:
    """Each turn has the topics, outcome, words and choices that the dialogue expects."""
    with unattended.client() as client:
        follow(Shopper(client), turns)
