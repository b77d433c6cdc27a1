"""The olympiads as a process: the application and the worker."""

from fastapi import FastAPI

from services.catalogue import SCOPES
from services.olympiads.api import (
    appeals,
    curves,
    internal,
    previews,
    quotas,
    registry,
    rules,
    tables,
    thresholds,
)
from services.olympiads.jobs import check_document, publish_statistics, publish_thresholds
from services.olympiads.settings import Settings
from services.olympiads.usecases.erasure import ERASER
from services.olympiads.usecases.import_types import KINDS
from shared.imports.api import imports_router
from shared.imports.contract import contract_schemas
from shared.imports.jobs import TIDY_SECONDS, import_jobs, tidy_imports
from shared.imports.retention import IMPORT_RETENTION
from shared.ledger.document_store import RECHECK
from shared.ledger.kinds import LEDGER_KINDS
from shared.ledger.router import ledger_router
from shared.persons.api import erasure_router
from shared.persons.jobs import erasure_jobs, erasure_listeners
from shared.web import create_service_app
from shared.worker import WorkerSpec

EVERY_KIND = (*KINDS, *LEDGER_KINDS)
WORKER = WorkerSpec(
    service="olympiads",
    jobs={
        "publish_thresholds": publish_thresholds,
        "publish_statistics": publish_statistics,
        RECHECK: check_document,
        **import_jobs(EVERY_KIND),
        **erasure_jobs(ERASER),
    },
    listeners=erasure_listeners(),
    sources=("gateway",),
    retention=IMPORT_RETENTION,
    periodic=((TIDY_SECONDS, tidy_imports),),
    consumers=("gateway", "training"),
)


def create_app(settings: Settings) -> FastAPI:
    """Return the ASGI application of the service."""
    return create_service_app(
        settings,
        scopes=SCOPES,
        title="Олимпиады",
        description="Проходные баллы этапов Всероссийской олимпиады школьников и их объяснение.",
        routers=[
            internal.router,
            imports_router("olympiads", EVERY_KIND),
            ledger_router("olympiads"),
            erasure_router(ERASER),
            previews.router,
            registry.router,
            rules.router,
            quotas.router,
            curves.router,
            appeals.router,
            tables.router,
            thresholds.router,
        ],
        schemas=contract_schemas("olympiads", EVERY_KIND),
    )
