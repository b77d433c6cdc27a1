"""Which public answers the gateway keeps, each with a version that changes when it changes."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.ratings.store import register, revisions
from services.ratings.usecases.effect_documents import effect_index
from services.ratings.usecases.serializers import shown_at_once


async def document_index(session: AsyncSession) -> list[dict[str, str]]:
    """Return path, version and source time of every rating table and effect that is public.

    The version grows with the revision and with the register, whose names the tables show.
    """
    register_version = await register.version(session)
    tables = [
        {
            "path": f"/v1/ratings/{revision.programme}/{revision.period}",
            "version": f"{revision.number}-{register_version}",
            "source_time": revision.source_time.isoformat(),
        }
        for revision in await revisions.all_public(session)
        if shown_at_once(revision.layout)
    ]
    return [*tables, *await effect_index(session)]
