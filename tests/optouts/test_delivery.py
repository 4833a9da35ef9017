"""Tests of the delivery to receivers: real servers that accept, refuse, fail and hang up."""

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

from bot.keys import Keyring
from bot.optouts.delivery import DeliveryWorker
from bot.optouts.ledger import Ledger
from bot.optouts.model import OptOutKind, Status
from bot.optouts.outbox import MAX_ATTEMPTS, Outbox, wait
from bot.optouts.receivers import FileReceiver, MailReceiver, Receiver, WebhookReceiver
from bot.outgoing import NotDelivered
from tests.optouts.conftest import confirmed, email, opt_in, opt_out, recorded

SECRET = "s" * 40


class Hook:
    """Webhook server with prepared answers; it keeps the requests that it got."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, dict[str, str], bytes]] = []
        self.got: list[tuple[dict[str, str], bytes]] = []
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                """Send the next prepared answer, or 200."""
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
                """Write no log."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/optouts"


@pytest.fixture
def hook() -> Iterator[Hook]:
    """Running webhook server."""
    hook = Hook()
    yield hook
    hook.server.shutdown()
    hook.server.server_close()


@pytest.fixture
def outbox(engine: Engine, durable: Engine) -> Outbox:
    """Outbox in the database of the ledger."""
    return Outbox(engine, durable)


def ledger_with(engine: Engine, durable: Engine, keyring: Keyring, *receivers: str) -> Ledger:
    """Return a ledger that adds a message to each of these receivers."""
    return Ledger(engine, durable, keyring, "policy-1", receivers)


@pytest.fixture
def webhook_ledger(engine: Engine, durable: Engine, keyring: Keyring) -> Ledger:
    """Ledger that adds messages to a webhook."""
    return ledger_with(engine, durable, keyring, "webhook")


def worker(
    ledger: Ledger, outbox: Outbox, receiver: Receiver, name: str = "webhook"
) -> DeliveryWorker:
    """Return a worker that delivers to one receiver."""
    return DeliveryWorker(ledger, outbox, {name: receiver})


def test_a_webhook_gets_a_signed_message(
    webhook_ledger: Ledger, outbox: Outbox, hook: Hook
) -> None:
    """A request is posted as signed JSON with an id; then it is in progress, not fulfilled."""
    record = recorded(webhook_ledger, opt_out())
    assert worker(webhook_ledger, outbox, WebhookReceiver(hook.url, SECRET)).run("webhook") == 1
    ((headers, body),) = hook.got
    sent = json.loads(body)
    signed = hmac.new(
        SECRET.encode(), headers["X-Timestamp"].encode() + b"." + body, hashlib.sha256
    ).hexdigest()
    assert headers["X-Signature"] == f"sha256={signed}"
    assert headers["Idempotency-Key"] == sent["id"]
    assert (sent["subject"], sent["kinds"], sent["reference"]) == (
        "jo@example.com",
        ["marketing_email"],
        record.reference,
    )
    assert webhook_ledger.find(record.reference).status is Status.IN_PROGRESS
    assert outbox.waiting() == 0
    assert worker(webhook_ledger, outbox, WebhookReceiver(hook.url, SECRET)).run("webhook") == 0


def test_a_confirmation_fulfils_the_request(
    webhook_ledger: Ledger, outbox: Outbox, hook: Hook
) -> None:
    """If the answer of the receiver says "fulfilled", the request is fulfilled."""
    hook.answers.append((200, {}, b'{"status": "fulfilled"}'))
    record = recorded(webhook_ledger, opt_out())
    worker(webhook_ledger, outbox, WebhookReceiver(hook.url, SECRET)).run("webhook")
    assert webhook_ledger.find(record.reference).status is Status.FULFILLED
    assert webhook_ledger.find(record.reference).how == "confirmed by webhook"


@pytest.mark.parametrize("failure", [(500, {}, b""), (503, {}, b""), (429, {}, b""), (0, {}, b"")])
def test_a_failure_is_tried_again_with_the_same_id(
    webhook_ledger: Ledger, outbox: Outbox, hook: Hook, failure: tuple[int, dict[str, str], bytes]
) -> None:
    """After a failure the message is sent again later, with the same id."""
    hook.answers.append(failure)
    webhook_ledger.record(opt_out())
    assert worker(webhook_ledger, outbox, WebhookReceiver(hook.url, SECRET)).run("webhook") == 0
    # It is not sent again at once.
    assert worker(webhook_ledger, outbox, WebhookReceiver(hook.url, SECRET)).run("webhook") == 0
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=2)):
        assert worker(webhook_ledger, outbox, WebhookReceiver(hook.url, SECRET)).run("webhook") == 1
    ids = [json.loads(body)["id"] for _, body in hook.got]
    assert len(ids) == 2
    assert len(set(ids)) == 1


def test_retry_after_is_obeyed(webhook_ledger: Ledger, outbox: Outbox, hook: Hook) -> None:
    """A message is not sent again before the time in the header Retry-After."""
    hook.answers.append((429, {"Retry-After": "3600"}, b""))
    webhook_ledger.record(opt_out())
    worker(webhook_ledger, outbox, WebhookReceiver(hook.url, SECRET)).run("webhook")
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=59)):
        assert worker(webhook_ledger, outbox, WebhookReceiver(hook.url, SECRET)).run("webhook") == 0
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=61)):
        assert worker(webhook_ledger, outbox, WebhookReceiver(hook.url, SECRET)).run("webhook") == 1


def test_a_refusal_is_given_up_and_visible(
    webhook_ledger: Ledger, outbox: Outbox, hook: Hook
) -> None:
    """After 400 the message is given up and listed, and can be tried again by hand."""
    hook.answers.append((400, {}, b""))
    record = recorded(webhook_ledger, opt_out())
    worker(webhook_ledger, outbox, WebhookReceiver(hook.url, SECRET)).run("webhook")
    (message,) = outbox.given_up()
    assert (message.optout, message.error) == (record.id, "HTTP 400")
    assert webhook_ledger.find(record.reference).status is Status.OPEN
    assert outbox.retry() == 1
    assert worker(webhook_ledger, outbox, WebhookReceiver(hook.url, SECRET)).run("webhook") == 1


def test_a_message_is_given_up_after_the_last_attempt(
    webhook_ledger: Ledger, outbox: Outbox, hook: Hook
) -> None:
    """The waits between attempts grow; after the last attempt the message is given up."""
    webhook_ledger.record(opt_out())
    now = datetime.now(UTC)
    for attempt in range(MAX_ATTEMPTS):
        hook.answers.append((500, {}, b""))
        with time_machine.travel(now + timedelta(days=attempt)):
            worker(webhook_ledger, outbox, WebhookReceiver(hook.url, SECRET)).run("webhook")
    assert len(hook.got) == MAX_ATTEMPTS
    assert len(outbox.given_up()) == 1
    assert wait(1) <= timedelta(seconds=20)
    assert timedelta(hours=6) <= wait(MAX_ATTEMPTS) <= timedelta(hours=12)


def test_a_worker_that_dies_loses_nothing(
    webhook_ledger: Ledger, outbox: Outbox, hook: Hook
) -> None:
    """A message that was taken but not delivered can be taken again after its lease."""
    webhook_ledger.record(opt_out())
    assert len(outbox.take("webhook")) == 1
    assert outbox.take("webhook") == []
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=11)):
        assert worker(webhook_ledger, outbox, WebhookReceiver(hook.url, SECRET)).run("webhook") == 1


def test_mail_is_sent_to_the_office(
    engine: Engine, durable: Engine, keyring: Keyring, outbox: Outbox
) -> None:
    """The mailbox gets one mail for a request, with the id of the message in a header."""
    ledger = ledger_with(engine, durable, keyring, "mail")
    mails: list[Envelope] = []

    class Handler:
        async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:
            """Accept and keep a mail."""
            mails.append(envelope)
            return "250 OK"

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Controller(Handler(), hostname="127.0.0.1", port=port)
    server.start()
    try:
        record = recorded(ledger, opt_out())
        receiver = MailReceiver(
            f"smtp://127.0.0.1:{port}?to=office@example.com&from=bot@example.com"
        )
        assert worker(ledger, outbox, receiver, "mail").run("mail") == 1
    finally:
        server.stop()
    (mail,) = mails
    assert mail.rcpt_tos == ["office@example.com"]
    assert record.reference.encode() in mail.content
    assert b"jo@example.com" in mail.content
    assert b"X-Privacy-Bot-Id: " in mail.content


def test_a_mail_server_that_is_down_is_tried_again(
    engine: Engine, durable: Engine, keyring: Keyring, outbox: Outbox
) -> None:
    """While the mail server is down, the message waits in the outbox."""
    ledger = ledger_with(engine, durable, keyring, "mail")
    ledger.record(opt_out())
    assert (
        worker(
            ledger, outbox, MailReceiver("smtp://127.0.0.1:9?to=office@example.com"), "mail"
        ).run("mail")
        == 0
    )
    assert outbox.waiting() == 1


def test_a_file_gets_one_line_per_request(
    engine: Engine, durable: Engine, keyring: Keyring, outbox: Outbox, tmp_path: Path
) -> None:
    """Opt-outs and opt-ins are added to the file in order; only its owner can read it."""
    ledger = ledger_with(engine, durable, keyring, "file")
    file = tmp_path / "deep" / "optouts.jsonl"
    to_file = worker(ledger, outbox, FileReceiver(file), "file")
    ledger.record(opt_out())
    assert to_file.run("file") == 1
    confirmed(ledger, opt_in())
    assert to_file.run("file") == 1
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert [line["action"] for line in lines] == ["opt_out", "opt_in"]
    assert file.stat().st_mode & 0o077 == 0


def test_a_file_that_cannot_be_written_raises_an_error(tmp_path: Path) -> None:
    """If the file cannot be written any more, the message counts as not delivered."""
    receiver = FileReceiver(tmp_path / "optouts.jsonl")
    (tmp_path / "optouts.jsonl").mkdir()
    with pytest.raises(NotDelivered):
        receiver.deliver({"id": "x"})


@pytest.mark.parametrize("place", ["taken/optouts.jsonl", "folder", "taken/deeper/optouts.jsonl"])
def test_a_file_that_can_never_be_written_is_refused(tmp_path: Path, place: str) -> None:
    """A path that cannot work is refused when the bot starts, and nothing is created for it."""
    (tmp_path / "taken").write_text("")
    (tmp_path / "folder").mkdir()
    with pytest.raises(ValueError, match="folder|cannot be written to"):
        FileReceiver(tmp_path / place)
    FileReceiver(tmp_path / "new" / "optouts.jsonl")
    assert not (tmp_path / "new").exists()


def test_a_later_request_waits_for_the_earlier_one(
    webhook_ledger: Ledger, outbox: Outbox, hook: Hook
) -> None:
    """A later message about a subject is delivered only after the earlier ones."""
    webhook_ledger.record(opt_out())
    webhook_ledger.record(opt_out(OptOutKind.SHARING))
    webhook_ledger.record(opt_out(subject=email("al@example.com")))
    hook.answers += [(500, {}, b"")]
    assert worker(webhook_ledger, outbox, WebhookReceiver(hook.url, SECRET)).run("webhook") == 1
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=1)):
        assert worker(webhook_ledger, outbox, WebhookReceiver(hook.url, SECRET)).run("webhook") == 2
    messages = [json.loads(body) for _, body in hook.got]
    assert [(message["kinds"], message["subject"][:2]) for message in messages] == [
        (["marketing_email"], "jo"),
        (["marketing_email"], "al"),
        (["marketing_email"], "jo"),
        (["sharing"], "jo"),
    ]


def test_a_message_that_comes_late_undoes_nothing(
    webhook_ledger: Ledger, outbox: Outbox, hook: Hook
) -> None:
    """A message that was given up is not sent later if a newer request has undone it."""
    to_hook = worker(webhook_ledger, outbox, WebhookReceiver(hook.url, SECRET))
    hook.answers.append((400, {}, b""))
    webhook_ledger.record(opt_out(OptOutKind.MARKETING_EMAIL, OptOutKind.SHARING))
    to_hook.run("webhook")
    confirmed(webhook_ledger, opt_in())
    to_hook.run("webhook")
    assert outbox.retry() == 1
    to_hook.run("webhook")
    sent = [json.loads(body) for _, body in hook.got]
    assert [(message["action"], message["kinds"]) for message in sent[1:]] == [
        ("opt_in", ["marketing_email"]),
        ("opt_out", ["sharing"]),
    ]


def test_a_denial_frees_only_what_nobody_else_asked_for(
    webhook_ledger: Ledger, outbox: Outbox, hook: Hook
) -> None:
    """Receivers hear of a denied opt-out only the kinds that no other request stops."""
    to_hook = worker(webhook_ledger, outbox, WebhookReceiver(hook.url, SECRET))
    webhook_ledger.record(opt_out())
    both = recorded(webhook_ledger, opt_out(OptOutKind.MARKETING_EMAIL, OptOutKind.SHARING))
    to_hook.run("webhook")
    webhook_ledger.deny(both.reference, "sent by a script")
    to_hook.run("webhook")
    last = json.loads(hook.got[-1][1])
    assert (last["event"], last["kinds"]) == ("denied", ["sharing"])


def test_a_stopped_worker_releases_its_messages(
    webhook_ledger: Ledger, outbox: Outbox, hook: Hook
) -> None:
    """A stopped worker delivers nothing more, and its messages can be taken again at once."""
    webhook_ledger.record(opt_out())
    stopped = worker(webhook_ledger, outbox, WebhookReceiver(hook.url, SECRET))
    stopped.stop()
    assert stopped.run("webhook") == 0
    (message,) = outbox.take("webhook")
    assert message.attempts == 1


def test_messages_to_an_unconfigured_receiver_are_given_up(
    webhook_ledger: Ledger, outbox: Outbox
) -> None:
    """Messages to a receiver that is not configured any more are given up and listed."""
    webhook_ledger.record(opt_out())
    assert outbox.give_up_unconfigured(["webhook"]) == 0
    assert outbox.give_up_unconfigured(["mail"]) == 1
    assert [message.receiver for message in outbox.given_up()] == ["webhook"]


def test_each_record_has_one_message_per_receiver(
    engine: Engine, durable: Engine, keyring: Keyring, outbox: Outbox
) -> None:
    """A new record adds one message for each receiver; a repeated request adds none."""
    ledger = ledger_with(engine, durable, keyring, "webhook", "mail")
    ledger.record(opt_out())
    ledger.record(opt_out())
    ledger.record(opt_out(subject=email("al@example.com")))
    assert outbox.waiting() == 4
