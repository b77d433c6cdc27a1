"""What the gateway asks: which documents there are, and this service's part of the passport."""

from fastapi import APIRouter, Depends, Request, Response

from services.training.store import documents
from services.training.usecases.passport import passport_part
from shared.web import ReadSession, requires
from shared.web.parts import unless_known

router = APIRouter(
    prefix="/internal",
    include_in_schema=False,
    dependencies=[Depends(requires("internal:read"))],
)


@router.get("/documents")
async def list_documents(session: ReadSession) -> dict[str, object]:
    """Every public document with its version and source time."""
    return {
        "items": [
            {"path": path, "version": str(revision), "source_time": time.isoformat()}
            for path, revision, time in await documents.current(session)
        ]
    }


@router.get("/passport")
async def show_passport(session: ReadSession, request: Request) -> Response:
    """Training's part of the passports of territories."""
    region = request.app.state.settings.region

    async def make() -> object:
        return await passport_part(session, region)

    state = [region, await documents.current(session)]
    return await unless_known(request, "training", state, make)
