"""Page on which a person confirms what the bot answers for a store: local, for one user.

Only who has the address that the command prints can use it: its last part is a key.
"""

import hmac
import secrets
import socket
from typing import Annotated, Any

import uvicorn
from fastapi import Body, Depends, FastAPI, HTTPException
from fastapi.responses import FileResponse, JSONResponse
from starlette.requests import Request
from starlette.responses import Response

from bot.adoption.proposals import Candidate
from bot.adoption.review import Review, ReviewError
from bot.adoption.store_file import read_fields, write_fields
from bot.policy.confirmations import Quote
from bot.policy.document import PolicyError
from bot.policy.frame_list import NOT_SAID, VERDICTS
from bot.policy.markdown import Passage
from bot.web.middleware import NO_TELEMETRY, SecurityHeaders
from bot.web.templates import PAGES

_FILES = {"review.js": "text/javascript", "review.css": "text/css", "site.css": "text/css"}
_HOSTS = {"127.0.0.1", "localhost", "[::1]"}
_WITH_QUOTES = tuple(verdict for verdict in VERDICTS if verdict != NOT_SAID)
_AROUND = 2  # passages that are shown before and after a candidate


def serve(review: Review, port: int) -> None:
    """Serve the page until the user stops it, and print its address."""
    key = secrets.token_urlsafe(24)
    with socket.create_server(("127.0.0.1", port)) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/#{key}"
        print(f"Open {address}\nEvery decision is saved at once. Stop with Ctrl+C.", flush=True)
        config = uvicorn.Config(create_app(review, key), log_level="warning", ws="none")
        uvicorn.Server(config).run(sockets=[listener])


def create_app(review: Review, key: str) -> FastAPI:
    """Return the application of the page; calls need ``key``."""

    def with_key(request: Request) -> None:
        """Refuse a call without the key, or under another name of this computer."""
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        host = request.headers.get("host", "").rsplit(":", 1)[0]
        if host not in _HOSTS or not hmac.compare_digest(given.encode(), key.encode()):
            raise HTTPException(401, "Open the address that privacy-bot review printed.")

    # All calls run in one thread, one after another: they share the review.
    app = FastAPI(
        title="Review",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        telemetry=NO_TELEMETRY,
    )
    guarded: Any = {"dependencies": [Depends(with_key)]}

    @app.exception_handler(ReviewError)
    @app.exception_handler(PolicyError)
    async def refused(_: Request, error: Exception) -> JSONResponse:
        """Answer with what is wrong."""
        return JSONResponse({"detail": str(error)}, 400)

    @app.get("/")
    async def page() -> Response:
        """Return the page."""
        return FileResponse(PAGES / "review.html")

    @app.get("/assets/{name}")
    async def file(name: str) -> Response:
        """Return a file of the page."""
        if name not in _FILES:
            raise HTTPException(404, "There is no such file.")
        return FileResponse(PAGES / name, media_type=_FILES[name])

    @app.get("/api/review", **guarded)
    async def overview() -> dict[str, Any]:
        """Return the store and what is decided."""
        return _overview(review)

    @app.put("/api/store", **guarded)
    async def save_store(fields: Annotated[dict[str, str], Body()]) -> dict[str, Any]:
        """Save what the person says about the store."""
        write_fields(review.folder, fields, review.by)
        return read_fields(review.folder)

    @app.get("/api/frames/{frame}", **guarded)
    async def one(frame: str) -> dict[str, Any]:
        """Return a question with its candidates."""
        if frame not in review.frames:
            raise HTTPException(404, "There is no such question.")
        return _frame(review, frame)

    @app.post("/api/frames/{frame}", **guarded)
    async def confirm(frame: str, decision: Annotated[dict[str, Any], Body()]) -> dict[str, Any]:
        """Save a decision."""
        review.confirm(
            frame,
            str(decision.get("verdict")),
            _quotes(decision["quotes"]),
            str(decision.get("condition") or "").strip(),
        )
        return _overview(review)

    @app.post("/api/words/{frame}", **guarded)
    async def words(frame: str, quotes: Annotated[list[dict[str, Any]], Body()]) -> dict[str, str]:
        """Return what the bot would say with each lead."""
        taken = _quotes(quotes)
        return {verdict: review.words(frame, verdict, taken) for verdict in _WITH_QUOTES}

    @app.post("/api/undo", **guarded)
    async def undo() -> dict[str, Any]:
        """Take the last decision back."""
        return {"frame": review.undo(), **_overview(review)}

    @app.get("/api/search", **guarded)
    async def search(words: str) -> list[dict[str, Any]]:
        """Return passages that are like some words."""
        return [_passages(review, [passage]) for passage in review.search(words)]

    app.add_middleware(SecurityHeaders, production=False)
    return app


def _quotes(given: list[dict[str, Any]]) -> list[Quote]:
    return [Quote(quote["text"], tuple(quote["headings"])) for quote in given]


def _overview(review: Review) -> dict[str, Any]:
    decided = {frame: review.decision(frame) for frame in review.frames}
    return {
        "store": read_fields(review.folder),
        "frames": [
            {"id": frame.id, "question": frame.question, "verdict": item.verdict if item else None}
            for frame in review.frames.values()
            for item in [decided[frame.id]]
        ],
    }


def _frame(review: Review, frame: str) -> dict[str, Any]:
    proposal, item = review.proposals[frame], review.decision(frame)
    return {
        "id": frame,
        "question": review.frames[frame].question,
        "said": proposal.said,
        "candidates": [_candidate(review, candidate) for candidate in proposal.candidates],
        "decision": review.words(frame, item.verdict, item.quotes, item.condition)
        if item
        else None,
    }


def _candidate(review: Review, candidate: Candidate) -> dict[str, Any]:
    return {
        **_passages(review, list(candidate.in_order)),
        "reasons": list(candidate.reasons),
    }


def _passages(review: Review, chosen: list[Passage]) -> dict[str, Any]:
    places = [review.passages.index(passage) for passage in chosen]
    first, last = min(places), max(places)
    near = review.passages
    return {
        "quotes": [
            {"text": item.text, "plain": item.plain, "headings": item.headings} for item in chosen
        ],
        "headings": chosen[0].headings,
        "before": [item.plain for item in near[max(first - _AROUND, 0) : first]],
        "after": [item.plain for item in near[last + 1 : last + 1 + _AROUND]],
    }
