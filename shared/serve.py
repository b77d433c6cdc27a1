"""One process of a service: its HTTP side, its background half, or both on one event loop."""

import asyncio
import signal
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, Literal

import uvicorn
import uvloop
from starlette.types import ASGIApp

from shared.web.http_protocol import BoundedHttpProtocol
from shared.web.worker_endpoints import worker_app

Role = Literal["web", "worker", "all"]
GRACE_SECONDS = 3
KEEP_ALIVE_SECONDS = 75


def serve(
    role: Role,
    app: Callable[[], ASGIApp],
    worker: Callable[[], Coroutine[Any, Any, None]],
    *,
    host: str,
    port: int,
) -> int:
    """Run until stopped by SIGTERM or SIGINT; the exit status is 0 then.

    When either half ends by itself the whole process ends with 1 (or its exception), so that
    whoever supervises it starts both again. A worker answers `/healthz`, `/readyz`, `/metrics`.
    Requests under way get three seconds to finish.
    """
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_serve(role, app, worker, host, port))


async def _serve(
    role: Role,
    app: Callable[[], ASGIApp],
    worker: Callable[[], Coroutine[Any, Any, None]],
    host: str,
    port: int,
) -> int:
    told = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    halves: list[asyncio.Task[None]] = []
    answering = worker_app() if role == "worker" else app()
    halves.append(asyncio.create_task(_web(answering, host, port)))
    if role != "web":
        halves.append(asyncio.create_task(worker()))
    stop = asyncio.create_task(told.wait())
    await asyncio.wait({stop, *halves}, return_when=asyncio.FIRST_COMPLETED)
    for task in (stop, *halves):
        task.cancel()
    failures = [
        outcome
        for outcome in await asyncio.gather(*halves, return_exceptions=True)
        if isinstance(outcome, Exception)
    ]
    if failures:
        raise ExceptionGroup("The process cannot go on.", failures)
    return 0 if told.is_set() else 1


async def _web(app: ASGIApp, host: str, port: int) -> None:
    """Serve HTTP; when cancelled, let the requests under way finish first."""
    server = HttpServer(http_config(app, host, port))
    serving = asyncio.create_task(_serving(server))
    try:
        await asyncio.shield(serving)
    except asyncio.CancelledError:
        server.should_exit = True
        await serving


async def _serving(server: uvicorn.Server) -> None:
    try:
        await server.serve()
    except SystemExit as end:
        raise OSError("The HTTP side did not start; its log says why.") from end


class HttpServer(uvicorn.Server):
    """uvicorn, leaving the signals to the process around it."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture nothing."""
        yield


def http_config(app: ASGIApp, host: str, port: int) -> uvicorn.Config:
    """Return the fast configuration: no access log line, our own log format, bounded heads.

    uvicorn would believe `X-Forwarded-For` of whoever connects from this machine; the gateway
    believes its configured proxies only.
    """
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        http=BoundedHttpProtocol,
        loop="none",
        lifespan="on",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
