"""Plans, their immutable revisions, and the decisions people took about them."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncSession

ADD = text("""
    INSERT INTO plan (id, year, half, round, state, proposed_by, lottery_seed)
    VALUES (:id, :year, :half, :round, 'draft', :proposed_by, :lottery_seed)
""")
FIND = text("SELECT * FROM plan WHERE id = :id")
FIND_LOCKED = text("SELECT * FROM plan WHERE id = :id FOR UPDATE")
LIST = text("""
    SELECT * FROM plan WHERE (CAST(:year AS text) IS NULL OR year = :year)
    AND (CAST(:created_at AS timestamptz) IS NULL
         OR (created_at, id) < (:created_at, CAST(:id AS uuid)))
    ORDER BY created_at DESC, id DESC LIMIT :limit
""")
CHANGE = text("""
    UPDATE plan SET state = :state, version = version + 1 WHERE id = :id RETURNING version
""")
RENEW = text("UPDATE plan SET outdated_by = NULL WHERE id = :id")
OPEN = text("""
    SELECT id FROM plan WHERE year = :year AND half = :half AND round = :round
    AND state IN ('draft', 'solved') ORDER BY created_at LIMIT 1
""")
STANDING = text("""
    SELECT DISTINCT year, half, round FROM plan WHERE state IN ('solved', 'published')
    ORDER BY year, half, round
""")
OUTDATE = text("""
    UPDATE plan SET outdated_by = CAST(:cause AS jsonb), version = version + 1
    WHERE state IN ('solved', 'published') AND outdated_by IS NULL
""")
SUPERSEDE = text("""
    UPDATE plan SET state = 'superseded', version = version + 1
    WHERE year = :year AND half = :half AND round = :round AND state = 'published' AND id <> :id
""")
PUBLISHED = text("""
    SELECT id FROM plan WHERE year = :year AND half = :half AND round = :round
    AND state = 'published' ORDER BY created_at DESC LIMIT 1
""")
ADD_REVISION = text("""
    INSERT INTO plan_revision (plan, revision, basis, result, author)
    SELECT :plan, coalesce(max(revision), 0) + 1, CAST(:basis AS jsonb), CAST(:result AS jsonb),
        :author FROM plan_revision WHERE plan = :plan
    RETURNING revision
""")
REVISION = text("""
    SELECT revision, basis, result, author, created_at FROM plan_revision
    WHERE plan = :plan AND (CAST(:revision AS integer) IS NULL OR revision = :revision)
    ORDER BY revision DESC LIMIT 1
""")
ADD_OVERRIDE = text("""
    INSERT INTO plan_override (id, plan, teacher, session, act, author, reason)
    VALUES (:id, :plan, :teacher, :session, :act, :author, :reason)
""")
OVERRIDES = text("""
    SELECT id, teacher, session, act, author, reason, created_at FROM plan_override
    WHERE plan = :plan AND (CAST(:created_at AS timestamptz) IS NULL
        OR (created_at, id) > (:created_at, CAST(:id AS uuid)))
    ORDER BY created_at, id LIMIT CAST(:limit AS bigint)
""")


async def add(
    session: AsyncSession,
    year: str,
    half: int,
    round_: int,
    proposed_by: str,
    lottery_seed: int | None = None,
) -> UUID:
    """Add a draft plan and return its id."""
    plan_id = uuid4()
    row = {"id": plan_id, "year": year, "half": half, "round": round_, "proposed_by": proposed_by}
    await session.execute(ADD, {**row, "lottery_seed": lottery_seed})
    return plan_id


async def find(session: AsyncSession, plan_id: UUID, *, lock: bool = False) -> RowMapping | None:
    """Return a plan or None; `lock` holds it until the transaction ends."""
    found = await session.execute(FIND_LOCKED if lock else FIND, {"id": plan_id})
    return found.mappings().one_or_none()


async def listed(
    session: AsyncSession, year: str | None, after: Sequence[Any] | None, limit: int
) -> Sequence[RowMapping]:
    """Return plans, newest first, after a key of (created_at, id)."""
    created_at, plan_id = after or (None, None)
    row = {"year": year, "created_at": created_at, "id": plan_id, "limit": limit}
    return (await session.execute(LIST, row)).mappings().all()


async def change(session: AsyncSession, plan_id: UUID, state: str) -> int:
    """Set the state and return the new version."""
    found = await session.execute(CHANGE, {"id": plan_id, "state": state})
    return int(found.scalar_one())


async def open_plan(session: AsyncSession, year: str, half: int, round_: int) -> UUID | None:
    """Return the plan of a half-year that is not published yet, if any."""
    found = await session.execute(OPEN, {"year": year, "half": half, "round": round_})
    return found.scalar_one_or_none()


async def standing(session: AsyncSession) -> Sequence[tuple[str, int, int]]:
    """Return (year, half, round) of every solved or published plan."""
    return [(r.year, r.half, r.round) for r in await session.execute(STANDING)]


async def outdate(session: AsyncSession, cause: Mapping[str, object]) -> int:
    """Mark the solved and published plans that are not marked yet; return how many."""
    done = await session.execute(OUTDATE, {"cause": json.dumps(cause, ensure_ascii=False)})
    return int(getattr(done, "rowcount", 0))


async def supersede(session: AsyncSession, plan: RowMapping) -> None:
    """Let earlier published plans of the same half-year and round give way."""
    row = {name: plan[name] for name in ("year", "half", "round", "id")}
    await session.execute(SUPERSEDE, row)


async def published(session: AsyncSession, year: str, half: int, round_: int) -> UUID | None:
    """Return the published plan of a half-year and round, if any."""
    found = await session.execute(PUBLISHED, {"year": year, "half": half, "round": round_})
    return found.scalar_one_or_none()


async def add_revision(
    session: AsyncSession,
    plan_id: UUID,
    basis: Mapping[str, object],
    result: Mapping[str, object],
    author: str,
) -> int:
    """Add a revision, which is up to date, and return its number; hold the plan's row."""
    await session.execute(RENEW, {"id": plan_id})
    row = {
        "plan": plan_id,
        "basis": json.dumps(basis, ensure_ascii=False),
        "result": json.dumps(result, ensure_ascii=False),
        "author": author,
    }
    return int((await session.execute(ADD_REVISION, row)).scalar_one())


async def revision(
    session: AsyncSession, plan_id: UUID, number: int | None = None
) -> RowMapping | None:
    """Return a revision of a plan, by default the latest."""
    found = await session.execute(REVISION, {"plan": plan_id, "revision": number})
    return found.mappings().one_or_none()


async def add_override(session: AsyncSession, row: Mapping[str, object]) -> UUID:
    """Add a decision about a plan and return its id."""
    override_id = uuid4()
    await session.execute(ADD_OVERRIDE, {**row, "id": override_id})
    return override_id


async def overrides(
    session: AsyncSession,
    plan_id: UUID,
    after: tuple[datetime, UUID] | None = None,
    limit: int | None = None,
) -> Sequence[RowMapping]:
    """Return the decisions about a plan after a key of (created_at, id), oldest first.

    Without a limit, all.
    """
    created_at, key = after or (None, None)
    row = {"plan": plan_id, "created_at": created_at, "id": key, "limit": limit}
    return (await session.execute(OVERRIDES, row)).mappings().all()
