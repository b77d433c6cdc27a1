"""What the other services read: documents to keep, passport parts, the register."""

from typing import Any

from fastapi import APIRouter, Depends

from services.ratings.store import territories
from services.ratings.usecases.documents_index import document_index
from services.ratings.usecases.passports import passport_parts
from shared.web import ReadSession, requires

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
async def read_passport(session: ReadSession) -> dict[str, Any]:
    """Give this service's parts of the passports."""
    return {"parts": await passport_parts(session)}


@router.get("/territories")
async def list_register(session: ReadSession) -> dict[str, Any]:
    """Give the register of territories."""
    rows = await territories.listed(session, limit=REGISTER_LIMIT)
    return {
        "items": [
            {"oktmo": row.code, "title": row.title, "kind": row.kind, "parent": row.parent}
            for row in rows
        ]
    }
