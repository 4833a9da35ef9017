"""Tests of the HTTP routes for opt-outs, against a real server."""

import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

import httpx
import pytest

from bot.application.services import Services
from bot.paths import ROOT
from bot.settings import Settings
from tests.conftest import start_server

REFERENCE = re.compile(r"\b[2-9A-Z]{4}(?:-[2-9A-Z]{4}){2}\b")


def reference_in(text: str) -> str:
    """Return the reference in a page or a message."""
    found = REFERENCE.search(text)
    assert found, text
    return found[0]


def test_the_form_records_without_javascript(client: httpx.Client) -> None:
    """The plain form records a request, and shows its reference and dates."""
    assert '<form method="post" action="/opt-out"' in client.get("/opt-out").text
    sent = client.post(
        "/opt-out", data={"email": "form@example.com", "kind": ["marketing_email", "sharing"]}
    )
    assert sent.status_code == 200
    assert "in force by" in sent.text
    assert reference_in(sent.text)


def test_the_form_tells_nobody_that_an_address_is_known(client: httpx.Client) -> None:
    """For a known address the form answers as for a new one, with another reference each time.

    The status of both is the same too.
    """
    data = {"email": "known@example.com", "kind": ["marketing_email", "sharing"]}
    known = reference_in(client.post("/opt-out", data=data).text)
    pages, states = [], []
    for email in (" KNOWN@example.com", "fresh@example.com"):
        page = client.post("/opt-out", data={**data, "email": email}).text
        reference = reference_in(page)
        assert reference != known
        state = client.get(f"/optouts/{reference}").json()
        assert state.pop("request_id") == reference
        assert state.pop("received_at")
        pages.append(page.replace(reference, "REFERENCE"))
        states.append(state)
    assert pages[0] == pages[1]
    assert states[0] == states[1]


@pytest.mark.parametrize(
    "body",
    [
        b"email=j%F6rg%40example.com&kind=sharing",
        b"email=j\xf6rg%40example.com&kind=sharing",
        "email=jörg%40example.com&kind=sharing".encode(),
    ],
    ids=["Latin-1", "raw Latin-1", "raw UTF-8"],
)
def test_a_form_in_another_encoding_is_refused(client: httpx.Client, body: bytes) -> None:
    """An address whose letters cannot be read for certain is not recorded."""
    sent = client.post(
        "/opt-out", content=body, headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    assert sent.status_code == 400
    assert "UTF-8" in sent.json()["error"]["message"]


def test_a_form_in_utf8_is_read_right(client: httpx.Client) -> None:
    """An address with letters of other alphabets is recorded as a browser sends it."""
    sent = client.post("/opt-out", data={"email": "jörg@example.com", "kind": "sharing"})
    assert sent.status_code == 200


@pytest.mark.parametrize(
    ("data", "named"),
    [
        ({"email": "form@example.com"}, "choose what to stop"),
        ({"kind": "sharing"}, "type your e-mail address"),
        ({"email": "no", "kind": "sharing"}, "type your e-mail address"),
        ({"email": "a" * 10_000 + "@x.com", "kind": "sharing"}, "type your e-mail address"),
        ({"email": "form@example.com", "kind": "nonsense' OR 1=1"}, "choose what to stop"),
    ],
)
def test_problems_of_the_form_are_named(
    client: httpx.Client, data: dict[str, str], named: str
) -> None:
    """A wrong form is shown again with the problem, and nothing is recorded."""
    answer = client.post("/opt-out", data=data)
    assert answer.status_code == 400
    assert named in answer.text
    assert 'role="alert"' in answer.text


@pytest.mark.parametrize("charset", ["unicode_escape", "utf-7", "nonsense"])
def test_an_odd_encoding_of_the_form_is_refused(client: httpx.Client, charset: str) -> None:
    """A form that names an odd encoding is refused like any wrong form, with 400."""
    head = (
        'Content-Disposition: form-data; name="email"\r\n'
        f"Content-Type: text/plain; charset={charset}"
    )
    body = f"--x\r\n{head}\r\n\r\n\\ud800+2AA-\r\n--x--\r\n"
    answer = client.post(
        "/opt-out", content=body, headers={"Content-Type": "multipart/form-data; boundary=x"}
    )
    assert answer.status_code == 400


def test_the_form_keeps_its_ticked_boxes(client: httpx.Client) -> None:
    """A form that is shown again has the same boxes ticked as it was sent."""
    page = client.post("/opt-out", data={"email": "no", "kind": ["everything", "sharing"]}).text
    assert page.count(" checked") == 2
    assert 'value="everything" checked' in page
    assert 'aria-describedby="email-problem"' in page


def test_browsers_get_pages(client: httpx.Client) -> None:
    """Browsers get the status and "not found" as pages; programs get them as JSON."""
    browser = {"Accept": "text/html,*/*"}
    recorded = client.post("/opt-out", data={"email": "page@example.com", "kind": "sharing"}).text
    path = f"/optouts/{reference_in(recorded)}"
    status = client.get(path, headers=browser)
    assert "It is recorded." in status.text and "page@example.com" not in status.text
    assert client.get(path).json()["status"] == "open"
    wrong = client.get("/unsubscribe/abc", headers=browser)
    assert wrong.status_code == 404
    assert '<a href="/opt-out">' in wrong.text
    assert client.get("/nothing", headers=browser).headers["Content-Type"].startswith("text/html")
    assert client.get("/unsubscribe/abc").json()["error"]["code"] == "not_found"


def test_markup_in_a_field_is_text(client: httpx.Client) -> None:
    """Markup in a field of the form comes back escaped."""
    answer = client.post(
        "/opt-out", data={"email": '"><script>alert(1)</script>', "kind": "sharing"}
    )
    assert "<script>" not in answer.text


def test_the_status_says_nothing_of_the_address(client: httpx.Client) -> None:
    """The status is the object of the Data Rights Protocol, without the e-mail address."""
    sent = client.post("/opt-out", data={"email": "status@example.com", "kind": "everything"})
    status = client.get(f"/optouts/{reference_in(sent.text)}")
    assert set(status.json()) == {
        "request_id",
        "received_at",
        "expected_by",
        "processing_details",
        "status",
        "reason",
    }
    assert status.json()["status"] == "open"
    assert "status@" not in status.text
    assert client.get("/optouts/K7M4-QXT9-RWD9").status_code == 404


def test_no_acknowledged_request_is_lost_when_the_process_is_killed(
    model: Path, tmp_path: Path
) -> None:
    """No acknowledged request is lost when the server is killed under load.

    After SIGKILL every reference that a client received is in the ledger, no request is in it
    twice, and the ledger passes its verification.
    """
    told: dict[str, str] = {}
    running = start_server(tmp_path)
    stop = threading.Event()

    def load(worker: int) -> None:
        with httpx.Client(base_url=running.url, timeout=10) as client:
            for number in range(10_000):
                if stop.is_set():
                    return
                address = f"w{worker}n{number}@example.com"
                try:
                    answer = client.post(
                        "/opt-out", data={"email": address, "kind": "marketing_email"}
                    )
                except httpx.TransportError:
                    return
                if answer.status_code == 200:
                    told[address] = reference_in(answer.text)
                if len(told) == 60:
                    os.kill(running.process.pid, signal.SIGKILL)

    workers = [threading.Thread(target=load, args=(worker,)) for worker in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    stop.set()
    running.process.wait(timeout=20)
    assert len(told) >= 60
    ledger = Services.open(Settings(data_dir=tmp_path)).optouts.ledger
    recorded = [
        (record.subject.value, record.reference) for record in ledger.records() if record.subject
    ]
    assert len({address for address, _ in recorded}) == len(recorded)
    assert set(told.items()) <= set(recorded)
    verified = subprocess.run(
        [sys.executable, "-m", "bot", "optouts", "verify"],
        cwd=ROOT,
        env={**os.environ, "PRIVACY_BOT_DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert verified.returncode == 0, verified.stderr
