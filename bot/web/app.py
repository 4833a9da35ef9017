"""The application and the server: FastAPI on uvicorn, with Rasa's agent in the same process."""

import asyncio
import contextlib
import ctypes
import gc
import time
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import uvicorn
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot import logs
from bot.application.background_work import run_background_work
from bot.assistant import trained_model
from bot.assistant.action_endpoint import action_endpoint
from bot.assistant.tracker_store import ForgettingTrackerStore
from bot.background import every
from bot.settings import Settings
from bot.web.context import WebContext
from bot.web.cors import OriginCheck, StorefrontCors
from bot.web.desk import agent_desk
from bot.web.errors import error_response
from bot.web.hardening import protocol
from bot.web.helpdesk_webhooks import CHATWOOT_PATH, LONGEST_EVENT, helpdesk_webhooks
from bot.web.middleware import (
    NO_TELEMETRY,
    BodyLimit,
    RequestGuard,
    SecurityHeaders,
    security_headers,
)
from bot.web.office import office
from bot.web.office_files import office_files
from bot.web.opt_in import opt_in
from bot.web.optouts import optouts
from bot.web.single_sign_on import single_sign_on
from bot.web.site import GzipFiles, site
from bot.web.storefront import PREFIX, storefront

_KEEP_ALIVE_SECONDS = 30
_STOP_SECONDS = 3
_RESTART_SECONDS = 5  # pause before background work that has failed begins again


def create_app(settings: Settings, web: WebContext | None = None) -> FastAPI:
    """Return the application.

    It begins to listen first, and loads its assistant then.
    """
    web = web or WebContext.of(settings)
    app = FastAPI(
        title="Privacy bot",
        version="1",
        description="Conversations about a store's privacy policy, opt-outs, the agents' desk, "
        "and the privacy office.",
        docs_url=None,  # these pages would load scripts from another host
        redoc_url=None,
        lifespan=lambda _: _lifespan(web),
        telemetry=NO_TELEMETRY,
    )
    for routes in (
        storefront,
        site,
        optouts,
        opt_in,
        agent_desk,
        office,
        office_files,
        single_sign_on,
        helpdesk_webhooks,
    ):
        app.include_router(routes(web))
    for handled in (HTTPException, RequestValidationError):
        app.add_exception_handler(handled, _on_error)
    # the last one added is the first that a request meets
    larger = {CHATWOOT_PATH: LONGEST_EVENT}
    app.add_middleware(GzipFiles)
    app.add_middleware(BodyLimit, limit=settings.max_body, limits_by_path=larger)
    app.add_middleware(OriginCheck, origins=web.origins, prefix=f"{PREFIX}/")
    app.add_middleware(RequestGuard, limits=web.limits)
    app.add_middleware(StorefrontCors, origins=web.origins, prefix=f"{PREFIX}/")
    app.add_middleware(SecurityHeaders, production=settings.production)
    _drop_validation_errors(app)
    return app


def serve(settings: Settings) -> None:
    """Serve until interrupted; raise the error that kept the assistant from loading."""
    logs.configure(settings.log_level, settings.log_format, lasting=True)
    web = WebContext.of(settings)
    server = _Server(
        uvicorn.Config(
            create_app(settings, web),
            host=settings.host,
            port=settings.port,
            http=protocol(settings, security_headers(settings.production)),
            ws="none",
            lifespan="on",
            access_log=False,
            log_config=None,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=_KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=_STOP_SECONDS,
        ),
        web,
    )
    web.stop = server.stop
    server.run()
    if web.failure is not None:
        raise web.failure


class _Server(uvicorn.Server):
    """Server that ends held calls as soon as it is told to stop."""

    def __init__(self, config: uvicorn.Config, web: WebContext) -> None:
        super().__init__(config)
        self._web = web

    def stop(self) -> None:
        """Stop after the running requests."""
        self.should_exit = True

    async def shutdown(self, sockets: Any = None) -> None:
        """End held calls, then shut down."""
        self._web.engine.stop_waiting()
        await super().shutdown(sockets)


@contextlib.asynccontextmanager
async def _lifespan(web: WebContext) -> AsyncIterator[None]:
    """Load the assistant in the background, so that /health is answered meanwhile.

    At the end, wipe deleted text.
    """
    working = asyncio.create_task(_load_and_work(web))
    try:
        yield
    finally:
        working.cancel()
        await asyncio.wait({working})  # also if it has failed: deleted text is wiped in any case
        await asyncio.to_thread(web.services.erasure.wipe)
        with contextlib.suppress(SQLAlchemyError):  # counts are no reason to end with an error
            await asyncio.to_thread(web.services.questions.flush)


async def _load_and_work(web: WebContext) -> None:
    started = time.perf_counter()
    settings = web.settings
    try:
        store = ForgettingTrackerStore(host=settings.database, deferred=True)
        endpoint = action_endpoint(web.services)
        await asyncio.to_thread(web.services.heartbeat.beat)
        web.agent = await asyncio.to_thread(trained_model.load, endpoint, store)
        await web.agent.parse_message("hello")  # creates everything that is created on first use
    except Exception as error:
        web.failure = error  # raised again by `serve`, which ends the process with it
        web.stop()
        return
    _give_back_memory()
    address = f"http://{settings.host}:{settings.port}/"
    seconds = time.perf_counter() - started
    print(f"The privacy bot is ready ({seconds:.1f} s): {address} (Ctrl-C stops it)", flush=True)
    # a database that is away for a moment must not end the delivery of opt-outs for good
    work = partial(run_background_work, web.services, web.engine.announce)
    await every(_RESTART_SECONDS, "background work", work)


def _give_back_memory() -> None:
    """Return memory that only loading needed to the system.

    The remaining objects are exempt from garbage collections.
    """
    gc.collect()
    gc.freeze()
    with contextlib.suppress(OSError, AttributeError):  # not glibc
        ctypes.CDLL("libc.so.6").malloc_trim(0)


async def _on_error(request: Request, error: Exception) -> Response:
    return error_response(request, error)


def _drop_validation_errors(app: FastAPI) -> None:
    """Remove FastAPI's own form of errors, which is never sent, from /openapi.json."""
    document = app.openapi()  # created once, and stored by the application
    for name in ("HTTPValidationError", "ValidationError"):
        document["components"]["schemas"].pop(name, None)
    for path in document["paths"].values():
        for operation in path.values():
            operation["responses"].pop("422", None)
