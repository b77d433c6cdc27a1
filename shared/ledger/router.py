"""The ledger over HTTP: claims, findings, and the feed for the gateway."""

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from shared.figures.claims import Claim
from shared.ledger import store
from shared.ledger.claims_api import Corrected, claims_router
from shared.ledger.document_schemas import MOST_DOCUMENTS
from shared.ledger.document_store import list_documents
from shared.ledger.documents_api import documents_router
from shared.ledger.findings import wire_of
from shared.ledger.findings_api import findings_router
from shared.ledger.titles import LoadTitles, no_titles
from shared.web import ReadSession, requires
from shared.web.parts import unless_known


async def _nothing_more(_session: AsyncSession, _claim: Claim) -> None:
    """Leave a correction at its recheck."""


def ledger_router(
    service: str, *, corrected: Corrected = _nothing_more, titles: LoadTitles = no_titles
) -> APIRouter:
    """Return the routes of a service's ledger; `corrected` learns of every corrected claim."""
    router = APIRouter(tags=[service])
    router.include_router(documents_router(service))
    router.include_router(claims_router(service, corrected, titles))
    router.include_router(findings_router(service))
    router.include_router(_internal_router(service))
    return router


def _internal_router(service: str) -> APIRouter:
    router = APIRouter(
        prefix="/internal",
        include_in_schema=False,
        dependencies=[Depends(requires("internal:read"))],
    )

    @router.get("/findings")
    async def all_findings(request: Request, session: ReadSession) -> Response:
        revision = await store.last_revision(session)
        stored = await list_documents(session, limit=MOST_DOCUMENTS)
        documents = [
            {
                "document": one.document,
                "territory": one.territory,
                "territories": list(one.territories),
                "check": one.check(),
            }
            for one in stored
        ]

        async def make() -> object:
            rows = await store.all_findings(session)
            items = [wire_of(service, row) for row in rows]
            return {"revision": revision, "items": items, "documents": documents}

        state = [revision, await store.count_findings(session), documents]
        return await unless_known(request, service, state, make)

    return router
