"""Reads requests and writes answers as the HTTP contract has them."""

import json
import re
from collections.abc import Iterable
from functools import partial
from typing import Any

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response

from bot import metrics
from bot.turns import Message
from bot.web.errors import ApiError, malformed, not_ready

MAX_CLIENT_ID = 64
MAX_NUMBER = 2**31 - 1  # what a column of integers holds


def add_routes(blueprint: Blueprint, routes: Iterable[tuple[str, str, Any]]) -> None:
    """Add routes: method, path and what answers; whatever can be read can be asked for its head too."""
    for method, path, handler in routes:
        # partial, because Sanic sets attributes of its own on a handler, and a method has no place for them
        methods = ["GET", "HEAD"] if method == "GET" else [method]
        blueprint.add_route(partial(handler), path, methods=methods, name=re.sub(r"\W+", "_", f"{method}{path}").strip("_"))


def error_response(error: ApiError) -> HTTPResponse:
    """Return an error as the contract has it, counted."""
    metrics.errors.labels(error.code).inc()
    headers = {"Retry-After": str(error.retry_after)} if error.retry_after else {}
    return json_response(error.as_json(), status=error.status, headers=headers)


def messages_response(messages: list[Message], state: str, headers: dict[str, str] | None = None) -> HTTPResponse:
    """Return messages and who answers."""
    return json_response({"messages": [message.as_json() for message in messages], "state": state}, headers=headers)


def wants_page(request: Request) -> bool:
    """Return whether whoever asks is a person with a browser: the channel itself answers with JSON alone."""
    return "text/html" in request.headers.get("accept", "") and not request.path.startswith("/webhooks/")


def require_ready(request: Request) -> Any:
    """Return the loaded assistant; raises the contract's error while there is none."""
    agent = getattr(request.app.ctx, "agent", None)
    if agent is None or not agent.is_ready():
        raise not_ready()
    return agent


def body(request: Request, optional: bool = False) -> dict[str, Any]:
    """Return the JSON object in a request's body; an empty body is an empty object if it is optional."""
    if optional and not request.body:
        return {}
    try:
        sent = json.loads(request.body)
    except (ValueError, RecursionError):
        raise malformed("The body must be JSON.") from None
    if not isinstance(sent, dict):
        raise malformed("The body must be a JSON object.")
    return sent


def string(sent: dict[str, Any], name: str) -> str:
    """Return a member of a body that must be a string."""
    value = sent.get(name)
    if not isinstance(value, str):
        raise malformed(f'"{name}" must be a string.')
    return value


def client_id(sent: dict[str, Any]) -> str | None:
    """Return the client's own name of a message, if it gave one."""
    value = sent.get("client_id")
    if value is None:
        return None
    if not isinstance(value, str) or not 0 < len(value) <= MAX_CLIENT_ID or not value.isprintable():
        raise malformed(f'"client_id" must be a printable string of 1 to {MAX_CLIENT_ID} characters.')
    return value


def number(request: Request, name: str, whole: bool = False) -> float:
    """Return a parameter of the address that must be a number, 0 if it is not given."""
    given = request.args.get(name, "0")
    try:
        value = int(given) if whole else float(given)
    except ValueError:
        raise malformed(f'"{name}" must be a number.') from None
    if not 0 <= value <= MAX_NUMBER:
        raise malformed(f'"{name}" must be a number from 0 to {MAX_NUMBER}.')
    return value
