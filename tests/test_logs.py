"""Tests of logging without personal data."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from bot import logs


@pytest.fixture(autouse=True)
def json_logs(capfd: pytest.CaptureFixture[str]) -> Iterator[None]:
    """Log as JSON during a test."""
    logs.configure("info", "json")
    yield
    logs.configure()


def logged(capfd: pytest.CaptureFixture[str]) -> dict[str, str]:
    """Return the only logged line as a dictionary."""
    lines = capfd.readouterr().err.splitlines()
    assert len(lines) == 1, lines
    (line,) = lines
    return json.loads(line)


def record(name: str, path: str, message: str, error: Exception | None = None) -> None:
    """Log an error with the standard library, as from a module at ``path``."""
    info = None if error is None else (type(error), error, error.__traceback__)
    logging.getLogger(name).handle(
        logging.LogRecord(name, logging.ERROR, path, 7, message, None, info)
    )


def test_our_event_is_one_line_with_allowed_fields_only(
    capfd: pytest.CaptureFixture[str], tmp_path: object
) -> None:
    """An event keeps its name, level, time and allowed fields; other fields are dropped."""
    code = compile(
        "log.info('turn', outcome='answered', topics=('selling', 'cookies'), text='secret', ms=3)",
        OWN,
        "exec",
    )
    exec(code, {"log": structlog.get_logger("bot.somewhere"), "__name__": "bot.somewhere"})
    event = logged(capfd)
    assert event.pop("timestamp")
    assert event == {
        "event": "turn",
        "level": "info",
        "outcome": "answered",
        "topics": "selling,cookies",
        "ms": 3,
    }


OWN = str(logs.PACKAGE_DIR / "somewhere.py")


def test_an_exception_is_named_and_placed_but_not_quoted(capfd: pytest.CaptureFixture[str]) -> None:
    """The type and the place of an exception are logged, its message is not."""
    try:
        raise ValueError("secret")
    except ValueError as error:
        record("bot.web.app", OWN, "failed", error)
    event = logged(capfd)
    assert event["error"] == "ValueError"
    assert event["where"].startswith("test_logs.py:")
    assert "secret" not in str(event)


def test_libraries_are_not_quoted(capfd: pytest.CaptureFixture[str]) -> None:
    """Only the place of a library's message is logged, because its text may quote a request."""
    record("uvicorn.error", "/lib/uvicorn/server.py", "secret")
    event = logged(capfd)
    assert (event["event"], event["where"]) == ("library", "server.py:7")
    assert "secret" not in str(event)


def test_a_library_with_a_similar_name_is_not_quoted(capfd: pytest.CaptureFixture[str]) -> None:
    """In an installed wheel, boto3 lies beside bot and is still a library."""
    record("boto3.session", str(logs.PACKAGE_DIR.parent / "boto3" / "session.py"), "secret")
    assert "secret" not in str(logged(capfd))


def test_structured_events_of_libraries_are_not_quoted(capfd: pytest.CaptureFixture[str]) -> None:
    """The fields of Rasa's structlog events are dropped."""
    structlog.get_logger("rasa.core").warning("secret", text="secret")
    assert "secret" not in str(logged(capfd))


def test_lines_are_logfmt_by_default(capfd: pytest.CaptureFixture[str]) -> None:
    """The default format is logfmt, with one line per event even for a text with two lines."""
    logs.configure("info")
    record("bot.web.app", OWN, "two\nlines")
    assert len(capfd.readouterr().err.splitlines()) == 1


def test_of_libraries_only_warnings_are_logged(capfd: pytest.CaptureFixture[str]) -> None:
    """At the level info, our info events are logged and those of libraries are not."""
    logs.configure("info", "json")
    logging.getLogger("uvicorn.error").info("started")
    logging.getLogger("bot.web.app").info("started")
    assert len(capfd.readouterr().err.splitlines()) == 1
