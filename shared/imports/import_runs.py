"""The rows of `import_run` and its parts: an import's state, waiting body and rejected rows."""

import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db import Database
from shared.imports.foreign_rows import codes_of
from shared.imports.ipc import RejectedRow
from shared.territories import Territories

ACCEPTED, RUNNING, DONE, REJECTED, FAILED = "accepted", "running", "done", "rejected", "failed"
RECEIVING, CANCELLED = "receiving", "cancelled"
FINAL = (DONE, REJECTED, FAILED, CANCELLED)

CREATE = text("""
    INSERT INTO import_run (id, kind, mode, slice, dry_run, atomic, format, charset, sheet,
        subject, actor, territories, territory, status, reverts)
    VALUES (:id, :kind, :mode, CAST(:slice AS jsonb), :dry_run, :atomic, :format, :charset,
        :sheet, :subject, :actor, :territories, :territory, :status, :reverts)
""")
RECEIVED = text("""
    UPDATE import_run SET status = :status, sha256 = :sha256, size = :size, job_id = :job_id
    WHERE id = :id
""")
BEGIN = text("UPDATE import_run SET status = 'running' WHERE id = :id")
FINISH = text("""
    UPDATE import_run SET status = :status, revision = :revision, known_at = :known_at,
        report = CAST(:report AS jsonb), problem = CAST(:problem AS jsonb),
        finished_at = clock_timestamp() WHERE id = :id
""")
NEXT_REVISION = text("SELECT coalesce(max(revision), 0) + 1 FROM import_run")
INSTANT = text("SELECT clock_timestamp()")
SHOW = text("""
    SELECT run.*, job.state AS job_state, later.id AS reverted_by FROM import_run AS run
    LEFT JOIN job ON job.id = run.job_id LEFT JOIN import_run AS later ON later.reverts = run.id
    WHERE run.id = :id
""")
LIST = text("""
    SELECT run.*, job.state AS job_state, later.id AS reverted_by FROM import_run AS run
    LEFT JOIN job ON job.id = run.job_id LEFT JOIN import_run AS later ON later.reverts = run.id
    WHERE run.status <> 'receiving'
    AND (CAST(:subject AS text) IS NULL OR run.subject = :subject)
    AND (:codes = '^' OR NOT EXISTS (
        SELECT FROM unnest(run.territories) AS code WHERE code !~ :codes))
    AND (CAST(:created_at AS timestamptz) IS NULL
         OR (run.created_at, run.id) < (:created_at, CAST(:id AS uuid)))
    ORDER BY run.created_at DESC, run.id DESC LIMIT :limit
""")
KEEP_PART = {
    "import_body": text("INSERT INTO import_body VALUES (:id, :part, :content)"),
    "import_rejected": text("INSERT INTO import_rejected VALUES (:id, :part, :content)"),
}
READ_PART = {
    "import_body": text("SELECT content FROM import_body WHERE import_id = :id AND part = :part"),
    "import_rejected": text(
        "SELECT content FROM import_rejected WHERE import_id = :id AND part = :part"
    ),
}
DROP_BODY = text("DELETE FROM import_body WHERE import_id = :id")
DROP_RUN = text("DELETE FROM import_run WHERE id = :id")
END_CANCELLED = text("""
    UPDATE import_run AS run SET status = 'cancelled', finished_at = job.finished_at FROM job
    WHERE job.id = run.job_id AND job.state = 'cancelled' AND run.status IN ('accepted', 'running')
    RETURNING run.id
""")
STORED_BYTES = text("""
    SELECT coalesce(sum(octet_length(body.content)), 0) FROM import_body AS body
    JOIN import_run AS run ON run.id = body.import_id WHERE run.subject = :subject
""")
PART_ROWS = 2000
SECOND_READING = 1_000_000_000
"""The first part of the rejected rows that a second reading finds."""

Part = msgspec.msgpack.Decoder(list[RejectedRow])


async def create(session: AsyncSession, row: Mapping[str, object]) -> None:
    """Record an import that begins; `slice` is a mapping."""
    given = {
        "reverts": None,
        "sheet": None,
        **row,
        "slice": json.dumps(row["slice"], ensure_ascii=False),
    }
    await session.execute(CREATE, given)


async def mark_received(
    session: AsyncSession, run_id: UUID, status: str, sha256: str, size: int, job_id: UUID | None
) -> None:
    """Record that the whole body has come."""
    row = {"id": run_id, "status": status, "sha256": sha256, "size": size, "job_id": job_id}
    await session.execute(RECEIVED, row)


async def begin(session: AsyncSession, run_id: UUID) -> None:
    """Record that a worker took an import up."""
    await session.execute(BEGIN, {"id": run_id})


async def finish(
    session: AsyncSession,
    run_id: UUID,
    status: str,
    *,
    report: Mapping[str, object] | None = None,
    problem: Mapping[str, object] | None = None,
    revision: int | None = None,
    known_at: object = None,
) -> None:
    """Record how an import ended, and forget its waiting body."""
    row = {
        "id": run_id,
        "status": status,
        "revision": revision,
        "known_at": known_at,
        "report": None if report is None else json.dumps(report, ensure_ascii=False),
        "problem": None if problem is None else json.dumps(problem, ensure_ascii=False),
    }
    await session.execute(FINISH, row)
    await session.execute(DROP_BODY, {"id": run_id})


async def next_revision(session: AsyncSession) -> int:
    """Return the number of the next data revision of this service; hold the `imports` lock."""
    return int((await session.execute(NEXT_REVISION)).scalar_one())


async def current_instant(session: AsyncSession) -> Any:
    """Return the server's present instant."""
    return (await session.execute(INSTANT)).scalar_one()


async def get(session: AsyncSession, run_id: UUID) -> Mapping[str, Any] | None:
    """Return one import with the state of its job, or None."""
    row = (await session.execute(SHOW, {"id": run_id})).mappings().one_or_none()
    return None if row is None else dict(row)


async def list_runs(
    session: AsyncSession,
    after: Sequence[str] | None,
    limit: int,
    subject: str | None,
    territories: Territories,
) -> list[Mapping[str, Any]]:
    """Return imports of a client (of all without one), newest first, after (created_at, id).

    Those of a sender bound to more than these territories are left out.
    """
    created_at = datetime.fromisoformat(after[0]) if after else None
    run_id = UUID(after[1]) if after else None
    key = {"created_at": created_at, "id": run_id}
    asked = {"limit": limit, "subject": subject, "codes": codes_of(territories)}
    rows = await session.execute(LIST, {**key, **asked})
    return [dict(row) for row in rows.mappings()]


async def keep_part(
    session: AsyncSession, table: str, run_id: UUID, part: int, content: bytes
) -> None:
    """Store one part of a body or of the rejected rows."""
    await session.execute(KEEP_PART[table], {"id": run_id, "part": part, "content": content})


async def stored_bytes(session: AsyncSession, subject: str) -> int:
    """Return the size of a client's bodies that wait for their import or still arrive."""
    return int((await session.execute(STORED_BYTES, {"subject": subject})).scalar_one())


async def keep_rejected(
    session: AsyncSession, run_id: UUID, part: int, rows: list[RejectedRow]
) -> None:
    """Store rejected rows for the annotated file."""
    await keep_part(session, "import_rejected", run_id, part, msgspec.msgpack.encode(rows))


async def parts(db: Database, table: str, run_id: UUID, part: int = 0) -> AsyncGenerator[bytes]:
    """Yield the stored parts in order from one on, each read in a transaction of its own."""
    while True:
        async with db.reading() as session:
            row = {"id": run_id, "part": part}
            content = (await session.execute(READ_PART[table], row)).scalar_one_or_none()
        if content is None:
            return
        yield bytes(content)
        part += 1


async def rejected_rows(db: Database, run_id: UUID) -> AsyncGenerator[RejectedRow]:
    """Yield the rejected rows of an import in the order of the file.

    The rows that were found in a second reading, those that share a key, are held apart; two parts
    are in memory at a time.
    """
    first, second = _rejected(db, run_id, 0), _rejected(db, run_id, SECOND_READING)
    one, two = await anext(first, None), await anext(second, None)
    while one is not None or two is not None:
        if two is None or (one is not None and one.row <= two.row):
            if one is not None:
                yield one
            one = await anext(first, None)
        else:
            yield two
            two = await anext(second, None)


async def _rejected(db: Database, run_id: UUID, part: int) -> AsyncGenerator[RejectedRow]:
    async for content in parts(db, "import_rejected", run_id, part):
        for row in Part.decode(content):
            yield row


async def delete(session: AsyncSession, run_id: UUID) -> None:
    """Remove an import that never began."""
    await session.execute(DROP_RUN, {"id": run_id})


async def end_cancelled(session: AsyncSession) -> None:
    """Record the end of imports whose job was cancelled, and forget their waiting bodies."""
    for run_id in (await session.execute(END_CANCELLED)).scalars().all():
        await session.execute(DROP_BODY, {"id": run_id})
