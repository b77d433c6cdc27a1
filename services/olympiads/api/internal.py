"""What the gateway pulls: the list of public documents and the olympiads' part of a passport."""

from collections.abc import Mapping, Sequence

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncSession

from services.olympiads.store import documents
from services.olympiads.usecases.passport import passport_part
from shared.publication.heads import PublishedHead
from shared.publication.internal import Publications, publication_router


async def _heads(session: AsyncSession) -> Sequence[PublishedHead]:
    return [
        PublishedHead(row.path, f"{row.revision}-{row.etag.strip(chr(34))[:16]}", row.source_time)
        for row in await documents.current(session)
    ]


async def _state(session: AsyncSession, request: Request) -> object:
    versions = [head.version for head in await _heads(session)]
    return [request.app.state.settings.region, versions]


async def _parts(session: AsyncSession, request: Request) -> Mapping[str, object]:
    return {"olympiads": await passport_part(session, request.app.state.settings.region)}


router = publication_router(Publications("olympiads", _heads, _state, _parts))
