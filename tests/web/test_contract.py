"""Tests of the HTTP contract, against a real server."""

import json
import threading

import httpx
import pytest

from tests.conftest import BASE, Server, Shopper, serving, start_server


def error(response: httpx.Response, status: int, code: str) -> str:
    """Check that an answer is this error, and return its message."""
    assert response.status_code == status, response.text
    body = response.json()
    assert set(body) == {"error"}
    assert body["error"]["code"] == code
    assert body["error"]["message"]
    return str(body["error"]["message"])


def test_a_session_begins_with_a_greeting(shopper: Shopper) -> None:
    """Starting gives a token, its expiry, the state, and a greeting with choices."""
    assert set(shopper.opened) == {"token", "expires_at", "state", "messages"}
    (greeting,) = shopper.opened["messages"]
    assert shopper.opened["state"] == "bot"
    assert greeting["from"] == "bot"
    assert greeting["topic"] == "greeting"
    assert len(greeting["choices"]) >= 2


def test_a_turn_has_the_form_of_the_contract(shopper: Shopper) -> None:
    """A question is answered with text, topic and quoted sources."""
    turn = shopper.say("do you sell my data?")
    assert set(turn) == {"messages", "topics", "outcome", "state"}
    assert turn["topics"] == ["selling"]
    assert turn["outcome"] == "answered"
    (message,) = turn["messages"]
    assert set(message) == {"id", "from", "text", "at", "topic", "sources", "choices"}
    assert message["text"].startswith("No.")
    source = message["sources"][0]
    assert source["clause"] == "use_of_information.1"
    assert source["section"] == "Use of Information"
    assert source["url"] == "/privacy#use_of_information.1"
    assert "we do not sell it to others" in source["quote"]


def test_ids_grow_and_history_shows_both_sides(shopper: Shopper) -> None:
    """GET /messages returns the messages after an id, in order, of both sides."""
    first = shopper.opened["messages"][0]["id"]
    shopper.say("cookies?")
    heard = shopper.get("/messages", after=first).json()
    assert [message["from"] for message in heard["messages"]] == ["visitor", "bot"]
    assert heard["messages"][0]["text"] == "cookies?"
    assert [m["id"] for m in heard["messages"]] == sorted(m["id"] for m in heard["messages"])
    assert heard["state"] == "bot"


def test_a_choice_is_answered_like_a_question(shopper: Shopper) -> None:
    """The id of an offered choice gets the answer of its topic; the transcript shows its title."""
    offered = {choice["title"]: choice["id"] for choice in shopper.opened["messages"][0]["choices"]}
    turn = shopper.choose(offered["Cookies"])
    assert turn["topics"] == ["cookies"]
    assert shopper.get("/messages", after=1).json()["messages"][0]["text"] == "Cookies"


def test_a_choice_belongs_to_its_conversation(client: httpx.Client, shopper: Shopper) -> None:
    """A choice of another conversation, or an invented one, is refused."""
    other = Shopper(client).opened["messages"][0]["choices"][0]["id"]
    error(shopper.post({"choice": other}), 400, "malformed")
    error(shopper.post({"choice": "/human"}), 400, "malformed")


def test_a_conversation_can_be_resumed(client: httpx.Client, shopper: Shopper) -> None:
    """Resuming a conversation by its token returns its messages with 200."""
    shopper.say("do you use cookies?")
    resumed = client.post(f"{BASE}/session", json={"resume": shopper.opened["token"]})
    assert resumed.status_code == 200
    assert [message["from"] for message in resumed.json()["messages"]] == ["bot", "visitor", "bot"]


def test_the_same_client_id_is_one_message(shopper: Shopper) -> None:
    """A repeated message gets the first one's turn and is stored once."""
    first = shopper.say("cookies?", client_id="abc")
    assert shopper.say("cookies?", client_id="abc") == first
    assert len(shopper.get("/messages", after=1).json()["messages"]) == 2


def test_a_client_id_of_another_message_is_refused(shopper: Shopper) -> None:
    """A new text under a used client id is refused, so that it is not lost unnoticed."""
    shopper.say("cookies?", client_id="abc")
    error(shopper.post({"text": "do you sell my data?", "client_id": "abc"}), 400, "malformed")


def test_odd_tokens_and_choices_are_refused(shopper: Shopper) -> None:
    """Halves of surrogate pairs, and bytes that are not text, get the errors of the contract."""
    client = shopper.client
    lone = client.post(
        f"{BASE}/messages", content=b'{"choice": "\\ud800"}', headers=shopper.headers
    )
    error(lone, 400, "malformed")
    error(client.post(f"{BASE}/session", content=b'{"resume": "\\ud800.a.b"}'), 401, "unauthorized")
    error(
        client.get(f"{BASE}/messages", headers={"Authorization": b"Bearer \xff\xfe"}),
        400,
        "malformed",
    )


def test_simultaneous_repetitions_are_one_message(shopper: Shopper) -> None:
    """A message that is sent twenty times at once is answered and stored once."""
    turns: list[dict] = []
    threads = [
        threading.Thread(target=lambda: turns.append(shopper.say("cookies?", client_id="x")))
        for _ in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(turns) == 20
    assert all(turn == turns[0] for turn in turns)
    assert len(shopper.get("/messages", after=1).json()["messages"]) == 2


@pytest.mark.parametrize(
    "text",
    [
        "/restart",
        "/session_start",
        '/human{"data_kind": "x"}',
        "/nlu_fallback",
        "//",
        "/",
        "/selling@0.2",
        "/back",
        "EXTERNAL: x",
    ],
)
def test_text_that_looks_like_a_command_is_text(shopper: Shopper, text: str) -> None:
    """Text that begins with a slash is understood like any text, and the conversation goes on."""
    shopper.say(text)
    said = shopper.get("/messages", after=1).json()["messages"]
    assert said[0] == {**said[0], "from": "visitor", "text": text}
    assert said[1]["from"] == "bot"
    assert shopper.say("do you sell my data?")["topics"] == ["selling"]


def test_a_command_is_not_obeyed(shopper: Shopper) -> None:
    """A typed command of Rasa has no effect.

    If the restart were obeyed, the last answer would be forgotten.
    """
    shopper.say("do you sell my data?")
    shopper.say("/restart")
    assert "we do not sell it" in shopper.say("where does it say that?")["messages"][0]["text"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b"{}",
        b'{"text": 5}',
        b'{"text": null}',
        b'{"text": ["a"]}',
        b'{"text": ""}',
        b'{"text": " \\n "}',
        b'{"text": "\\u0000"}',
        b'{"text": "a", "choice": "b"}',
        b'{"choice": 1}',
        b'{"choice": "unknown"}',
        b'{"text": "a", "client_id": 7}',
        b'{"text": "a", "client_id": ""}',
        b'{"text": "a", "client_id": "' + b"x" * 65 + b'"}',
        b"\xff\xfe",
        b"[" * 5000,
    ],
)
def test_malformed_bodies_are_refused_and_the_conversation_goes_on(
    shopper: Shopper, body: bytes
) -> None:
    """Broken JSON, wrong types, and empty text are the contract's 400."""
    response = shopper.client.post(f"{BASE}/messages", content=body, headers=shopper.headers)
    error(response, 400, "malformed")
    assert shopper.say("do you sell my data?")["topics"] == ["selling"]


@pytest.mark.parametrize(
    "text", ["\ud800 lone", "emoji 😀 ok", "tab\there", "a\x00b\x1fc", "ελληνικά", "x" * 1000]
)
def test_any_text_is_answered(shopper: Shopper, text: str) -> None:
    """Odd characters and the longest text allowed get an answer."""
    body = json.dumps({"text": text}).encode()
    response = shopper.client.post(f"{BASE}/messages", content=body, headers=shopper.headers)
    assert response.status_code == 200, response.text


def test_too_long_text_is_refused(shopper: Shopper) -> None:
    """A text over 1,000 characters gets 413 with the limit, and the conversation goes on."""
    assert "1000" in error(shopper.post({"text": "x" * 1001}), 413, "too_long")
    assert shopper.say("do you sell my data?")["topics"] == ["selling"]


def test_too_large_bodies_are_refused(shopper: Shopper) -> None:
    """A body beyond the limit gets 413, also if it is not JSON."""
    response = shopper.client.post(
        f"{BASE}/messages", content=b"x" * 100_000, headers=shopper.headers
    )
    error(response, 413, "too_long")


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer nonsense", "Basic abc", "Bearer a.b.c"]
)
def test_every_call_needs_a_good_token(client: httpx.Client, header: str | None) -> None:
    """Every call except the start of a session needs the session's token."""
    headers = {} if header is None else {"Authorization": header}
    error(
        client.post(f"{BASE}/messages", json={"text": "hi"}, headers=headers), 401, "unauthorized"
    )
    error(client.get(f"{BASE}/messages", headers=headers), 401, "unauthorized")
    error(client.get(f"{BASE}/transcript", headers=headers), 401, "unauthorized")
    error(client.delete(f"{BASE}/session", headers=headers), 401, "unauthorized")


def test_a_bad_resume_token_is_refused(client: httpx.Client) -> None:
    """Resuming needs a token that this server issued, as a string."""
    error(client.post(f"{BASE}/session", json={"resume": "nonsense"}), 401, "unauthorized")
    error(client.post(f"{BASE}/session", json={"resume": 5}), 400, "malformed")


def test_one_conversation_does_not_see_another(client: httpx.Client, shopper: Shopper) -> None:
    """A token gives access to its own conversation only."""
    Shopper(client).say("do you use cookies?")
    assert len(shopper.get("/transcript").json()["messages"]) == 1


def test_a_deleted_conversation_is_gone_everywhere(server: Server, shopper: Shopper) -> None:
    """After DELETE the token is expired, and no file of the server contains the shopper's text."""
    secret = "zanzibar lampshade 4711"
    shopper.say(secret)
    assert secret.encode() in b"".join(
        path.read_bytes() for path in server.data_dir.glob("privacy-bot.db*")
    )
    deleted = shopper.client.delete(f"{BASE}/session", headers=shopper.headers)
    assert deleted.status_code == 204
    assert deleted.content == b""
    error(shopper.post({"text": "hi"}), 410, "expired")
    error(shopper.get("/messages"), 410, "expired")
    error(
        shopper.client.post(f"{BASE}/session", json={"resume": shopper.opened["token"]}),
        410,
        "expired",
    )
    # a deletion may be repeated
    assert shopper.client.delete(f"{BASE}/session", headers=shopper.headers).status_code == 204
    assert secret.encode() not in b"".join(
        path.read_bytes() for path in server.data_dir.rglob("*") if path.is_file()
    )


def test_personal_data_is_not_stored(server: Server, shopper: Shopper) -> None:
    """Personal data of a shopper is in no file of the server.

    This is true even while the conversation lasts.
    """
    values = [
        "4242 4242 4242 4242",
        "quintessa.moon@example.com",
        "612-555-0147",
        "871-22-9043",
        "77 Larkspur Lane, Duluth, MN 55801",
    ]
    for value in values:
        shopper.say(f"do you keep {value} on file?")
    written = b"".join(path.read_bytes() for path in server.data_dir.rglob("*") if path.is_file())
    assert b"do you keep [email-1] on file?" in written
    assert [value for value in values if value.encode() in written] == []


def test_the_transcript_has_both_sides(shopper: Shopper) -> None:
    """The transcript has both sides in order, with sources, as JSON or as text."""
    shopper.say("do you sell my data?")
    messages = shopper.get("/transcript").json()["messages"]
    assert [message["from"] for message in messages] == ["bot", "visitor", "bot"]
    text = shopper.client.get(
        f"{BASE}/transcript", headers={**shopper.headers, "Accept": "text/plain"}
    )
    assert text.headers["content-type"].startswith("text/plain")
    assert "You: do you sell my data?" in text.text
    assert "Source: Use of Information (use_of_information.1)" in text.text


def test_waiting_for_messages_ends_when_there_is_one(server: Server, shopper: Shopper) -> None:
    """A held call returns as soon as there is a message, also one from another tab."""
    heard: list[dict] = []
    last = shopper.opened["messages"][-1]["id"]

    def listen() -> None:
        with server.client() as other_tab:
            response = other_tab.get(
                f"{BASE}/messages", headers=shopper.headers, params={"after": last, "wait": 20}
            )
            heard.append(response.json())

    listener = threading.Thread(target=listen)
    listener.start()
    shopper.say("cookies?")
    listener.join(timeout=15)
    assert heard
    assert heard[0]["messages"][0]["text"] == "cookies?"


def test_waiting_without_a_message_ends_empty(shopper: Shopper) -> None:
    """A held call returns an empty list if no message comes in its time."""
    last = shopper.opened["messages"][-1]["id"]
    assert shopper.get("/messages", after=last, wait=0.2).json()["messages"] == []


@pytest.mark.parametrize(
    "params",
    [{"after": "x"}, {"after": "-1"}, {"wait": "long"}, {"after": "1e9999"}, {"wait": "nan"}],
)
def test_bad_parameters_are_refused(shopper: Shopper, params: dict[str, str]) -> None:
    """A parameter that is not a sensible number gets 400."""
    error(shopper.get("/messages", **params), 400, "malformed")


def test_health_and_readiness(client: httpx.Client) -> None:
    """A running server is healthy and ready."""
    assert client.get("/health").json() == {"status": "ok"}
    assert client.get("/ready").json() == {"status": "ready"}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", f"{BASE}/nothing", 404),
        ("PUT", f"{BASE}/messages", 405),
        ("POST", "/webhooks/rest/webhook", 404),
        ("GET", "/webhooks/rest/", 404),
        ("POST", "/model/parse", 404),
        ("GET", "/conversations/x/tracker", 404),
        ("GET", "/socket.io/", 404),
        ("GET", "/domain", 404),
    ],
)
def test_stock_channels_and_rasas_api_are_off(
    client: httpx.Client, method: str, path: str, status: int
) -> None:
    """Rasa's own channels and API are not served; errors have the contract's form."""
    error(client.request(method, path), status, {404: "not_found", 405: "not_allowed"}[status])


def test_the_first_page_links_to_the_policy(client: httpx.Client) -> None:
    """The first page, at the address that the server prints, links to the policy."""
    page = client.get("/")
    assert page.status_code == 200
    assert 'href="/privacy"' in page.text


def test_the_policy_page_has_every_clause(client: httpx.Client, shopper: Shopper) -> None:
    """The URL of a source leads to its clause on the policy page."""
    page = client.get("/privacy").text
    for source in shopper.say("do you use cookies?")["messages"][0]["sources"]:
        assert f'id="{source["url"].split("#")[1]}"' in page


def test_a_conversation_survives_a_killed_server(
    model: object, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """After a crash a new process continues the conversation, with its history and its context."""
    folder = tmp_path_factory.mktemp("crash")
    first = start_server(folder)
    with first.client() as client:
        shopper = Shopper(client)
        shopper.say("do you collect my phone number?")
        first.process.kill()
        first.process.wait()
    with serving(folder) as second, second.client() as client:
        shopper.client = client
        assert len(shopper.get("/transcript").json()["messages"]) == 3
        assert "your address" in shopper.say("and my address?")["messages"][0]["text"]


def test_an_interrupted_server_ends_cleanly(
    model: object, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Ctrl-C ends the server without a traceback."""
    import signal

    running = start_server(tmp_path_factory.mktemp("interrupt"))
    running.process.send_signal(signal.SIGINT)
    running.process.wait(timeout=20)
    log = running.log.read_text()
    assert "Traceback" not in log
    assert "The privacy bot is ready" in log
