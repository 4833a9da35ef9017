"""The contract of the channel as an OpenAPI document, with the limits of this server."""

from typing import Any

from bot.settings import Settings
from bot.web.http import MAX_CLIENT_ID, MAX_NUMBER

_BASE = "/webhooks/storefront"
_ERRORS = {
    "400": "The request is not of this form.",
    "401": "There is no token, or not one of ours.",
    "403": "Pages of this site may not use this server.",
    "404": "There is nothing here.",
    "410": "The conversation is over.",
    "413": "The text, or the body, is too long.",
    "429": "Too many requests; Retry-After says for how many seconds to wait.",
    "503": "The assistant is not ready; Retry-After says when to come again.",
}


def document(settings: Settings) -> dict[str, Any]:
    """Return the document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Storefront channel of the privacy bot",
            "version": "1",
            "description": "A conversation about the store's privacy policy. Start one; every other call needs its token.",
        },
        "paths": {
            f"{_BASE}/session": {"post": _start(), "delete": _forget()},
            f"{_BASE}/messages": {"post": _say(), "get": _listen(settings)},
            f"{_BASE}/transcript": {"get": _transcript()},
        },
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "description": "The token of a session."}},
            "schemas": _schemas(settings),
        },
    }


def _start() -> dict[str, Any]:
    return {
        "operationId": "start",
        "summary": "Start a conversation, or go on with one",
        "description": "With the header Sec-GPC: 1 an opt-out of ads and sharing is recorded for a new one.",
        "requestBody": {"required": False, "content": _json({"$ref": "#/components/schemas/Start"})},
        "responses": {
            "201": _answer("A new conversation.", "Session"),
            "200": _answer("The conversation of the token.", "Session"),
            **_refusals("400", "401", "403", "410", "413", "429", "503"),
        },
    }


def _forget() -> dict[str, Any]:
    return {
        "operationId": "forget",
        "summary": "Delete the conversation everywhere",
        "security": [{"token": []}],
        "responses": {"204": {"description": "It is deleted."}, **_refusals("400", "401", "403", "410", "429", "503")},
    }


def _say() -> dict[str, Any]:
    said = _answer("What the bot did about it.", "Turn")
    said["headers"] = {"X-Message-Id": {"description": "The id of the visitor's message.", "schema": {"type": "integer"}}}
    return {
        "operationId": "say",
        "summary": "Say something, or pick a choice",
        "security": [{"token": []}],
        "requestBody": {"required": True, "content": _json({"$ref": "#/components/schemas/Say"})},
        "responses": {"200": said, **_refusals("400", "401", "403", "410", "413", "429", "503")},
    }


def _listen(settings: Settings) -> dict[str, Any]:
    return {
        "operationId": "listen",
        "summary": "Fetch what was said since",
        "security": [{"token": []}],
        "parameters": [
            _parameter("after", {"type": "integer", "minimum": 0, "maximum": MAX_NUMBER}, "The last message that is known."),
            _parameter(
                "wait",
                {"type": "number", "minimum": 0, "maximum": MAX_NUMBER},
                f"Seconds to wait for one; {settings.max_wait_seconds:g} at most.",
            ),
        ],
        "responses": {
            "200": _answer("The messages, and who answers.", "Messages")
            | {"headers": {"X-Typing": {"description": "An agent is typing.", "schema": {"type": "string"}}}},
            **_refusals("400", "401", "403", "410", "429", "503"),
        },
    }


def _transcript() -> dict[str, Any]:
    told = _answer("The whole conversation.", "Messages")
    told["content"]["text/plain"] = {"schema": {"type": "string"}}
    return {
        "operationId": "transcript",
        "summary": "Fetch the conversation as the shopper saw it",
        "security": [{"token": []}],
        "responses": {"200": told, **_refusals("400", "401", "403", "410", "429", "503")},
    }


def _schemas(settings: Settings) -> dict[str, Any]:
    client_id = {
        "type": ["string", "null"],
        "minLength": 1,
        "maxLength": MAX_CLIENT_ID,
        "description": "The client's own name for the message; the same name twice is one message.",
    }
    state = {"enum": ["bot", "waiting_for_agent", "with_agent", "closed"]}
    messages = {"type": "array", "items": {"$ref": "#/components/schemas/Message"}}
    return {
        "Start": _object({"resume": {"type": ["string", "null"], "description": "The token of a conversation."}}, required=[]),
        "Say": {
            "oneOf": [
                _object(
                    {"text": {"type": "string", "minLength": 1, "maxLength": settings.max_text}, "client_id": client_id},
                    ["text"],
                ),
                _object({"choice": {"type": "string", "minLength": 1}, "client_id": client_id}, ["choice"]),
            ]
        },
        "Session": _object(
            {
                "token": {"type": "string"},
                "expires_at": {"type": "string", "format": "date-time"},
                "state": state,
                "messages": messages,
            }
        ),
        "Messages": _object({"messages": messages, "state": state}),
        "Turn": _object(
            {
                "messages": messages,
                "topics": {"type": "array", "items": {"type": "string"}},
                "outcome": {"enum": ["answered", "clarify", "out_of_scope", "form", "done", "handoff", "smalltalk"]},
                "state": state,
            }
        ),
        "Message": _object(
            {
                "id": {"type": "integer", "minimum": 1},
                "from": {"enum": ["bot", "agent", "visitor", "system"]},
                "text": {"type": "string"},
                "at": {"type": "string", "format": "date-time"},
                "topic": {"type": ["string", "null"]},
                "sources": {
                    "type": "array",
                    "items": _object({name: {"type": "string"} for name in ("clause", "section", "quote", "url")}),
                },
                "choices": {"type": "array", "items": _object({name: {"type": "string"} for name in ("id", "title")})},
            }
        ),
        "Error": _object({"error": _object({name: {"type": "string"} for name in ("code", "message")})}),
    }


def _object(properties: dict[str, Any], required: list[str] | None = None) -> dict[str, Any]:
    """Return the schema of an object; all of its members are required unless some are named."""
    return {"type": "object", "properties": properties, "required": list(properties) if required is None else required}


def _parameter(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": description}


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _answer(description: str, schema: str) -> dict[str, Any]:
    return {"description": description, "content": _json({"$ref": f"#/components/schemas/{schema}"})}


def _refusals(*statuses: str) -> dict[str, Any]:
    return {status: _answer(_ERRORS[status], "Error") for status in statuses}
