"""Tests of logs that do not quote."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from bot import logs


@pytest.fixture(autouse=True)
def json_logs(capfd: pytest.CaptureFixture[str]) -> Iterator[None]:
    """Log as JSON, and as before afterwards."""
    logs.configure("info", "json")
    yield
    logs.configure()


def logged(capfd: pytest.CaptureFixture[str]) -> dict[str, str]:
    """Return the one line that was logged."""
    lines = capfd.readouterr().err.splitlines()
    assert len(lines) == 1, lines
    (line,) = lines
    return json.loads(line)


def record(name: str, path: str, message: str, error: Exception | None = None) -> None:
    """Log with the standard library, as a module at ``path`` would."""
    info = None if error is None else (type(error), error, error.__traceback__)
    logging.getLogger(name).handle(logging.LogRecord(name, logging.ERROR, path, 7, message, None, info))


def test_an_event_of_ours_is_one_line_with_what_may_be_said(capfd: pytest.CaptureFixture[str], tmp_path: object) -> None:
    """An event keeps its name, level, time and the values whose names are allowed; nothing else, and no text."""
    code = compile("log.info('turn', outcome='answered', topics=('selling', 'cookies'), text='secret', ms=3)", OWN, "exec")
    exec(code, {"log": structlog.get_logger("bot.somewhere"), "__name__": "bot.somewhere"})
    event = logged(capfd)
    assert event.pop("timestamp")
    assert event == {"event": "turn", "level": "info", "outcome": "answered", "topics": "selling,cookies", "ms": 3}


OWN = str(logs.ROOT / "bot" / "somewhere.py")


def test_an_exception_is_named_and_placed_but_not_quoted(capfd: pytest.CaptureFixture[str]) -> None:
    """Type and place are logged, the message is not."""
    try:
        raise ValueError("secret")
    except ValueError as error:
        record("bot.server", OWN, "failed", error)
    event = logged(capfd)
    assert event["error"] == "ValueError"
    assert event["where"].startswith("test_logs.py:")
    assert "secret" not in str(event)


def test_libraries_are_not_quoted(capfd: pytest.CaptureFixture[str]) -> None:
    """A library's message may hold a request: only its place is logged."""
    record("sanic.error", "/lib/sanic/app.py", "secret")
    event = logged(capfd)
    assert (event["event"], event["where"]) == ("library", "app.py:7")
    assert "secret" not in str(event)


def test_structured_events_of_libraries_are_not_quoted(capfd: pytest.CaptureFixture[str]) -> None:
    """Rasa logs with structlog too; its values are dropped."""
    structlog.get_logger("rasa.core").warning("secret", text="secret")
    assert "secret" not in str(logged(capfd))


def test_lines_are_logfmt_by_default(capfd: pytest.CaptureFixture[str]) -> None:
    """For people the form is name=value, on one line whatever the value."""
    logs.configure("info")
    record("bot.server", OWN, "two\nlines")
    assert len(capfd.readouterr().err.splitlines()) == 1


def test_of_libraries_only_warnings_are_logged(capfd: pytest.CaptureFixture[str]) -> None:
    """At the level info, a library's info is left out, and ours is there."""
    logs.configure("info", "json")
    logging.getLogger("sanic.root").info("started")
    logging.getLogger("bot.server").info("started")
    assert len(capfd.readouterr().err.splitlines()) == 1
