"""The application and worker of the service."""

from fastapi import FastAPI

from services.catalogue import SCOPES, topic_code
from services.ratings import listeners
from services.ratings.api import (
    comparisons,
    effect_preview,
    effects,
    explanations,
    internal,
    methodologies,
    observations,
    preview,
    profiles,
    ratings,
    registry,
    revisions,
    stability,
)
from services.ratings.jobs import JOBS
from services.ratings.schemas.preview import PreviewQuestion
from services.ratings.settings import Settings
from services.ratings.usecases.erasure import ERASER
from services.ratings.usecases.import_types import KINDS
from services.ratings.usecases.ledger_titles import ledger_titles
from services.ratings.usecases.questions import Calculations
from shared.imports.api import imports_router
from shared.imports.contract import contract_schemas
from shared.imports.jobs import TIDY_SECONDS, import_jobs, tidy_imports
from shared.imports.retention import IMPORT_RETENTION
from shared.ledger.router import ledger_router
from shared.persons.api import erasure_router
from shared.persons.jobs import erasure_jobs, erasure_listeners
from shared.web import create_service_app
from shared.worker import WorkerSpec

WORKER = WorkerSpec(
    service="ratings",
    jobs={**JOBS, **import_jobs(KINDS), **erasure_jobs(ERASER)},
    listeners={
        topic_code("training.exposures_published.v1"): listeners.on_exposures_published,
        **erasure_listeners(),
    },
    sources=("training", "gateway"),
    consumers=("gateway", "training"),
    retention=IMPORT_RETENTION,
    periodic=((TIDY_SECONDS, tidy_imports),),
)


def create_app(settings: Settings) -> FastAPI:
    """Return the service's ASGI application."""
    app = create_service_app(
        settings,
        scopes=SCOPES,
        title="Рейтинги",
        description="Рейтинги территорий, методики, наблюдения и сверка опубликованных цифр.",
        routers=[
            internal.router,
            imports_router("ratings", KINDS),
            ledger_router("ratings", titles=ledger_titles),
            erasure_router(ERASER),
            preview.router,
            comparisons.router,
            effect_preview.router,
            effects.router,
            registry.router,
            methodologies.router,
            revisions.router,
            profiles.router,
            ratings.router,
            observations.router,
            stability.router,
            explanations.router,
        ],
        schemas=[PreviewQuestion, *contract_schemas("ratings", KINDS)],
    )
    app.state.calculations = Calculations()
    return app
