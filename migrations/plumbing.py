"""The tables of jobs, events and idempotent answers, alike in every schema (revision 0001)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql


def create_plumbing(schema: str) -> None:
    """Create the tables that every service has."""
    for create in (_cursor, _idempotency, _inbox, _job, _job_indexes, _outbox):
        create(schema)


def drop_plumbing(schema: str) -> None:
    """Drop them again, indexes first."""
    op.drop_index(
        "ix_outbox_unplaced",
        table_name="outbox",
        schema=schema,
        postgresql_where=sa.text("position IS NULL"),
    )
    op.drop_table("outbox", schema=schema)
    op.drop_index(
        "uq_job_running_scope",
        table_name="job",
        schema=schema,
        postgresql_where=sa.text("state = 'running'"),
    )
    op.drop_index(
        "uq_job_queued_scope",
        table_name="job",
        schema=schema,
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.drop_index("ix_job_state", table_name="job", schema=schema)
    op.drop_table("job", schema=schema)
    op.drop_table("inbox", schema=schema)
    op.drop_table("idempotency", schema=schema)
    op.drop_table("cursor", schema=schema)


def _cursor(schema: str) -> None:
    op.create_table(
        "cursor",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("contacted_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_cursor")),
        schema=schema,
    )


def _idempotency(schema: str) -> None:
    op.create_table(
        "idempotency",
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("client", "route", "key", name=op.f("pk_idempotency")),
        schema=schema,
    )


def _inbox(schema: str) -> None:
    op.create_table(
        "inbox",
        sa.Column("event_id", sa.UUID(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("event", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_inbox")),
        schema=schema,
    )


def _job(schema: str) -> None:
    op.create_table(
        "job",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("args", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), server_default="queued", nullable=False),
        sa.Column("attempt", sa.Integer(), server_default="0", nullable=False),
        sa.Column("crashes", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "cancel_requested", sa.Boolean(), server_default=sa.text("false"), nullable=False
        ),
        sa.Column("progress_done", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("progress_total", sa.BigInteger(), nullable=True),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("error", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("caller", sa.Text(), nullable=True),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("lease_owner", sa.Text(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "run_after",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("rung_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        schema=schema,
    )


def _job_indexes(schema: str) -> None:
    op.create_index("ix_job_state", "job", ["state", "created_at"], unique=False, schema=schema)
    op.create_index(
        "uq_job_queued_scope",
        "job",
        ["kind", "scope"],
        unique=True,
        schema=schema,
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.create_index(
        "uq_job_running_scope",
        "job",
        ["kind", "scope"],
        unique=True,
        schema=schema,
        postgresql_where=sa.text("state = 'running'"),
    )


def _outbox(schema: str) -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("event_id", sa.UUID(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=True),
        sa.Column(
            "occurred_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("event_id", name=op.f("uq_outbox_event_id")),
        sa.UniqueConstraint("position", name=op.f("uq_outbox_position")),
        schema=schema,
    )
    op.create_index(
        "ix_outbox_unplaced",
        "outbox",
        ["id"],
        unique=False,
        schema=schema,
        postgresql_where=sa.text("position IS NULL"),
    )
