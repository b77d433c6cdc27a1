"""What the other services read: documents to keep, passport parts, the register."""

from typing import Any

from fastapi import APIRouter, Depends, Request, Response

from services.ratings.store import register, territories
from services.ratings.usecases.documents_index import document_index
from services.ratings.usecases.passports import passport_parts, passport_state
from shared.web import ReadSession, requires
from shared.web.parts import unless_known

router = APIRouter(
    prefix="/internal",
    include_in_schema=False,
    dependencies=[Depends(requires("internal:read"))],
)

REGISTER_LIMIT = 100_000


@router.get("/documents")
async def list_documents(session: ReadSession) -> dict[str, Any]:
    """List the public documents with their versions."""
    return {"items": await document_index(session)}


@router.get("/passport")
async def read_passport(request: Request, session: ReadSession) -> Response:
    """Give this service's parts of the passports."""

    async def make() -> object:
        return {"parts": await passport_parts(session)}

    return await unless_known(request, "ratings", await passport_state(session), make)


@router.get("/territories")
async def list_register(request: Request, session: ReadSession) -> Response:
    """Give the register of territories."""

    async def make() -> object:
        rows = await territories.listed(session, limit=REGISTER_LIMIT)
        return {
            "items": [
                {"oktmo": row.code, "title": row.title, "kind": row.kind, "parent": row.parent}
                for row in rows
            ]
        }

    state = [await register.version(session), await register.size(session)]
    return await unless_known(request, "ratings", state, make)
