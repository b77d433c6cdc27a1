"""What a process without an HTTP side of its own answers: is it alive, is it working, how much."""

import time

from prometheus_client import CONTENT_TYPE_LATEST
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from shared.metrics import LAST_RECONCILE, exposition

IDLE_SECONDS = 30.0


def worker_app() -> Starlette:
    """Return `/healthz`, `/readyz` (a recent reconcile pass succeeded) and `/metrics`."""
    return Starlette(
        routes=[
            Route("/healthz", _healthz),
            Route("/readyz", _readyz),
            Route("/metrics", _metrics),
        ]
    )


async def _healthz(_request: Request) -> Response:
    return JSONResponse({"status": "ok"})


async def _readyz(_request: Request) -> Response:
    (sample,) = next(iter(LAST_RECONCILE.collect())).samples
    idle = time.time() - sample.value
    ready = idle < IDLE_SECONDS
    return JSONResponse({"status": "ready" if ready else "idle"}, 200 if ready else 503)


async def _metrics(_request: Request) -> Response:
    return Response(exposition(), headers={"Content-Type": CONTENT_TYPE_LATEST})
