"""Which public answers the gateway keeps, each with a version that changes when it changes."""

from collections.abc import Mapping, Sequence
from hashlib import sha256

from sqlalchemy.ext.asyncio import AsyncSession

from services.ratings.store import register, revisions
from services.ratings.store.revisions import Revision
from services.ratings.usecases.effect_documents import list_public_effects
from services.ratings.usecases.node_doubts import narrow
from services.ratings.usecases.serializers import shown_at_once
from shared.ledger.doubts import Doubts, load_doubts
from shared.ledger.table_sources import Place, TableSource, source_titles, sources_by_place
from shared.publication.heads import PublishedHead


async def list_public_documents(session: AsyncSession) -> Sequence[PublishedHead]:
    """Return path, version and source time of every rating table and effect that is public.

    The version changes with the revision, with the register, whose names the tables show, and
    with the findings that question the table's figures, and with its source documents.
    """
    names = await register.version(session)
    doubted = await load_doubts(session)
    sources = await sources_by_place(session, await source_titles(session))
    tables = [
        PublishedHead(
            f"/v1/ratings/{revision.programme}/{revision.period}",
            f"{revision.number}-{names}-{_doubts(doubted, revision)}-{_sources(sources, revision)}",
            revision.source_time,
        )
        for revision in await revisions.all_public(session)
        if shown_at_once(revision.layout)
    ]
    return [*tables, *await list_public_effects(session)]


def _doubts(doubted: Doubts, revision: Revision) -> str:
    return narrow(doubted, revision.programme, revision.period).version


def _sources(sources: Mapping[Place, Sequence[TableSource]], revision: Revision) -> str:
    found = sources.get((revision.programme, revision.period), ())
    return sha256(repr(found).encode()).hexdigest()[:16]
