"""Tests of the Global Privacy Control over HTTP, against a real server."""

import re
import threading

import httpx
import pytest

from bot.application.services import Services
from bot.settings import Settings
from tests.conftest import BASE, Server, Shopper
from tests.web.test_optouts import reference_in


def test_the_signal_is_honoured_and_shown(client: httpx.Client) -> None:
    """A conversation with `Sec-GPC: 1` begins with the opt-out recorded for the browser.

    It covers ads and sharing, not mail.
    """
    opened = client.post(f"{BASE}/session", headers={"Sec-GPC": "1"}).json()
    greeting, shown = opened["messages"]
    assert "Opt-out request honored" in shown["text"]
    assert shown["recorded"] == {
        "reference": reference_in(shown["text"]),
        "action": "opt_out",
        "kinds": ["targeted_advertising", "sharing"],
        "scope": "browser",
    }
    assert "e-mail" not in shown["text"]
    status = client.get(f"/optouts/{reference_in(shown['text'])}").json()
    assert status["status"] == "open"
    resumed = client.post(
        f"{BASE}/session", json={"resume": opened["token"]}, headers={"Sec-GPC": "1"}
    ).json()
    assert len(resumed["messages"]) == 2
    assert greeting["topic"] == "greeting"


def signals(shopper: Shopper) -> list[str]:
    """Return the texts of the messages about the signal."""
    said = shopper.get("/transcript").json()["messages"]
    return [message["text"] for message in said if "Global Privacy Control" in message["text"]]


CALLS = {
    "resumed": ("POST", "/session", {"resume": ""}),
    "a message": ("POST", "/messages", {"text": "do you use cookies?"}),
    "a malformed message": ("POST", "/messages", {}),
    "waiting": ("GET", "/messages?after=0&wait=1", None),
    "a transcript": ("GET", "/transcript", None),
}


@pytest.mark.parametrize("call", CALLS)
def test_the_signal_is_honoured_when_it_is_first_seen(shopper: Shopper, call: str) -> None:
    """The signal counts on any call of a conversation, and is recorded once."""
    method, path, body = CALLS[call]
    if body and "resume" in body:
        body = {"resume": shopper.opened["token"]}
    assert signals(shopper) == []
    for _ in range(2):
        shopper.client.request(
            method, BASE + path, json=body, headers={**shopper.headers, "Sec-GPC": "1"}
        )
    (text,) = signals(shopper)
    assert "Opt-out request honored" in text


def test_a_deletion_records_no_signal(shopper: Shopper, server: Server) -> None:
    """Who deletes a conversation leaves no record by the signal of the browser."""
    ledger = Services.open(Settings(data_dir=server.data_dir)).optouts.ledger
    before = len(list(ledger.records()))
    headers = {**shopper.headers, "Sec-GPC": "1"}
    assert shopper.client.delete(f"{BASE}/session", headers=headers).status_code == 204
    assert shopper.client.get(f"{BASE}/messages", headers=headers).status_code == 410
    assert len(list(ledger.records())) == before


def test_a_waiting_call_returns_with_the_signal_of_another(
    server: Server, shopper: Shopper
) -> None:
    """A call that waits for messages returns the message about a signal that comes meanwhile."""
    heard: list[str] = []

    def listen() -> None:
        with server.client() as other_tab:
            news = other_tab.get(
                f"{BASE}/messages", headers=shopper.headers, params={"after": 1, "wait": 20}
            )
            heard.extend(message["text"] for message in news.json()["messages"])

    listener = threading.Thread(target=listen)
    listener.start()
    shopper.client.get(f"{BASE}/transcript", headers={**shopper.headers, "Sec-GPC": "1"})
    listener.join(15)
    assert heard == signals(shopper) != []


def test_a_script_can_tell_the_signal(client: httpx.Client) -> None:
    """A script, which cannot set the header, tells the signal when it starts or resumes."""
    started = client.post(f"{BASE}/session", json={"gpc": True}).json()
    assert "Opt-out request honored" in started["messages"][1]["text"]
    silent = client.post(f"{BASE}/session", json={"gpc": False}).json()
    assert len(silent["messages"]) == 1
    body = {"resume": silent["token"], "gpc": True}
    resumed = client.post(f"{BASE}/session", json=body).json()
    assert "Opt-out request honored" in resumed["messages"][1]["text"]


@pytest.mark.parametrize("value", ["true", "1", 1, None, [True]])
def test_another_value_of_a_script_is_refused(client: httpx.Client, value: object) -> None:
    """Only true is the signal; what is neither true nor false is refused."""
    assert client.post(f"{BASE}/session", json={"gpc": value}).status_code == 400


def test_the_chat_knows_the_opt_out_of_the_signal(client: httpx.Client) -> None:
    """A shopper can ask about the signal's opt-out without typing its reference."""
    opened = client.post(f"{BASE}/session", headers={"Sec-GPC": "1"}).json()
    reference = reference_in(opened["messages"][1]["text"])
    asking = {"Authorization": f"Bearer {opened['token']}"}
    turn = client.post(
        f"{BASE}/messages", json={"text": "what happened to my opt-out?"}, headers=asking
    ).json()
    assert reference in turn["messages"][0]["text"]


@pytest.mark.parametrize("value", ["0", "true", "", "11", "1, 1", "1;", "yes"])
def test_only_the_exact_signal_counts(client: httpx.Client, value: str) -> None:
    """A value of Sec-GPC other than 1 is no signal."""
    assert len(client.post(f"{BASE}/session", headers={"Sec-GPC": value}).json()["messages"]) == 1


def test_the_signal_is_announced(client: httpx.Client) -> None:
    """/.well-known/gpc.json has the form of the GPC specification."""
    answer = client.get("/.well-known/gpc.json")
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["gpc"] is True
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", answer.json()["lastUpdate"])
