"""Tests of telling receivers: real servers, which take, refuse, fail and hang up."""

import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import time_machine
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy.engine import Engine

from actions.ledger.delivery import Courier
from actions.ledger.ledger import Ledger
from actions.ledger.model import Status
from actions.ledger.outbox import MAX_ATTEMPTS, Outbox, wait
from actions.ledger.receivers import LinesInFile, Mailbox, Receiver, Webhook
from bot.keys import Keyring
from bot.outgoing import NotDelivered
from tests.actions.ledger.conftest import email, opt_in, opt_out

SECRET = "s" * 40


class Hook:
    """A webhook that answers as it is told, and remembers what it got."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, dict[str, str], bytes]] = []
        self.got: list[tuple[dict[str, str], bytes]] = []
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                """Answer as told."""
                body = self.rfile.read(int(self.headers["Content-Length"]))
                hook.got.append((dict(self.headers), body))
                status, headers, answer = hook.answers.pop(0) if hook.answers else (200, {}, b"")
                if status == 0:  # hang up
                    self.connection.close()
                    return
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(answer))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                """Keep quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/optouts"


@pytest.fixture
def hook() -> Iterator[Hook]:
    """A running webhook."""
    running = Hook()
    yield running
    running.server.shutdown()
    running.server.server_close()


@pytest.fixture
def outbox(engine: Engine, durable: Engine) -> Outbox:
    """The outbox of the ledger's database."""
    return Outbox(engine, durable)


def ledger_with(engine: Engine, durable: Engine, keyring: Keyring, *receivers: str) -> Ledger:
    """Return a ledger that tells these receivers."""
    return Ledger(engine, durable, keyring, "policy-1", receivers)


@pytest.fixture
def told(engine: Engine, durable: Engine, keyring: Keyring) -> Ledger:
    """A ledger that tells a webhook."""
    return ledger_with(engine, durable, keyring, "webhook")


def courier(ledger: Ledger, outbox: Outbox, receiver: Receiver, name: str = "webhook") -> Courier:
    """Return who brings messages to one receiver."""
    return Courier(ledger, outbox, {name: receiver})


def test_a_webhook_is_told_with_a_signature(told: Ledger, outbox: Outbox, hook: Hook) -> None:
    """The request is posted as JSON with a stable id, signed; then it is in progress, not fulfilled."""
    record = told.record(opt_out()).record
    assert courier(told, outbox, Webhook(hook.url, SECRET)).run("webhook") == 1
    ((headers, body),) = hook.got
    sent = json.loads(body)
    signed = hmac.new(SECRET.encode(), headers["X-Timestamp"].encode() + b"." + body, hashlib.sha256).hexdigest()
    assert headers["X-Signature"] == f"sha256={signed}"
    assert headers["Idempotency-Key"] == sent["id"]
    assert (sent["subject"], sent["kinds"], sent["reference"]) == ("jo@example.com", ["marketing_email"], record.reference)
    assert told.find(record.reference).status is Status.IN_PROGRESS
    assert outbox.waiting() == 0
    assert courier(told, outbox, Webhook(hook.url, SECRET)).run("webhook") == 0


def test_it_is_fulfilled_only_when_confirmed(told: Ledger, outbox: Outbox, hook: Hook) -> None:
    """A receiver that says so in its answer fulfils the request."""
    hook.answers.append((200, {}, b'{"status": "fulfilled"}'))
    record = told.record(opt_out()).record
    courier(told, outbox, Webhook(hook.url, SECRET)).run("webhook")
    assert told.find(record.reference).status is Status.FULFILLED
    assert told.find(record.reference).how == "confirmed by webhook"


@pytest.mark.parametrize("failure", [(500, {}, b""), (503, {}, b""), (429, {}, b""), (0, {}, b"")])
def test_a_failure_is_tried_again_with_the_same_id(
    told: Ledger, outbox: Outbox, hook: Hook, failure: tuple[int, dict[str, str], bytes]
) -> None:
    """After a while the same message goes out once more, and arrives."""
    hook.answers.append(failure)
    told.record(opt_out())
    assert courier(told, outbox, Webhook(hook.url, SECRET)).run("webhook") == 0
    assert courier(told, outbox, Webhook(hook.url, SECRET)).run("webhook") == 0  # not at once
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=2)):
        assert courier(told, outbox, Webhook(hook.url, SECRET)).run("webhook") == 1
    ids = [json.loads(body)["id"] for _, body in hook.got]
    assert len(ids) == 2
    assert len(set(ids)) == 1


def test_retry_after_is_kept(told: Ledger, outbox: Outbox, hook: Hook) -> None:
    """A receiver that says when to come again is not asked before."""
    hook.answers.append((429, {"Retry-After": "3600"}, b""))
    told.record(opt_out())
    courier(told, outbox, Webhook(hook.url, SECRET)).run("webhook")
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=59)):
        assert courier(told, outbox, Webhook(hook.url, SECRET)).run("webhook") == 0
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=61)):
        assert courier(told, outbox, Webhook(hook.url, SECRET)).run("webhook") == 1


def test_a_refusal_is_given_up_and_visible(told: Ledger, outbox: Outbox, hook: Hook) -> None:
    """400 will stay 400: the message is listed as undelivered, and can be tried again by hand."""
    hook.answers.append((400, {}, b""))
    record = told.record(opt_out()).record
    courier(told, outbox, Webhook(hook.url, SECRET)).run("webhook")
    (message,) = outbox.given_up()
    assert (message.optout, message.error) == (record.id, "HTTP 400")
    assert told.find(record.reference).status is Status.OPEN
    assert outbox.retry() == 1
    assert courier(told, outbox, Webhook(hook.url, SECRET)).run("webhook") == 1


def test_after_the_last_attempt_it_is_given_up(told: Ledger, outbox: Outbox, hook: Hook) -> None:
    """The waits grow, and after some days nobody tries any more."""
    told.record(opt_out())
    now = datetime.now(UTC)
    for attempt in range(MAX_ATTEMPTS):
        hook.answers.append((500, {}, b""))
        with time_machine.travel(now + timedelta(days=attempt)):
            courier(told, outbox, Webhook(hook.url, SECRET)).run("webhook")
    assert len(hook.got) == MAX_ATTEMPTS
    assert len(outbox.given_up()) == 1
    assert wait(1) <= timedelta(seconds=20)
    assert timedelta(hours=6) <= wait(MAX_ATTEMPTS) <= timedelta(hours=12)


def test_a_worker_that_dies_loses_nothing(told: Ledger, outbox: Outbox, hook: Hook) -> None:
    """What was taken and not finished is taken again after its lease, by whoever comes."""
    told.record(opt_out())
    assert len(outbox.take("webhook")) == 1
    assert outbox.take("webhook") == []
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=11)):
        assert courier(told, outbox, Webhook(hook.url, SECRET)).run("webhook") == 1


def test_mail_is_sent_to_the_office(engine: Engine, durable: Engine, keyring: Keyring, outbox: Outbox) -> None:
    """A mailbox gets one mail a request, with the id in its head."""
    ledger = ledger_with(engine, durable, keyring, "mail")
    mails: list[Envelope] = []

    class Handler:
        async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:
            """Take a mail."""
            mails.append(envelope)
            return "250 OK"

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Controller(Handler(), hostname="127.0.0.1", port=port)
    server.start()
    try:
        record = ledger.record(opt_out()).record
        box = Mailbox(f"smtp://127.0.0.1:{port}?to=office@example.com&from=bot@example.com")
        assert courier(ledger, outbox, box, "mail").run("mail") == 1
    finally:
        server.stop()
    (mail,) = mails
    assert mail.rcpt_tos == ["office@example.com"]
    assert record.reference.encode() in mail.content
    assert b"jo@example.com" in mail.content
    assert b"X-Privacy-Bot-Id: " in mail.content


def test_a_mail_server_that_is_down_is_tried_again(engine: Engine, durable: Engine, keyring: Keyring, outbox: Outbox) -> None:
    """Nothing is lost while nobody takes mail."""
    ledger = ledger_with(engine, durable, keyring, "mail")
    ledger.record(opt_out())
    assert courier(ledger, outbox, Mailbox("smtp://127.0.0.1:9?to=office@example.com"), "mail").run("mail") == 0
    assert outbox.waiting() == 1


def test_a_file_gets_a_line_each(engine: Engine, durable: Engine, keyring: Keyring, outbox: Outbox, tmp_path: Path) -> None:
    """Requests and their undoing are added to the file, in order, and only its owner can read it."""
    ledger = ledger_with(engine, durable, keyring, "file")
    file = tmp_path / "deep" / "optouts.jsonl"
    ledger.record(opt_out())
    ledger.record(opt_in())
    assert courier(ledger, outbox, LinesInFile(file), "file").run("file") == 2
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert [line["action"] for line in lines] == ["opt_out", "opt_in"]
    assert file.stat().st_mode & 0o077 == 0


def test_a_file_that_cannot_be_written_is_no_delivery(tmp_path: Path) -> None:
    """The message stays in the outbox."""
    (tmp_path / "taken").write_text("")
    with pytest.raises(NotDelivered):
        LinesInFile(tmp_path / "taken" / "optouts.jsonl").deliver({"id": "x"})


def test_a_later_wish_waits_for_the_earlier_one(told: Ledger, outbox: Outbox, hook: Hook) -> None:
    """A receiver that missed the undoing is not told of the new opt-out first: the last thing it hears is the last wish."""
    told.record(opt_out())
    told.record(opt_in())
    told.record(opt_out(subject=email("al@example.com")))
    hook.answers += [(500, {}, b"")]
    assert courier(told, outbox, Webhook(hook.url, SECRET)).run("webhook") == 1
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=1)):
        assert courier(told, outbox, Webhook(hook.url, SECRET)).run("webhook") == 2
    told_of = [json.loads(body) for _, body in hook.got]
    assert [(told["action"], told["subject"][:2]) for told in told_of] == [
        ("opt_out", "jo"),
        ("opt_out", "al"),
        ("opt_out", "jo"),
        ("opt_in", "jo"),
    ]


def test_a_stopped_courier_gives_back_what_it_took(told: Ledger, outbox: Outbox, hook: Hook) -> None:
    """The server does not wait for a whole batch when it stops, and the next one need not wait for a lease."""
    told.record(opt_out())
    bringing = courier(told, outbox, Webhook(hook.url, SECRET))
    bringing.stop()
    assert bringing.run("webhook") == 0
    (message,) = outbox.take("webhook")
    assert message.attempts == 1


def test_what_waits_for_nobody_is_given_up_and_visible(told: Ledger, outbox: Outbox) -> None:
    """Messages to a receiver that is not configured any more do not wait in silence."""
    told.record(opt_out())
    assert outbox.give_up_strangers(["webhook"]) == 0
    assert outbox.give_up_strangers(["mail"]) == 1
    assert [message.receiver for message in outbox.given_up()] == ["webhook"]


def test_record_and_message_are_one(engine: Engine, durable: Engine, keyring: Keyring, outbox: Outbox) -> None:
    """Each receiver has one message for each new record, and none for a repetition."""
    ledger = ledger_with(engine, durable, keyring, "webhook", "mail")
    ledger.record(opt_out())
    ledger.record(opt_out())
    ledger.record(opt_out(subject=email("al@example.com")))
    assert outbox.waiting() == 4
