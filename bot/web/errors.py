"""The errors of the HTTP contract."""

from typing import Any


class ApiError(Exception):
    """An answer that is an error; ``message`` tells the caller what to do."""

    def __init__(self, status: int, code: str, message: str, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.retry_after = retry_after

    def as_json(self) -> dict[str, Any]:
        """Return the body of the answer."""
        return {"error": {"code": self.code, "message": self.message}}


def malformed(message: str) -> ApiError:
    """The request is not of the form that the contract gives."""
    return ApiError(400, "malformed", message)


def unauthorized() -> ApiError:
    """There is no token, or not one of ours."""
    return ApiError(
        401, "unauthorized", "Start a conversation first (POST …/session) and send its token: Authorization: Bearer <token>."
    )


def expired() -> ApiError:
    """The conversation is over: its token is too old, or it was deleted."""
    return ApiError(410, "expired", "This conversation is over. Start a new one (POST …/session).")


def too_long(limit: int) -> ApiError:
    """The text is longer than a message may be."""
    return ApiError(413, "too_long", f"A message can have {limit} characters at most. Please shorten it.")


def not_ready() -> ApiError:
    """The server cannot answer just now."""
    return ApiError(503, "not_ready", "The assistant is not ready. Please try again in a moment.", retry_after=2)
