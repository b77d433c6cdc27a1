"""The training service: its HTTP side and its worker."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI

from services.catalogue import SCOPES, topic_code
from services.training import jobs, listeners
from services.training.api import (
    active,
    certificates,
    erasure,
    internal,
    measures,
    mentoring,
    plans,
    previews,
    registries,
    route_outcomes,
    routes,
    year,
)
from services.training.api.acting_person import check_acting_person
from services.training.settings import Settings
from services.training.usecases.active_import_types import OVERDUE_TASKS
from services.training.usecases.dangling import CHECK_REFERENCES
from services.training.usecases.erasure import ERASER
from services.training.usecases.import_types import ATTENDANCE, KINDS, OUTDATE, PUBLISH, REBUILD
from services.training.usecases.ledger_titles import ledger_titles
from services.training.usecases.measure_import_types import PUBLISH_EXPOSURES
from services.training.usecases.plans import SOLVE
from services.training.usecases.route_workflow import PROPOSE_NEXT
from services.training.usecases.teacher_effects import FIND_TEACHER_EFFECTS
from shared.imports.api import imports_router
from shared.imports.contract import contract_schemas
from shared.imports.jobs import import_jobs, tidy_imports
from shared.imports.retention import IMPORT_RETENTION
from shared.ledger.document_store import RECHECK
from shared.ledger.router import ledger_router
from shared.persons.api import erasure_router
from shared.persons.jobs import erasure_jobs, erasure_listeners
from shared.process_pool import request_pool
from shared.web import create_service_app
from shared.worker import WorkerSpec

WARM_UP_AFTER = 20.0

WORKER = WorkerSpec(
    service="training",
    jobs={
        PUBLISH: jobs.publish,
        OUTDATE: jobs.outdate,
        SOLVE: jobs.solve,
        REBUILD: jobs.propose_rebuilds,
        ATTENDANCE: jobs.note_attendance,
        PROPOSE_NEXT: jobs.propose_next,
        OVERDUE_TASKS: jobs.find_overdue,
        PUBLISH_EXPOSURES: jobs.publish_exposures,
        FIND_TEACHER_EFFECTS: jobs.find_teacher_effects,
        mentoring.REMATCH: jobs.rematch,
        RECHECK: jobs.check_document,
        CHECK_REFERENCES: jobs.check_references,
        **import_jobs(KINDS),
        **erasure_jobs(ERASER),
    },
    listeners={
        **erasure_listeners(),
        topic_code("ratings.revision_published.v1"): listeners.on_revision_published,
        topic_code("olympiads.statistics_changed.v1"): listeners.on_statistics_changed,
    },
    retention=IMPORT_RETENTION,
    periodic=((900.0, tidy_imports), (3600.0, jobs.check_terms)),
    sources=("ratings", "olympiads", "gateway"),
    consumers=("gateway", "ratings"),
)


async def warm_up() -> None:
    """Load the solver into one child once the process has settled, so that no request waits."""
    await asyncio.sleep(WARM_UP_AFTER)
    await request_pool().warm("ortools.sat.python.cp_model")


def create_app(settings: Settings) -> FastAPI:
    """Return the HTTP side of the service."""
    app = create_service_app(
        settings,
        scopes=SCOPES,
        title="Повышение квалификации",
        description="Дефициты, курсы, зачисление, наставники, маршруты, циклограмма.",
        routers=[
            internal.router,
            previews.router,
            plans.router,
            mentoring.router,
            route_outcomes.router,
            routes.router,
            erasure.router,
            active.router,
            measures.router,
            certificates.open_router,
            certificates.router,
            registries.router,
            imports_router("training", KINDS),
            ledger_router("training", titles=ledger_titles),
            erasure_router(ERASER),
            year.router,
        ],
        checks=[Depends(check_acting_person)],
        schemas=contract_schemas("training", KINDS),
    )
    plain = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(running: FastAPI) -> AsyncIterator[None]:
        async with plain(running):
            warming = asyncio.create_task(warm_up())
            yield
            warming.cancel()
            await asyncio.gather(warming, return_exceptions=True)

    app.router.lifespan_context = lifespan
    return app
