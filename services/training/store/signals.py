"""What monitoring said last, by source and slice."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

HEAR = text("""
    INSERT INTO heard_revision (source, slice, revision) VALUES (:source, :slice, :revision)
    ON CONFLICT (source, slice) DO UPDATE SET revision = excluded.revision
    WHERE heard_revision.revision < excluded.revision RETURNING true
""")
DROP = text("DELETE FROM signal WHERE source = :source AND slice = :slice")
ADD = text("""
    INSERT INTO signal (source, slice, topic, territory, revision, weight)
    VALUES (:source, :slice, :topic, :territory, :revision, :weight)
""")


@dataclass(frozen=True, slots=True)
class Signal:
    """Where a set of weights came from: the source, its slice and its revision."""

    source: str
    slice: str
    revision: int


async def replace(
    session: AsyncSession, signal: Signal, weights: Mapping[tuple[str, str], int]
) -> bool:
    """Put the weights by (topic, territory) in place of the slice's; False if not newer."""
    part = {"source": signal.source, "slice": signal.slice}
    newer = await session.execute(HEAR, {**part, "revision": signal.revision})
    if newer.scalar_one_or_none() is None:
        return False
    await session.execute(DROP, part)
    rows = [
        {**part, "topic": topic, "territory": territory, "revision": signal.revision, "weight": n}
        for (topic, territory), n in sorted(weights.items())
    ]
    if rows:
        await session.execute(ADD, rows)
    return True
