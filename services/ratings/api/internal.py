"""What the other services read: documents to keep, passport parts, the register."""

from collections.abc import Mapping

from fastapi import Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.ratings.store import register, territories
from services.ratings.usecases.documents_index import list_public_documents
from services.ratings.usecases.passports import passport_parts, passport_state
from shared.publication.internal import Publications, publication_router
from shared.web import ReadSession
from shared.web.parts import unless_known

REGISTER_LIMIT = 100_000


async def _state(session: AsyncSession, _request: Request) -> object:
    return await passport_state(session)


async def _parts(session: AsyncSession, _request: Request) -> Mapping[str, object]:
    return await passport_parts(session)


router = publication_router(Publications("ratings", list_public_documents, _state, _parts))


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
