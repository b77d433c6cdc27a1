"""The tables every service has in its own schema: outbox, inbox, cursor, job, idempotency.

They are declared here once; each service's `tables.py` adds them to its metadata, and its
migrations create them. The SQL that uses them is in `outbox`, `inbox`, `jobs` and
`shared.web.idempotency`.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

NOW = text("clock_timestamp()")


def add_plumbing_tables(metadata: MetaData) -> None:
    """Declare the plumbing's tables in a service's metadata."""
    _add_outbox(metadata)
    _add_inbox(metadata)
    _add_job(metadata)
    _add_idempotency(metadata)


def _instant(name: str, *, default: bool = False) -> Column[object]:
    zoned = DateTime(timezone=True)
    return Column(name, zoned, nullable=not default, server_default=NOW if default else None)


def _add_outbox(metadata: MetaData) -> None:
    outbox = Table(
        "outbox",
        metadata,
        Column("id", BigInteger, Identity(always=True), primary_key=True),
        Column("event_id", UUID(as_uuid=True), nullable=False, unique=True),
        Column("topic", Text, nullable=False),
        Column("subject", Text, nullable=False),
        Column("body", JSONB, nullable=False),
        Column("position", BigInteger, unique=True),
        Column("request_id", Text),
        _instant("occurred_at", default=True),
    )
    Index("ix_outbox_unplaced", outbox.c.id, postgresql_where=outbox.c.position.is_(None))


def _add_inbox(metadata: MetaData) -> None:
    Table(
        "inbox",
        metadata,
        Column("event_id", UUID(as_uuid=True), primary_key=True),
        Column("source", Text, nullable=False),
        Column("position", BigInteger, nullable=False),
        Column("topic", Text, nullable=False),
        Column("state", Text, nullable=False),
        Column("attempts", Integer, nullable=False, server_default="0"),
        Column("error", Text),
        Column("event", JSONB, nullable=False),
        _instant("handled_at"),
    )
    Table(
        "cursor",
        metadata,
        Column("source", Text, primary_key=True),
        Column("position", BigInteger, nullable=False),
        _instant("contacted_at"),
    )


def _add_job(metadata: MetaData) -> None:
    job = Table(
        "job",
        metadata,
        Column("id", UUID(as_uuid=True), primary_key=True),
        Column("kind", Text, nullable=False),
        Column("scope", Text, nullable=False),
        Column("args", JSONB, nullable=False),
        Column("state", Text, nullable=False, server_default="queued"),
        Column("attempt", Integer, nullable=False, server_default="0"),
        Column("crashes", Integer, nullable=False, server_default="0"),
        Column("cancel_requested", Boolean, nullable=False, server_default=text("false")),
        Column("progress_done", BigInteger, nullable=False, server_default="0"),
        Column("progress_total", BigInteger),
        Column("result", JSONB),
        Column("error", JSONB),
        Column("caller", Text),
        Column("request_id", Text),
        Column("lease_owner", Text),
        _instant("lease_until"),
        _instant("run_after", default=True),
        _instant("rung_at"),
        _instant("created_at", default=True),
        _instant("started_at"),
        _instant("finished_at"),
    )
    for state in ("queued", "running"):
        Index(
            f"uq_job_{state}_scope",
            job.c.kind,
            job.c.scope,
            unique=True,
            postgresql_where=text(f"state = '{state}'"),
        )
    Index("ix_job_state", job.c.state, job.c.created_at)


def _add_idempotency(metadata: MetaData) -> None:
    Table(
        "idempotency",
        metadata,
        Column("client", Text, primary_key=True),
        Column("route", Text, primary_key=True),
        Column("key", Text, primary_key=True),
        Column("fingerprint", Text, nullable=False),
        Column("status", Integer, nullable=False),
        Column("headers", JSONB, nullable=False),
        Column("body", LargeBinary, nullable=False),
        _instant("created_at", default=True),
    )
