"""What a service tells its machines: health, measurements, and its events for other services."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST

from shared import inbox, jobs, outbox
from shared.db import Database
from shared.metrics import exposition
from shared.notifier import UNAVAILABLE
from shared.web.authentication import requires
from shared.web.errors import JobNotDead, NotReady
from shared.web.sessions import ReadSession, WriteSession
from shared.worker import RETRY_EVENT

MAX_POSITION = 2**62


def health_router() -> APIRouter:
    """Return `/healthz`, `/readyz` and `/metrics`."""
    router = APIRouter(include_in_schema=False)

    @router.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @router.get("/readyz")
    async def readyz(request: Request) -> dict[str, str]:
        await _require_dependencies(request)
        return {"status": "ready"}

    @router.get("/metrics")
    async def metrics(request: Request) -> Response:
        content = exposition(request.app.state.measurements.registry)
        return Response(content, headers={"Content-Type": CONTENT_TYPE_LATEST})

    return router


async def _require_dependencies(request: Request) -> None:
    db: Database = request.app.state.db
    try:
        await db.ping()
    except (*UNAVAILABLE, Exception) as error:
        raise NotReady("База данных не отвечает.") from error


def internal_router(service: str) -> APIRouter:
    """Return the event feed, the jobs and the dead letters of a service, for other services."""
    router = APIRouter(
        prefix="/internal",
        include_in_schema=False,
        dependencies=[Depends(requires("internal:read"))],
    )

    _add_feed(router, service)
    _add_dead_letters(router)
    return router


def _add_feed(router: APIRouter, service: str) -> None:
    @router.get("/events")
    async def events(
        session: ReadSession,
        after: Annotated[int, Query(ge=0, le=MAX_POSITION)] = 0,
        limit: Annotated[int, Query(ge=1, le=1000)] = 200,
    ) -> dict[str, Any]:
        items = await outbox.read_after(session, service, after, limit)
        first, last = await outbox.position_range(session)
        shown = [
            {
                "id": str(e.id),
                "topic": e.topic,
                "subject": e.subject,
                "body": e.body,
                "position": e.position,
                "occurred_at": e.occurred_at.isoformat(),
                "request_id": e.request_id,
            }
            for e in items
        ]
        return {"items": shown, "first": first, "last": last}


def _add_dead_letters(router: APIRouter) -> None:
    @router.get("/queues")
    async def queues(session: ReadSession) -> dict[str, Any]:
        failed = await jobs.list_jobs(session, ["failed", "quarantined"], 200)
        return {
            "jobs": await jobs.counts(session),
            "dead_jobs": failed,
            "dead_events": await inbox.dead_letters(session),
            "sources": await inbox.last_polls(session),
        }

    @router.get("/jobs")
    async def jobs_of_request(
        session: ReadSession, request_id: Annotated[str, Query(max_length=64)]
    ) -> dict[str, Any]:
        return {"items": await jobs.of_request(session, request_id)}

    @router.post("/jobs/{job_id}/retry")
    async def retry(session: WriteSession, job_id: Annotated[UUID, Path()]) -> Mapping[str, str]:
        if not await jobs.retry_dead(session, job_id):
            raise JobNotDead
        return {"id": str(job_id), "state": "queued"}

    @router.post("/dead-events/{event_id}/retry")
    async def retry_event(
        session: WriteSession, event_id: Annotated[UUID, Path()]
    ) -> Mapping[str, str]:
        row = str(event_id)
        job_id = await jobs.enqueue(session, RETRY_EVENT, row, {"event_id": row})
        return {"id": str(job_id), "state": "queued"}
