"""What monitoring said last, by source and slice."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

HELD = text("""
    SELECT topic, territory, weight FROM signal WHERE source = :source AND slice = :slice
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
    """Put the weights by (topic, territory) in place of the slice's; False if they are equal."""
    part = {"source": signal.source, "slice": signal.slice}
    held = await session.execute(HELD, part)
    if {(r.topic, r.territory): r.weight for r in held} == dict(weights):
        return False
    await session.execute(DROP, part)
    rows = [
        {**part, "topic": topic, "territory": territory, "revision": signal.revision, "weight": n}
        for (topic, territory), n in sorted(weights.items())
    ]
    if rows:
        await session.execute(ADD, rows)
    return True
