"""Tests of the command line, as its user runs it."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from bot.memory import Memory
from bot.paths import ROOT
from bot.privacy.recognition import find
from bot.settings import Settings
from bot.tracker import ForgettingTrackerStore, TrackerMemory
from bot.web.store import Arriving, UnknownConversation
from tests.cli.terminal import terminal


def run(*arguments: str, given: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `privacy-bot` with these arguments."""
    command = [sys.executable, "-m", "bot", *arguments]
    env = {**os.environ, **environment}
    return subprocess.run(command, input=given, capture_output=True, text=True, cwd=ROOT, env=env, timeout=300)


def one_line(result: subprocess.CompletedProcess[str]) -> str:
    """Check that a command failed with one line, and return it."""
    assert result.returncode == 1, result.stderr
    (line,) = result.stderr.strip().splitlines()
    assert line.startswith("privacy-bot: ")
    return line


def test_ask_prints_the_answer(model: Path) -> None:
    """A question is answered in plain text."""
    result = run("ask", "do you sell my data?")
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith("No. ")


def test_ask_as_json_is_a_turn_with_nlu(model: Path) -> None:
    """With --json the turn of the contract is printed, and how the question was understood."""
    turn = json.loads(run("ask", "do you sell my data?", "--json").stdout)
    assert set(turn) == {"messages", "topics", "outcome", "state", "nlu"}
    assert turn["topics"] == ["selling"]
    assert turn["nlu"]["intent"] == "selling"
    assert 0.5 < turn["nlu"]["confidence"] <= 1
    assert turn["nlu"]["ranking"][0]["name"] == "selling"
    assert [question["intent"] for question in turn["nlu"]["questions"]] == ["selling"]
    assert {"text", "intent", "similarity"} == set(turn["nlu"]["nearest"][0])
    assert turn["nlu"]["nearest"][0]["intent"] == "selling"


def test_a_batch_is_answered_in_order(model: Path, tmp_path: Path) -> None:
    """Each line is a conversation of its own; ids and order are kept."""
    questions = tmp_path / "questions.jsonl"
    lines = [{"id": 7, "text": "do you sell my data?"}, {"id": "b", "text": "why?"}, {"id": "c", "text": "/restart"}]
    questions.write_text("\n".join(json.dumps(line) for line in lines) + "\n\n")
    answers = [json.loads(line) for line in run("ask", "--batch", str(questions), "--json").stdout.splitlines()]
    assert [answer["id"] for answer in answers] == [7, "b", "c"]
    assert answers[0]["topics"] == ["selling"]
    assert "we do not sell it" not in answers[1]["messages"][0]["text"]


@pytest.mark.parametrize("line", ["{", "[]", '{"id": 1}', '{"id": 1, "text": 2}'])
def test_a_bad_line_of_a_batch_is_named(tmp_path: Path, line: str) -> None:
    """The error says which line, and what is expected."""
    questions = tmp_path / "questions.jsonl"
    questions.write_text('{"id": 1, "text": "a"}\n' + line + "\n")
    assert "questions.jsonl:2: expected" in one_line(run("ask", "--batch", str(questions), "--json"))


@pytest.mark.parametrize(
    "arguments", [("ask",), ("ask", "  "), ("ask", "--batch", "/nowhere.jsonl"), ("ask", "a", "--batch", "b")]
)
def test_ask_without_a_question_says_so(arguments: tuple[str, ...]) -> None:
    """Nothing to ask is an error of one line."""
    one_line(run(*arguments))


def test_check_passes() -> None:
    """The project's answers are covered by the policy."""
    result = run("check")
    assert result.returncode == 0
    assert "Every answer is covered" in result.stdout


def test_the_shell_works_in_a_pipe(model: Path) -> None:
    """Lines in, answers out, with intent, confidence, topic and source; a number picks a choice; /stop ends."""
    result = run("shell", given="do you sell my data?\nwhat can you do\n1\n/stop\nnever read\n")
    assert result.returncode == 0, result.stderr
    assert "intent selling" in result.stdout
    assert re.search(r"near \d\.\d\d selling: ", result.stdout)
    assert "topics selling" in result.stdout
    assert "use_of_information.1:" in result.stdout
    assert "topics collection" in result.stdout
    assert "never read" not in result.stdout


def test_the_shell_shows_what_a_form_could_not_use(model: Path) -> None:
    """In the middle of a request, too, what is shown is what was made of the latest message."""
    result = run("shell", given="stop that\nwhats the weather in chicago\n")
    assert "intent opt_out" in result.stdout
    assert "intent out_of_scope" in result.stdout


def test_the_shell_works_at_a_terminal(model: Path) -> None:
    """Typed questions are answered, Arrow up brings the last one back, a number picks a choice, and Ctrl-D ends it."""
    with terminal([sys.executable, "-m", "bot", "shell"]) as shown:
        shown.until("4. Opt out", prompt=True)
        shown.type("do you sell my data?\r")
        shown.until("third_party_policy.4", prompt=True)
        shown.type("\x1b[A\r")
        shown.until("third_party_policy.4", prompt=True)
        shown.type("what can you do\r")
        shown.until("9. Talk to a person", prompt=True)
        shown.type("4\r")
        shown.until("topics cookies", prompt=True)
        shown.type("\x04")
        assert shown.process.wait(timeout=30) == 0


def test_training_twice_trains_once(model: Path) -> None:
    """With the model of the present inputs there, train says so and does nothing."""
    result = run("train")
    assert result.returncode == 0
    assert "up to date" in result.stderr


def test_evaluate_reports_and_draws(model: Path, tmp_path: Path) -> None:
    """The report has per-topic figures and the worst mistakes; the confusion matrix is a picture."""
    result = run("evaluate", "--output", str(tmp_path), "--noise")
    assert result.returncode == 0, result.stderr
    for expected in ("precision", "recall", "macro-F1", "calibration error", "weakest topics", "worst mistakes"):
        assert expected in result.stdout
    for picture in ("confusion.png", "reliability.png"):
        assert (tmp_path / picture).read_bytes().startswith(b"\x89PNG")
    found = yaml.safe_load((tmp_path / "examination.yml").read_text(encoding="utf-8"))
    assert set(found) == {"near_duplicates", "perhaps_mislabelled", "overlap_with_test_set"}
    (fall,) = re.findall(r"  accuracy 0\.\d+, ([+-][\d.]+) points", result.stdout)
    assert -4 <= float(fall) < 0


def test_evaluate_refuses_what_is_no_test_set(model: Path, tmp_path: Path) -> None:
    """A file without intents is an error of one line."""
    path = tmp_path / "x.yml"
    path.write_text("a: 1\n")
    assert "not a Rasa NLU file" in one_line(run("evaluate", "--test-set", str(path)))


def test_a_taken_port_is_an_error_of_one_line(model: Path) -> None:
    """Serving where something listens already says so."""
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert "Cannot listen" in one_line(run("serve", PRIVACY_BOT_PORT=str(taken.getsockname()[1])))


def test_a_bad_setting_is_an_error_of_one_line() -> None:
    """A variable that is not understood is named."""
    assert "PRIVACY_BOT_PORT" in one_line(run("serve", PRIVACY_BOT_PORT="many"))


def test_production_needs_a_secret() -> None:
    """The server refuses to start in production with the secret that everyone knows."""
    assert "PRIVACY_BOT_SECRETS" in one_line(run("serve", PRIVACY_BOT_PRODUCTION="1"))


def test_python_m_rasa_sends_no_telemetry() -> None:
    """Every Python of the environment has Rasa's telemetry switched off."""
    code = "import os; print(os.environ['RASA_TELEMETRY_ENABLED'])"
    env = {key: value for key, value in os.environ.items() if key != "RASA_TELEMETRY_ENABLED"}
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env).stdout.strip() == "false"


def held(data_dir: Path) -> Memory:
    """Return the memory of the command line's database, with one conversation in which jo@example.com was typed."""
    url = f"sqlite:///{data_dir / 'privacy-bot.db'}"
    store = ForgettingTrackerStore(host=url)
    memory = Memory.of(Settings(data_dir=data_dir), TrackerMemory(lambda: store))
    memory.store.start(CONVERSATION)
    memory.vault.keep(CONVERSATION, find("jo@example.com"))
    memory.store.receive(CONVERSATION, Arriving("my mail is [email-1]"))
    return memory


CONVERSATION = "c" * 32


def test_export_prints_what_is_held_about_an_address(tmp_path: Path) -> None:
    """A person can be given the conversations in which their address was typed; others get none."""
    held(tmp_path)
    exported = json.loads(run("export", "--email", "JO@example.com", PRIVACY_BOT_DATA_DIR=str(tmp_path)).stdout)
    (conversation,) = exported["conversations"]
    assert conversation["id"] == CONVERSATION
    assert conversation["messages"][0]["text"] == "my mail is JO@example.com"
    other = json.loads(run("export", "--email", "al@example.com", PRIVACY_BOT_DATA_DIR=str(tmp_path)).stdout)
    assert other["conversations"] == []


@pytest.mark.parametrize("whose", [("--session", CONVERSATION), ("--email", "jo@example.com")])
def test_erase_deletes_and_says_so(tmp_path: Path, whose: tuple[str, str]) -> None:
    """A conversation is deleted by its id, or by an address that was typed in it."""
    memory = held(tmp_path)
    result = run("erase", *whose, PRIVACY_BOT_DATA_DIR=str(tmp_path))
    assert "Deleted 1 conversation," in result.stdout
    assert memory.vault.conversations_with("email", "jo@example.com") == []
    with pytest.raises(UnknownConversation):
        memory.store.state(CONVERSATION)


def test_erase_of_nothing_says_so(tmp_path: Path) -> None:
    """An id or an address that nobody has is no error, and nothing is claimed."""
    held(tmp_path)
    for whose in (("--session", "d" * 32), ("--email", "al@example.com")):
        assert "Deleted 0 conversations" in run("erase", *whose, PRIVACY_BOT_DATA_DIR=str(tmp_path)).stdout


def test_learn_wants_a_day(tmp_path: Path) -> None:
    """What is no day is an error of one line that says how to write one."""
    assert "2026-11-30" in one_line(run("learn", "--since", "monday", PRIVACY_BOT_DATA_DIR=str(tmp_path)))


def test_learn_of_nothing_is_an_empty_file(tmp_path: Path) -> None:
    """Before anyone has asked there is nothing to label, and that is no error."""
    result = run("learn", PRIVACY_BOT_DATA_DIR=str(tmp_path))
    assert yaml.safe_load(result.stdout) == {"version": "3.1", "nlu": []}
    assert "0 messages" in result.stderr


def test_erase_wants_to_know_whose(tmp_path: Path) -> None:
    """Neither or both is an error that says what to give."""
    assert "--session" in one_line(run("erase", PRIVACY_BOT_DATA_DIR=str(tmp_path)))
    assert "--email" in one_line(run("erase", "--session", "x", "--email", "y", PRIVACY_BOT_DATA_DIR=str(tmp_path)))


def test_retention_says_what_it_did(tmp_path: Path) -> None:
    """What has expired is deleted and counted."""
    held(tmp_path)
    result = run("retention", PRIVACY_BOT_DATA_DIR=str(tmp_path), PRIVACY_BOT_CONVERSATION_DAYS="0.0000001")
    assert "Deleted 1 conversation, 0 values" in result.stdout
