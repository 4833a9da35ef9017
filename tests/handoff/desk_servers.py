"""Stand-ins for help desks: HTTP servers that check requests against schemas, and fail on demand.

The schemas are written from the references of the help desks. A request that does not fit gets the
answer that the help desk would give, and is listed in ``problems``.
"""

import base64
import json
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from jsonschema import Draft202012Validator

Schemas = dict[tuple[str, str], dict[str, Any] | None]
BOT, USER, SECRET = "bot-token", "user-token", "s" * 40


@dataclass(frozen=True)
class Fault:
    """Failure of one request: an error status, a closed connection, or a delay."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    hang_up: str = ""  # "before" or "after" the request is done, or "within" the answer
    seconds: float = 0  # delay before anything else


@dataclass(frozen=True)
class Sent:
    """Request as it arrived."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: Any
    raw: bytes


def an_object(required: list[str], **properties: Any) -> dict[str, Any]:
    """Return the schema of an object with these properties and no others."""
    return {
        "type": "object",
        "required": required,
        "properties": properties,
        "additionalProperties": False,
    }


class DeskServer:
    """Server of a help desk; a subclass names its requests and answers them."""

    schemas: ClassVar[Schemas] = {}  # from method and path pattern to the schema of the body

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.fail: Callable[[Sent], Fault | None] = lambda _: (
            self.faults.pop(0) if self.faults else None
        )
        self.got: list[Sent] = []
        self.problems: list[str] = []
        self.lock = threading.Lock()
        desk = self

        class Handler(BaseHTTPRequestHandler):
            def handle_any(self) -> None:
                """Answer as the help desk does, or fail."""
                raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                parts = urlsplit(self.path)
                headers = {name.lower(): value for name, value in self.headers.items()}
                body = json.loads(raw) if raw else None
                sent = Sent(self.command, parts.path, parse_qs(parts.query), headers, body, raw)
                with desk.lock:
                    desk.got.append(sent)
                    fault = desk.fail(sent) or Fault()
                time.sleep(fault.seconds)
                if fault.hang_up == "before":
                    self.connection.close()
                    return
                with desk.lock:
                    status, content, more = (
                        (fault.status, {}, fault.headers) if fault.status else desk.answer(sent)
                    )
                if fault.hang_up == "after":
                    self.connection.close()
                    return
                answer = json.dumps(content).encode()
                self.send_response(status)
                for name, value in {
                    **more,
                    "Content-Type": "application/json",
                    "Content-Length": str(len(answer)),
                }.items():
                    self.send_header(name, value)
                self.end_headers()
                if fault.hang_up == "within":
                    answer = answer[: len(answer) // 2]
                    self.close_connection = True
                self.wfile.write(answer)

            do_GET = do_POST = do_PUT = handle_any

            def log_message(self, *_: object) -> None:
                """Write no log."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def close(self) -> None:
        """Stop the server."""
        self.server.shutdown()
        self.server.server_close()

    def answer(self, sent: Sent) -> tuple[int, Any, dict[str, str]]:
        """Check a request as the help desk would, and answer it."""
        for (method, pattern), schema in self.schemas.items():
            match = re.fullmatch(pattern, sent.path)
            if match is None or method != sent.method:
                continue
            if not self.allows(sent):
                return 401, {"error": "Invalid Access Token"}, {}
            wrong = (
                [error.message for error in Draft202012Validator(schema).iter_errors(sent.body)]
                if schema
                else []
            )
            if wrong:
                self.problems.append(f"{sent.method} {sent.path}: {'; '.join(wrong)}")
                return 422, {"error": "RecordInvalid", "details": wrong}, {}
            return self.do(sent, *match.groups())
        self.problems.append(f"{sent.method} {sent.path}: unknown")
        return 404, {"error": "Resource could not be found"}, {}

    def allows(self, sent: Sent) -> bool:
        """Return whether the request has the right token."""
        raise NotImplementedError

    def do(self, sent: Sent, *groups: str) -> tuple[int, Any, dict[str, str]]:
        """Carry out a valid request; return status, body and headers."""
        raise NotImplementedError


ACCOUNT = "/api/v1/accounts/1"


class ChatwootServer(DeskServer):
    """Stand-in for a Chatwoot account with one API inbox, by Chatwoot's OpenAPI description."""

    schemas: ClassVar[Schemas] = {
        ("POST", f"{ACCOUNT}/contacts"): an_object(
            ["inbox_id"],
            inbox_id={"type": "integer"},
            name={"type": "string"},
            email={"type": "string"},
            phone_number={"type": "string", "pattern": r"^\+"},
            identifier={"type": "string"},
            additional_attributes={"type": "object"},
            custom_attributes={"type": "object"},
        ),
        ("POST", f"{ACCOUNT}/conversations"): an_object(
            ["source_id"],
            source_id={"type": "string"},
            inbox_id={"type": "integer"},
            contact_id={"type": "integer"},
            status={"enum": ["open", "resolved", "pending"]},
            custom_attributes={"type": "object"},
            additional_attributes={"type": "object"},
            message=an_object(["content"], content={"type": "string", "minLength": 1}),
        ),
        ("POST", rf"{ACCOUNT}/conversations/(\d+)/messages"): an_object(
            ["content"],
            content={"type": "string", "minLength": 1},
            message_type={"enum": ["outgoing", "incoming"]},
            private={"type": "boolean"},
            content_type={"type": "string"},
            content_attributes={"type": "object"},
        ),
        ("POST", rf"{ACCOUNT}/conversations/(\d+)/toggle_status"): an_object(
            ["status"], status={"enum": ["open", "resolved", "pending", "snoozed"]}
        ),
        ("GET", rf"{ACCOUNT}/conversations/(\d+)/messages"): None,
        ("GET", rf"{ACCOUNT}/conversations/(\d+)"): None,
    }

    def __init__(self) -> None:
        super().__init__()
        self.conversations: dict[int, dict[str, Any]] = {}
        self.last_message_id = 1000

    def allows(self, sent: Sent) -> bool:
        """Require a user's token for contacts and for reading, else the bot's own token."""
        needs_user = sent.method == "GET" or sent.path.endswith("/contacts")
        return sent.headers.get("api_access_token") == (USER if needs_user else BOT)

    def agent_says(self, conversation: int, text: str) -> dict[str, Any]:
        """Store a message of an agent in a conversation, and return its event."""
        with self.lock:
            self.last_message_id += 1
            message = {
                "id": self.last_message_id,
                "content": text,
                "private": False,
                "sender": {"id": 7, "name": "Alex", "type": "user"},
            }
            self.conversations[conversation]["messages"].append(
                {**message, "message_type": "outgoing"}
            )
        return {
            **message,
            "event": "message_created",
            "message_type": "outgoing",
            "content_type": "text",
            "conversation": {"id": conversation, "status": "open"},
        }

    def from_shopper(self, conversation: int) -> list[dict[str, Any]]:
        """Return the messages of the shopper in a conversation."""
        return [
            one
            for one in self.conversations[conversation]["messages"]
            if one["message_type"] == "incoming"
        ]

    def do(self, sent: Sent, *groups: str) -> tuple[int, Any, dict[str, str]]:
        """Create contacts, and store conversations with their status and messages."""
        number = len(self.got)
        if sent.path.endswith("/contacts"):
            link = {"source_id": f"source-{number}", "inbox": {"id": sent.body["inbox_id"]}}
            contact = {"id": number, "name": sent.body.get("name"), "contact_inboxes": [link]}
            return 200, {"payload": {"contact": contact, "contact_inbox": link}}, {}
        if sent.path.endswith("/conversations"):
            self.conversations[number] = {**sent.body, "messages": []}
            return (
                200,
                {
                    "id": number,
                    "account_id": 1,
                    "inbox_id": sent.body["inbox_id"],
                    "status": sent.body["status"],
                },
                {},
            )
        found = self.conversations.get(int(groups[0]))
        if found is None:
            return 404, {"error": "Resource could not be found"}, {}
        if sent.method == "GET":
            return self.read(int(groups[0]), found, sent)
        if sent.path.endswith("/messages"):
            self.last_message_id += 1
            found["messages"].append({"id": self.last_message_id, **sent.body})
            return (
                200,
                {"id": number, "content": sent.body["content"], "conversation_id": int(groups[0])},
                {},
            )
        found["status"] = sent.body["status"]
        payload = {
            "success": True,
            "current_status": found["status"],
            "conversation_id": int(groups[0]),
        }
        return 200, {"meta": {}, "payload": payload}, {}

    def read(
        self, number: int, found: dict[str, Any], sent: Sent
    ) -> tuple[int, Any, dict[str, str]]:
        """Return a conversation, or up to a hundred of its messages with types as numbers."""
        if not sent.path.endswith("/messages"):
            return (
                200,
                {
                    "id": number,
                    "status": found["status"],
                    "meta": {"assignee": {"id": 7, "name": "Alex"}},
                },
                {},
            )
        after = int(sent.query["after"][0])
        types = {"incoming": 0, "outgoing": 1}
        later = [
            {**one, "message_type": types[one["message_type"]]}
            for one in found["messages"]
            if one["id"] > after
        ]
        return 200, {"meta": {"labels": []}, "payload": later[:100]}, {}


class ZendeskServer(DeskServer):
    """Stand-in for a Zendesk Support account, with tickets and idempotency keys."""

    comment: ClassVar = an_object(
        ["body", "public"], body={"type": "string", "minLength": 1}, public={"const": False}
    )
    requester: ClassVar = an_object(
        ["name"], name={"type": "string"}, email={"type": "string", "pattern": "@"}
    )
    schemas: ClassVar[Schemas] = {
        ("POST", "/api/v2/tickets"): an_object(
            ["ticket"],
            ticket=an_object(
                ["subject", "comment", "external_id"],
                subject={"type": "string"},
                comment=comment,
                requester=requester,
                tags={"type": "array", "items": {"type": "string", "pattern": r"^\S+$"}},
                priority={"enum": ["urgent", "high", "normal", "low"]},
                type={"enum": ["problem", "incident", "question", "task"]},
                external_id={"type": "string"},
            ),
        ),
        ("GET", "/api/v2/tickets"): None,
        ("GET", r"/api/v2/tickets/(\d+)"): None,
        ("PUT", r"/api/v2/tickets/(\d+)"): an_object(
            ["ticket"],
            ticket=an_object(
                ["comment"],
                comment=comment,
                requester=requester,
                safe_update={"const": True},
                updated_stamp={"type": "string"},
            ),
        ),
    }

    def __init__(self) -> None:
        super().__init__()
        self.tickets: dict[int, dict[str, Any]] = {}
        self.keys: dict[str, tuple[bytes, int]] = {}

    def allows(self, sent: Sent) -> bool:
        """Require an address and a token in a Basic header."""
        expected = base64.b64encode(b"bot@example.com/token:zendesk-token").decode()
        return sent.headers.get("authorization") == f"Basic {expected}"

    def do(self, sent: Sent, *groups: str) -> tuple[int, Any, dict[str, str]]:
        """Store and return tickets; a repeated key makes no second ticket."""
        if sent.method == "POST":
            key = sent.headers["idempotency-key"]
            if key in self.keys:
                raw, number = self.keys[key]
                if raw != sent.raw:
                    return 400, {"error": "IdempotencyKeyConflict"}, {}
                return 201, {"ticket": {"id": number}}, {"x-idempotency-lookup": "hit"}
            number = len(self.tickets) + 100
            self.tickets[number] = {
                "id": number,
                "comments": [],
                "updated_at": "2026-11-24T12:00:00Z",
                **sent.body["ticket"],
            }
            self.keys[key] = (sent.raw, number)
            return 201, {"ticket": {"id": number}}, {"x-idempotency-lookup": "miss"}
        if not groups:
            wanted = sent.query.get("external_id", [""])[0]
            return (
                200,
                {"tickets": [one for one in self.tickets.values() if one["external_id"] == wanted]},
                {},
            )
        ticket = self.tickets.get(int(groups[0]))
        if ticket is None:
            return 404, {"error": "RecordNotFound"}, {}
        if sent.method == "PUT":
            if sent.body["ticket"].get("updated_stamp") not in (None, ticket["updated_at"]):
                return 409, {"error": "UpdateConflict"}, {}
            ticket["comments"].append(sent.body["ticket"]["comment"]["body"])
            ticket["requester"] = sent.body["ticket"].get("requester", ticket.get("requester"))
        return 200, {"ticket": ticket}, {}


class WebhookServer(DeskServer):
    """Stand-in for a help desk that takes the signed webhook."""

    text: ClassVar = {"type": "string"}
    schemas: ClassVar[Schemas] = {
        ("POST", "/hook"): an_object(
            [
                "id",
                "event",
                "handoff",
                "reference",
                "reason",
                "topics",
                "note",
                "contact",
                "requested_at",
                "store_time",
            ],
            id=text,
            event={"enum": ["requested", "added"]},
            handoff=text,
            reference={"type": "string", "pattern": "^[0-9A-Z]{4}(-[0-9A-Z]{4}){2}$"},
            reason=text,
            topics={"type": "array", "items": text},
            note=text,
            contact={"type": ["string", "null"]},
            requested_at=text,
            store_time=text,
            support_open={"type": "boolean"},
            transcript={
                "type": "array",
                "items": {"type": "object", "required": ["from", "text", "at"]},
            },
        )
    }

    def allows(self, sent: Sent) -> bool:
        """Allow every request: a test checks the signatures."""
        return True

    def do(self, sent: Sent, *groups: str) -> tuple[int, Any, dict[str, str]]:
        """Accept the event."""
        return 200, {}, {}
