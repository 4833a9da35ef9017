"""Tests of the command line, each run as a process."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from bot.application.services import Services
from bot.assistant.tracker_store import ForgettingTrackerStore, TrackerEraser
from bot.conversations.store import NewMessage, UnknownConversation
from bot.paths import ROOT, TEST_SET
from bot.privacy.recognition import find
from bot.settings import Settings
from tests.cli.terminal import terminal


def run(*arguments: str, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run ``privacy-bot`` with these arguments, text on standard input and variables."""
    command = [sys.executable, "-m", "bot", *arguments]
    env = {**os.environ, **environment}
    return subprocess.run(
        command, input=stdin, capture_output=True, text=True, cwd=ROOT, env=env, timeout=900
    )


def one_line(result: subprocess.CompletedProcess[str]) -> str:
    """Check that a command failed with one line of error, and return the line."""
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
    """With --json the turn of the contract is printed, with the NLU result."""
    turn = json.loads(run("ask", "do you sell my data?", "--json").stdout)
    assert set(turn) == {"messages", "topics", "outcome", "state", "nlu", "frames"}
    assert turn["topics"] == ["selling"]
    assert turn["nlu"]["intent"] == "selling"
    assert 0.5 < turn["nlu"]["confidence"] <= 1
    assert turn["nlu"]["ranking"][0]["name"] == "selling"
    assert [question["intent"] for question in turn["nlu"]["questions"]] == ["selling"]
    assert {"text", "intent", "similarity"} == set(turn["nlu"]["nearest"][0])
    assert turn["nlu"]["nearest"][0]["intent"] == "selling"


def test_a_batch_is_answered_in_order(model: Path, tmp_path: Path) -> None:
    """Each line is a separate conversation; ids and order are kept."""
    questions = tmp_path / "questions.jsonl"
    lines = [
        {"id": 7, "text": "do you sell my data?"},
        {"id": "b", "text": "why?"},
        {"id": "c", "text": "/restart"},
    ]
    questions.write_text("\n".join(json.dumps(line) for line in lines) + "\n\n")
    answers = [
        json.loads(line)
        for line in run("ask", "--batch", str(questions), "--json").stdout.splitlines()
    ]
    assert [answer["id"] for answer in answers] == [7, "b", "c"]
    assert answers[0]["topics"] == ["selling"]
    assert "we do not sell it" not in answers[1]["messages"][0]["text"]


def test_a_batch_that_is_no_text_is_named(tmp_path: Path) -> None:
    """A file in another encoding ends in one line that says so."""
    batch = tmp_path / "batch.jsonl"
    batch.write_bytes(b'{"id": 1, "text": "caf\xe9"}')
    assert "UTF-8" in one_line(run("ask", "--batch", str(batch)))


@pytest.mark.parametrize("line", ["{", "[]", '{"id": 1}', '{"id": 1, "text": 2}'])
def test_a_bad_line_of_a_batch_is_named(tmp_path: Path, line: str) -> None:
    """The error names the line and the expected form."""
    questions = tmp_path / "questions.jsonl"
    questions.write_text('{"id": 1, "text": "a"}\n' + line + "\n")
    assert "questions.jsonl:2: expected" in one_line(
        run("ask", "--batch", str(questions), "--json")
    )


@pytest.mark.parametrize(
    "arguments",
    [("ask",), ("ask", "  "), ("ask", "--batch", "/nowhere.jsonl"), ("ask", "a", "--batch", "b")],
)
def test_ask_without_exactly_one_question_fails(arguments: tuple[str, ...]) -> None:
    """No question, or a question and a batch, is an error of one line."""
    one_line(run(*arguments))


def test_check_passes() -> None:
    """The project's answers are covered by the policy."""
    result = run("check")
    assert result.returncode == 0
    assert "Every answer is covered" in result.stdout


def test_the_shell_works_in_a_pipe(model: Path) -> None:
    """Each answer comes with intent, topic and source; a number picks a choice; /stop ends."""
    result = run("shell", stdin="do you sell my data?\nwhat can you do\n1\n/stop\nnever read\n")
    assert result.returncode == 0, result.stderr
    assert "intent selling" in result.stdout
    assert re.search(r"near \d\.\d\d selling: ", result.stdout)
    assert "topics selling" in result.stdout
    assert "use_of_information.1:" in result.stdout
    assert "topics collection" in result.stdout
    assert "never read" not in result.stdout


def test_the_shell_shows_the_intent_of_a_message_that_a_form_rejects(model: Path) -> None:
    """In the middle of a form, too, the shell shows the NLU result of the latest message."""
    result = run("shell", stdin="stop that\nwhats the weather in chicago\n")
    assert "intent opt_out" in result.stdout
    assert "intent out_of_scope" in result.stdout


def test_the_shell_works_at_a_terminal(model: Path) -> None:
    """Arrow up repeats a question, a number picks a choice, and Ctrl-D ends the shell."""
    with terminal([sys.executable, "-m", "bot", "shell"]) as session:
        session.until("4. Opt out", prompt=True)
        session.type("do you sell my data?\r")
        session.until("third_party_policy.4", prompt=True)
        session.type("\x1b[A\r")
        session.until("third_party_policy.4", prompt=True)
        session.type("what can you do\r")
        session.until("11. Talk to a person", prompt=True)
        session.type("4\r")
        session.until("topics cookies", prompt=True)
        session.type("\x04")
        assert session.process.wait(timeout=30) == 0


def test_training_twice_trains_once(model: Path) -> None:
    """If the model of the current inputs exists, train says so and does nothing."""
    result = run("train")
    assert result.returncode == 0
    assert "up to date" in result.stderr


def test_evaluate_reports_and_draws(model: Path, tmp_path: Path) -> None:
    """The report has scores for each topic and the worst mistakes; the charts are PNG files.

    A part of the test set is enough to see a report, and too little for a figure: slips cost
    3.4 points of the whole set, and anything from 2 to 6 of its quarters.
    """
    lines = TEST_SET.read_text(encoding="utf-8").splitlines(keepends=True)
    examples = [place for place, line in enumerate(lines) if line.startswith("    - ")]
    dropped = {place for number, place in enumerate(examples) if number % 4}
    part = tmp_path / "part.yml"
    part.write_text("".join(line for place, line in enumerate(lines) if place not in dropped))
    arguments = ("--test-set", str(part), "--output", str(tmp_path), "--noise")
    result = run("evaluate", *arguments)
    assert result.returncode == 0, result.stderr
    for expected in (
        "precision",
        "recall",
        "macro-F1",
        "calibration error",
        "weakest topics",
        "worst mistakes",
    ):
        assert expected in result.stdout
    for chart in ("confusion.png", "reliability.png"):
        assert (tmp_path / chart).read_bytes().startswith(b"\x89PNG")
    found = yaml.safe_load((tmp_path / "examination.yml").read_text(encoding="utf-8"))
    assert set(found) == {"near_duplicates", "perhaps_mislabelled", "overlap_with_test_set"}
    (change,) = re.findall(r"  accuracy 0\.\d+, ([+-][\d.]+) points", result.stdout)
    assert -10 < float(change) < 0


def test_evaluate_refuses_a_file_without_intents(model: Path, tmp_path: Path) -> None:
    """A file without intents is an error of one line."""
    path = tmp_path / "x.yml"
    path.write_text("a: 1\n")
    assert "not a Rasa NLU file" in one_line(run("evaluate", "--test-set", str(path)))


def test_a_taken_port_is_an_error_of_one_line(model: Path) -> None:
    """A server refuses to start on a port that another process listens on."""
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert "Cannot listen" in one_line(
            run("serve", PRIVACY_BOT_PORT=str(taken.getsockname()[1]))
        )


def test_a_bad_setting_is_an_error_of_one_line() -> None:
    """The error names the variable with the bad value."""
    assert "PRIVACY_BOT_PORT" in one_line(run("serve", PRIVACY_BOT_PORT="many"))


def test_production_needs_a_secret() -> None:
    """The server refuses to start in production with the public default secret."""
    assert "PRIVACY_BOT_SECRETS" in one_line(run("serve", PRIVACY_BOT_PRODUCTION="1"))


def test_python_m_rasa_sends_no_telemetry() -> None:
    """Rasa's telemetry is switched off in every Python process of the environment."""
    code = "import os; print(os.environ['RASA_TELEMETRY_ENABLED'])"
    env = {key: value for key, value in os.environ.items() if key != "RASA_TELEMETRY_ENABLED"}
    assert (
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, env=env
        ).stdout.strip()
        == "false"
    )


def services_with_conversation(data_dir: Path) -> Services:
    """Return services over the command line's database, with one conversation in it.

    The shopper has typed jo@example.com.
    """
    url = f"sqlite:///{data_dir / 'privacy-bot.db'}"
    store = ForgettingTrackerStore(host=url)
    services = Services.open(Settings(data_dir=data_dir), TrackerEraser(lambda: store))
    services.store.start(CONVERSATION)
    services.vault.keep(CONVERSATION, find("jo@example.com"))
    services.store.receive(CONVERSATION, NewMessage("my mail is [email-1]"))
    return services


CONVERSATION = "c" * 32


def test_export_prints_the_stored_data_of_an_address(tmp_path: Path) -> None:
    """The export has the conversations in which the address was typed, and no others."""
    services_with_conversation(tmp_path)
    exported = json.loads(
        run("export", "--email", "JO@example.com", PRIVACY_BOT_DATA_DIR=str(tmp_path)).stdout
    )
    (conversation,) = exported["conversations"]
    assert conversation["id"] == CONVERSATION
    assert conversation["messages"][0]["text"] == "my mail is JO@example.com"
    other = json.loads(
        run("export", "--email", "al@example.com", PRIVACY_BOT_DATA_DIR=str(tmp_path)).stdout
    )
    assert other["conversations"] == []


@pytest.mark.parametrize("selection", [("--session", CONVERSATION), ("--email", "jo@example.com")])
def test_erase_deletes_a_conversation(tmp_path: Path, selection: tuple[str, str]) -> None:
    """A conversation is deleted by its id, or by an address that was typed in it."""
    services = services_with_conversation(tmp_path)
    result = run("erase", *selection, PRIVACY_BOT_DATA_DIR=str(tmp_path))
    assert "Deleted 1 conversation," in result.stdout
    assert services.vault.conversations_with("email", "jo@example.com") == []
    with pytest.raises(UnknownConversation):
        services.store.state(CONVERSATION)


def test_erase_without_a_match_is_no_error(tmp_path: Path) -> None:
    """An unknown id or address deletes nothing, and the output says so."""
    services_with_conversation(tmp_path)
    for selection in (("--session", "d" * 32), ("--email", "al@example.com")):
        assert (
            "Deleted 0 conversations"
            in run("erase", *selection, PRIVACY_BOT_DATA_DIR=str(tmp_path)).stdout
        )


def test_learn_wants_a_day(tmp_path: Path) -> None:
    """A value that is not a day is an error of one line, which shows the form of a day."""
    assert "2026-11-30" in one_line(
        run("learn", "--since", "monday", PRIVACY_BOT_DATA_DIR=str(tmp_path))
    )


def test_learn_of_nothing_is_an_empty_file(tmp_path: Path) -> None:
    """Without any conversation there is nothing to label, and that is no error."""
    result = run("learn", PRIVACY_BOT_DATA_DIR=str(tmp_path))
    assert yaml.safe_load(result.stdout) == {"version": "3.1", "nlu": []}
    assert "0 messages" in result.stderr


def test_erase_needs_either_a_session_or_an_address(tmp_path: Path) -> None:
    """Neither or both of the options is an error of one line that names them."""
    assert "--session" in one_line(run("erase", PRIVACY_BOT_DATA_DIR=str(tmp_path)))
    assert "--email" in one_line(
        run("erase", "--session", "x", "--email", "y", PRIVACY_BOT_DATA_DIR=str(tmp_path))
    )


def test_retention_prints_the_numbers(tmp_path: Path) -> None:
    """Expired data is deleted and counted."""
    services_with_conversation(tmp_path)
    result = run(
        "retention", PRIVACY_BOT_DATA_DIR=str(tmp_path), PRIVACY_BOT_CONVERSATION_DAYS="0.0000001"
    )
    assert "Deleted 1 conversation, 0 values" in result.stdout
