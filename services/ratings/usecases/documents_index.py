"""Which public answers the gateway keeps, each with a version that changes when it changes."""

from collections.abc import Mapping, Sequence
from hashlib import sha256

from sqlalchemy.ext.asyncio import AsyncSession

from services.ratings.store import register, revisions
from services.ratings.store.revisions import Revision
from services.ratings.usecases.effect_documents import effect_index
from services.ratings.usecases.node_doubts import narrow
from services.ratings.usecases.serializers import shown_at_once
from shared.ledger.doubts import Doubts, load_doubts
from shared.ledger.table_sources import Place, TableSource, sources_by_place


async def document_index(session: AsyncSession) -> list[dict[str, str]]:
    """Return path, version and source time of every rating table and effect that is public.

    The version changes with the revision, with the register, whose names the tables show, and
    with the findings that question the table's figures, and with its source documents.
    """
    names = await register.version(session)
    doubted = await load_doubts(session)
    sources = await sources_by_place(session)
    tables = [
        {
            "path": f"/v1/ratings/{revision.programme}/{revision.period}",
            "version": f"{revision.number}-{names}-{_doubts(doubted, revision)}"
            f"-{_sources(sources, revision)}",
            "source_time": revision.source_time.isoformat(),
        }
        for revision in await revisions.all_public(session)
        if shown_at_once(revision.layout)
    ]
    return [*tables, *await effect_index(session)]


def _doubts(doubted: Doubts, revision: Revision) -> str:
    return narrow(doubted, revision.programme, revision.period).version


def _sources(sources: Mapping[Place, Sequence[TableSource]], revision: Revision) -> str:
    found = sources.get((revision.programme, revision.period), ())
    return sha256(repr(found).encode()).hexdigest()[:16]
