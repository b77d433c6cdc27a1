"""Exposures as received, plans of evaluation, published effects."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.publication import PRESENT, AskedRevision

ADD_EXPOSURES = text("""
    INSERT INTO exposure_revision (measure, revision, document)
    VALUES (:measure, :revision, CAST(:document AS jsonb)) ON CONFLICT DO NOTHING
""")
EXPOSURES = text("""
    SELECT document FROM exposure_revision WHERE measure = :measure
    ORDER BY revision DESC LIMIT 1
""")
PLAN = text("""
    SELECT measure, programme, document, hash, frozen_at, frozen_by FROM effect_plan
    WHERE measure = :measure
""")
PLANS_OF = text("""
    SELECT DISTINCT measure FROM effect_plan WHERE frozen_at IS NOT NULL AND (
        programme = :programme
        OR jsonb_path_exists(document, '$.*[*].programme ? (@ == $p)',
                             jsonb_build_object('p', CAST(:programme AS text))))
    ORDER BY measure
""")
SAVE_PLAN = text("""
    INSERT INTO effect_plan (measure, programme, document, hash)
    VALUES (:measure, :programme, CAST(:document AS jsonb), :hash)
    ON CONFLICT (measure) DO UPDATE SET programme = excluded.programme,
        document = excluded.document, hash = excluded.hash
    WHERE effect_plan.frozen_at IS NULL
""")
FREEZE = text("""
    UPDATE effect_plan SET frozen_at = clock_timestamp(), frozen_by = :by
    WHERE measure = :measure AND frozen_at IS NULL
""")
LATEST = text("""
    SELECT measure, revision, input_hash, content, units, source_time, published_at
    FROM effect_revision WHERE measure = :measure
    AND (CAST(:revision AS integer) IS NULL OR revision = :revision)
    AND (CAST(:as_of AS timestamptz) IS NULL OR published_at <= :as_of)
    ORDER BY revision DESC LIMIT 1
""")
LIST = text("""
    SELECT DISTINCT ON (measure) measure, revision, input_hash, content, units, source_time,
        published_at
    FROM effect_revision
    WHERE CAST(:after AS text) IS NULL OR measure > :after
    ORDER BY measure, revision DESC LIMIT :limit
""")
HEADS = text("SELECT measure, max(revision) FROM effect_revision GROUP BY measure ORDER BY 1")
ADD = text("""
    INSERT INTO effect_revision (measure, revision, input_hash, content, units, source_time)
    VALUES (:measure, :revision, :input_hash, CAST(:content AS jsonb), CAST(:units AS jsonb),
        :source_time)
""")


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A plan of evaluation; `frozen_at` None: it may still be changed."""

    measure: str
    programme: str
    document: Mapping[str, Any]
    hash: str
    frozen_at: datetime | None
    frozen_by: str | None


@dataclass(frozen=True, slots=True)
class EffectRow:
    """A published effect: its content without number and time, the rows of its units."""

    measure: str
    revision: int
    input_hash: str
    content: Mapping[str, Any]
    units: Sequence[Mapping[str, Any]]
    source_time: datetime
    published_at: datetime


async def add_exposures(
    session: AsyncSession, measure: str, revision: int, document: Mapping[str, Any]
) -> None:
    """Store a received revision; one that is stored already stays as it is."""
    row = {"measure": measure, "revision": revision, "document": _json(document)}
    await session.execute(ADD_EXPOSURES, row)


async def exposures(session: AsyncSession, measure: str) -> Mapping[str, Any] | None:
    """Return the latest received exposures of a measure, None before the first."""
    found: Mapping[str, Any] | None = (
        await session.execute(EXPOSURES, {"measure": measure})
    ).scalar_one_or_none()
    return found


async def plan(session: AsyncSession, measure: str) -> PlanRow | None:
    """Return the plan of a measure."""
    row = (await session.execute(PLAN, {"measure": measure})).one_or_none()
    return None if row is None else PlanRow(*row)


async def frozen_plans_of(session: AsyncSession, programme: str) -> Sequence[str]:
    """Return the measures with a frozen plan that looks at a programme in any of its outcomes."""
    return list((await session.execute(PLANS_OF, {"programme": programme})).scalars())


async def save_plan(
    session: AsyncSession, measure: str, programme: str, document: Mapping[str, Any], digest: str
) -> None:
    """Store a plan that is not frozen; a frozen one stays as it is."""
    row = {"measure": measure, "programme": programme, "hash": digest}
    await session.execute(SAVE_PLAN, {**row, "document": _json(document)})


async def freeze(session: AsyncSession, measure: str, by: str) -> None:
    """Make a plan unchangeable."""
    await session.execute(FREEZE, {"measure": measure, "by": by})


async def find(
    session: AsyncSession,
    measure: str,
    asked: AskedRevision = PRESENT,
) -> EffectRow | None:
    """Return the latest effect of a measure, a numbered one, or the one of an instant."""
    row = {"measure": measure, "revision": asked.number, "as_of": asked.as_of}
    found = (await session.execute(LATEST, row)).one_or_none()
    return None if found is None else EffectRow(*found)


async def latest(
    session: AsyncSession, *, after: str | None = None, limit: int
) -> Sequence[EffectRow]:
    """Return the latest effect of every measure, by code."""
    rows = await session.execute(LIST, {"after": after, "limit": limit})
    return [EffectRow(*row) for row in rows]


async def heads(session: AsyncSession) -> Sequence[tuple[str, int]]:
    """Return every measure with the number of its latest effect."""
    return [(row[0], row[1]) for row in await session.execute(HEADS)]


async def add(session: AsyncSession, new: EffectRow) -> None:
    """Store a revision; the caller holds the lock of the measure."""
    row = {
        "measure": new.measure,
        "revision": new.revision,
        "input_hash": new.input_hash,
        "content": _json(new.content),
        "units": json.dumps(new.units, ensure_ascii=False),
        "source_time": new.source_time,
    }
    await session.execute(ADD, row)


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False)
