"""What the gateway pulls: the list of public documents and the olympiads' part of a passport."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from services.olympiads.settings import Settings
from services.olympiads.store import documents
from services.olympiads.usecases.passport import passport_parts
from shared.web import Caller, ReadSession, requires

router = APIRouter(prefix="/internal", include_in_schema=False)
Internal = Annotated[Caller, Depends(requires("internal:read"))]


@router.get("/documents")
async def list_documents(session: ReadSession, _caller: Internal) -> dict[str, object]:
    """Return path, version and source time of every public document."""
    return {
        "items": [
            {
                "path": row["path"],
                "version": f"{row['revision']}-{row['etag'].strip(chr(34))[:16]}",
                "source_time": row["source_time"].isoformat(),
            }
            for row in await documents.current(session)
        ]
    }


@router.get("/passport")
async def read_passport_part(
    request: Request, session: ReadSession, _caller: Internal
) -> dict[str, object]:
    """Return the olympiads' part of the passports of the territories that have one."""
    settings: Settings = request.app.state.settings
    return {"parts": await passport_parts(session, settings.region)}
