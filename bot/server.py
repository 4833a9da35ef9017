"""The server: Rasa's agent and channel in one process, with health checks and pages."""

import asyncio
import contextlib
import ctypes
import gc
import time
from datetime import timedelta

import structlog
from rasa.core.channels.channel import register
from sanic import Sanic
from sanic.exceptions import SanicException
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import html as html_response
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as DatabaseTimeout

from actions.services import Services, build, deliver, use
from bot import assistant, logs
from bot.database import connect
from bot.handoff.model import NotStored, NotTaken
from bot.handoff.service import dispatch, listen, watch
from bot.memory import Memory
from bot.retention import keep_house
from bot.settings import Settings
from bot.tracker import ForgettingTrackerStore
from bot.web.channel import StorefrontChannel
from bot.web.connections import Connection
from bot.web.desk import desk
from bot.web.desks import desks
from bot.web.door import check_head
from bot.web.errors import ApiError
from bot.web.http import error_response, wants_page
from bot.web.limits import Limits
from bot.web.optouts import optouts
from bot.web.origins import security_headers
from bot.web.site import problem as problem_page
from bot.web.site import site

log = structlog.get_logger()

_NOT_STORED = "Your message could not be stored just now, so nothing was recorded or changed. Please try again in a moment."
_SPARE_SECONDS = 10  # of a request, beside the longest wait and the longest turn
_UNLIMITED = ("/unsubscribe/", "/desks/", "/health", "/ready")
_CODES = {400: "malformed", 404: "not_found", 405: "not_allowed", 408: "timeout", 413: "too_long", 503: "not_ready"}


def create_app(settings: Settings) -> Sanic:
    """Return the application; its assistant is loaded after it has begun to listen."""
    app = Sanic("privacy_bot", configure_logging=False)
    app.config.REQUEST_MAX_SIZE = settings.max_body
    app.config.KEEP_ALIVE_TIMEOUT = 30
    app.config.REQUEST_TIMEOUT = settings.request_seconds
    app.config.RESPONSE_TIMEOUT = settings.max_wait_seconds + settings.turn_seconds + _SPARE_SECONDS
    app.config.MAX_CONNECTIONS = 0 if settings.proxies else settings.max_connections  # all of a proxy's are of one address
    app.config.PROXIES_COUNT = settings.proxies
    app.config.GRACEFUL_SHUTDOWN_TIMEOUT = 3.0
    app.config.FALLBACK_ERROR_FORMAT = "json"
    app.ctx.agent = None
    limits = Limits(settings)
    channel = StorefrontChannel(settings, limits)
    register([channel], app, route="/webhooks/")
    engine = connect(settings.database)
    works = build(settings, engine, connect(settings.database, durable=True), channel.memory.vault)
    use(works)
    app.blueprint(site(settings))
    app.blueprint(optouts(settings, works, limits))
    app.blueprint(desk(channel, limits))
    app.blueprint(desks(channel))
    _guard(app, settings, limits)

    @app.before_server_stop
    async def wipe(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        """Leave nothing on the disk that was deleted."""
        await asyncio.to_thread(channel.memory.wipe)

    @app.after_server_start
    async def load_assistant(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        """Load while `/health` is answered already."""
        app.ctx.loading = asyncio.create_task(_load(app, settings, channel.memory, works))
        waited = timedelta(minutes=settings.handoff_wait_minutes)
        app.ctx.watch = asyncio.create_task(watch(channel.reception, waited, channel.announce))
        app.ctx.dispatch = asyncio.create_task(
            dispatch(channel.people, channel.reception, channel.memory.store, channel.announce)
        )
        app.ctx.listen = asyncio.create_task(listen(channel.people, channel.reception, channel.announce))

    return app


def _guard(app: Sanic, settings: Settings, limits: Limits) -> None:
    """Add to every route what keeps it: limits, headers, and answers to whatever goes wrong."""
    headers = security_headers(settings.production)

    @app.on_request
    async def count(request: Request) -> None:
        """Turn away an address that asks for too much; mail providers and desks of others speak for many from one."""
        if not request.path.startswith(_UNLIMITED):
            await limits.count_request(request)

    @app.on_response
    async def protect(_: Request, response: HTTPResponse) -> None:
        """Tell browsers what an answer may do."""
        for name, value in headers.items():
            response.headers.setdefault(name, value)

    @app.exception(Exception)
    async def on_error(request: Request, error: Exception) -> HTTPResponse:
        """Answer with an error of the contract, or its page, whatever went wrong."""
        problem = _problem(request, error)
        answer = error_response(problem)
        if wants_page(request):
            answer = html_response(problem_page(problem), problem.status, answer.headers)
        answer.headers.update(getattr(error, "headers", {}))  # which methods are allowed
        return answer

    @app.signal("http.lifecycle.read_head")
    async def check(head: bytes) -> None:
        """Refuse a bad head before it is parsed."""
        check_head(head)


def _problem(request: Request, error: Exception) -> ApiError:
    """Return what is told of an error; what is not expected is logged, but never its message: it may quote the request."""
    if isinstance(error, ApiError):
        return error
    if isinstance(error, NotTaken):
        return ApiError(409, "taken", str(error))
    if isinstance(error, SanicException):
        status = error.status_code or 500
        return ApiError(status, _CODES.get(status, "refused"), str(error) or "The request was refused.")
    if isinstance(error, OperationalError | IntegrityError | DatabaseTimeout | NotStored):
        cause = getattr(error, "orig", None) or error
        log.error("database not usable", error=type(cause).__name__, where=logs.where(error.__traceback__))
        return ApiError(503, "not_ready", _NOT_STORED, retry_after=5)
    log.error("request failed", error=type(error).__name__, route=_route(request), where=logs.where(error.__traceback__))
    return ApiError(500, "internal", "Something went wrong on our side. Please try again.")


def _route(request: Request) -> str:
    """Return what was asked for, by the name of its route: a path may hold anything."""
    return str(request.name or "unknown")


async def _load(app: Sanic, settings: Settings, memory: Memory, works: Services) -> None:
    started = time.perf_counter()
    try:
        store = ForgettingTrackerStore(host=settings.database)
        app.ctx.agent = await asyncio.get_running_loop().run_in_executor(None, assistant.load, store)
        await app.ctx.agent.parse_message("hello")  # whatever is made on first use is made now
    except Exception as error:
        app.ctx.failure = error  # raised again by `serve`, which ends the process with it
        app.stop()
        return
    app.ctx.housekeeping = asyncio.create_task(keep_house(memory, works, settings))
    app.ctx.delivery = asyncio.create_task(deliver(works))
    _give_back_memory()
    address = f"http://{settings.host}:{settings.port}/"
    print(f"The privacy bot is ready ({time.perf_counter() - started:.1f} s): {address} (Ctrl-C stops it)", flush=True)


def _give_back_memory() -> None:
    """Return to the system the memory that only starting needed; what stays is not scanned for garbage again."""
    gc.collect()
    gc.freeze()
    with contextlib.suppress(OSError, AttributeError):  # not glibc
        ctypes.CDLL("libc.so.6").malloc_trim(0)


def serve(settings: Settings) -> None:
    """Serve until interrupted; raises whatever kept the assistant from starting."""
    logs.configure(settings.log_level, settings.log_format)
    app = create_app(settings)
    app.run(host=settings.host, port=settings.port, workers=1, protocol=Connection, access_log=False, debug=False, motd=False)
    failure = getattr(app.ctx, "failure", None)
    if failure is not None:
        raise failure
