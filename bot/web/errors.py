"""Errors of the HTTP contract, and the function that turns every exception into one of them."""

from collections.abc import Mapping
from typing import Any

import structlog
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as DatabaseTimeout
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Match

from bot import logs, metrics
from bot.application.errors import ClientIdReused, ConversationOver, NotReady, UnknownChoice
from bot.handoff.model import NotStored, NotTaken
from bot.web.templates import render

log = structlog.get_logger()

# It may have broken off before or after something was recorded, so it says neither.
_UNFINISHED = (
    "This could not be finished just now. Please send it again in a moment: it counts only once, "
    "and the answer tells what was recorded."
)
_CODES = {
    400: "malformed",
    404: "not_found",
    405: "not_allowed",
    408: "timeout",
    413: "too_long",
    503: "not_ready",
}


_NUMBER = '"{name}" must be a number that is not too large or below 0.'
_SENTENCES = {
    "missing": '"{name}" is missing.',
    "string_type": '"{name}" must be a string.',
    "string_too_short": '"{name}" is empty. Send {min_length} character or more.',
    "string_too_long": '"{name}" can have {max_length} characters at most.',
    "bool_type": '"{name}" must be true or false.',
    "bool_parsing": '"{name}" must be true or false.',
    "int_parsing": _NUMBER,
    "int_parsing_size": _NUMBER,
    "int_from_float": _NUMBER,
    "float_parsing": _NUMBER,
    "finite_number": _NUMBER,
    "greater_than_equal": _NUMBER,
    "less_than_equal": _NUMBER,
}


class ApiError(Exception):
    """Error answer of the HTTP contract; ``message`` tells the caller the remedy."""

    def __init__(
        self, status: int, code: str, message: str, retry_after: int | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.retry_after = retry_after

    def as_json(self) -> dict[str, Any]:
        """Return the body of the answer."""
        return {"error": {"code": self.code, "message": self.message}}


def malformed(message: str) -> ApiError:
    """Return the error of a request that does not have the contract's form."""
    return ApiError(400, "malformed", message)


def not_found(message: str) -> ApiError:
    """Return the error of an address at which there is nothing."""
    return ApiError(404, "not_found", message)


def unauthorized() -> ApiError:
    """Return the error of a missing token, or of a token that was not issued here."""
    return ApiError(
        401,
        "unauthorized",
        "Start a conversation first (POST …/session) and send its token: "
        "Authorization: Bearer <token>.",
    )


def expired() -> ApiError:
    """Return the error of a conversation that is over: deleted, or with an expired token."""
    return ApiError(410, "expired", "This conversation is over. Start a new one (POST …/session).")


def too_long(limit: int) -> ApiError:
    """Return the error of a text with more than ``limit`` characters."""
    message = f"A message can have {limit} characters at most. Please shorten it."
    return ApiError(413, "too_long", message)


def not_ready() -> ApiError:
    """Return the error of a server that cannot answer just now."""
    message = "The assistant is not ready. Please try again in a moment."
    return ApiError(503, "not_ready", message, retry_after=2)


def api_error(error: Exception, request: Request) -> ApiError:
    """Return the error of the contract for an exception.

    An unexpected exception is logged without its message, which may quote the request.
    """
    match error:
        case ApiError():
            return error
        case ConversationOver():
            return expired()
        case NotReady():
            return not_ready()
        case UnknownChoice():
            return malformed(
                "There is no such choice in this conversation. Send the id of one that was "
                "offered, or a text."
            )
        case ClientIdReused():
            return malformed(
                'This "client_id" belongs to another message. Give each message its own.'
            )
        case ClientDisconnect():  # nobody reads the answer
            return malformed("The request is incomplete. Please send it again.")
        case NotTaken():
            return ApiError(409, "taken", str(error))
        case RequestValidationError():
            return malformed(in_words(error.errors()[0]))
        case HTTPException():
            code = _CODES.get(error.status_code, "refused")
            return ApiError(error.status_code, code, _detail(error))
        case (
            OperationalError()
            | InterfaceError()
            | IntegrityError()
            | DatabaseTimeout()
            | NotStored()
        ):
            cause = type(getattr(error, "orig", None) or error).__name__
            where = logs.where(error.__traceback__)
            log.error("database not usable", error=cause, where=where)
            return ApiError(503, "not_ready", _UNFINISHED, retry_after=5)
    route = getattr(request.scope.get("route"), "path", "unknown")  # a path may hold anything
    where = logs.where(error.__traceback__)
    log.error("request failed", error=type(error).__name__, route=route, where=where)
    return ApiError(500, "internal", "Something went wrong on our side. Please try again.")


def error_response(request: Request, error: Exception) -> Response:
    """Return the answer to a failed request, and count the error.

    The answer is a page for a browser, and JSON for all others.
    """
    problem = api_error(error, request)
    metrics.errors.labels(problem.code).inc()
    headers = {"Allow": allowed_methods(request)} if problem.status == 405 else {}
    if problem.retry_after:
        headers["Retry-After"] = str(problem.retry_after)
    if wants_page(request):
        return render("problem.html", status=problem.status, headers=headers, problem=problem)
    return JSONResponse(problem.as_json(), status_code=problem.status, headers=headers)


def in_words(problem: Mapping[str, Any]) -> str:
    """Return a validation error of pydantic as a sentence that helps the caller to correct it."""
    kind, context = problem["type"], problem.get("ctx") or {}
    if kind == "json_invalid":
        return "The body must be JSON."
    if kind == "value_error" and not problem["loc"]:
        return str(context["error"])
    if not problem["loc"]:
        return "The body must be a JSON object."
    name = problem["loc"][-1]
    if kind in _SENTENCES:
        return _SENTENCES[kind].format(name=name, **context)
    return (
        f'"{name}" {context["error"]}.' if kind == "value_error" else f'"{name}": {problem["msg"]}.'
    )


def wants_page(request: Request) -> bool:
    """Return whether a browser asks for a page.

    The storefront API answers with JSON only.
    """
    accepts_html = "text/html" in request.headers.get("accept", "")
    return accepts_html and not request.url.path.startswith("/webhooks/")


def allowed_methods(request: Request) -> str:
    """Return all methods of an address; Starlette names only those of its first route."""
    routes, scope = request.app.routes, request.scope
    taken = [
        method
        for method in ("DELETE", "GET", "OPTIONS", "POST")
        if any(route.matches({**scope, "method": method})[0] is Match.FULL for route in routes)
    ]
    return ", ".join([*taken, "HEAD"] if "GET" in taken else taken)


def _detail(error: HTTPException) -> str:
    if error.status_code == 404:
        return "There is nothing at this address."
    if error.status_code == 405:
        return "This address does not take this method; the header Allow names those it takes."
    return str(error.detail) or "The request was refused."
