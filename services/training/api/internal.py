"""What the gateway asks: which documents there are, and this service's part of the passport."""

from collections.abc import Mapping, Sequence

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.store import documents
from services.training.usecases.passport import passport_parts
from shared.publication.heads import PublishedHead
from shared.publication.internal import Publications, publication_router


async def _heads(session: AsyncSession) -> Sequence[PublishedHead]:
    current = await documents.current(session)
    return [PublishedHead(path, str(revision), time) for path, revision, time in current]


async def _state(session: AsyncSession, request: Request) -> object:
    return [request.app.state.settings.region, await documents.current(session)]


async def _parts(session: AsyncSession, request: Request) -> Mapping[str, object]:
    return await passport_parts(session, request.app.state.settings.region)


router = publication_router(Publications("training", _heads, _state, _parts))
