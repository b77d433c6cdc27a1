"""What the gateway pulls: the list of public documents and the olympiads' part of a passport."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from services.olympiads.settings import Settings
from services.olympiads.store import documents
from services.olympiads.usecases.passport import passport_part
from shared.web import Caller, ReadSession, requires
from shared.web.parts import unless_known

router = APIRouter(prefix="/internal", include_in_schema=False)
Internal = Annotated[Caller, Depends(requires("internal:read"))]


@router.get("/documents")
async def list_documents(session: ReadSession, _caller: Internal) -> dict[str, object]:
    """Return path, version and source time of every public document."""
    return {
        "items": [
            {
                "path": row["path"],
                "version": _version(row),
                "source_time": row["source_time"].isoformat(),
            }
            for row in await documents.current(session)
        ]
    }


@router.get("/passport")
async def read_passport_part(request: Request, session: ReadSession, _caller: Internal) -> Response:
    """Return the olympiads' part of the passports of the territories that have one."""
    settings: Settings = request.app.state.settings

    async def make() -> object:
        return {"parts": {"olympiads": await passport_part(session, settings.region)}}

    state = [settings.region, [_version(row) for row in await documents.current(session)]]
    return await unless_known(request, "olympiads", state, make)


def _version(row: Mapping[str, Any]) -> str:
    return f"{row['revision']}-{row['etag'].strip(chr(34))[:16]}"
