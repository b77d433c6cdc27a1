"""Make the tables of the plumbing, the imports and the ledger."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.grants import append_only

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "assumption",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("subject", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("default", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("locator_line", sa.Integer(), nullable=True),
        sa.Column("locator_cell", sa.Integer(), nullable=True),
        sa.Column("locator_table", sa.Text(), nullable=True),
        sa.Column("known_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("known_to", sa.DateTime(timezone=True), nullable=False),
        sa.Column("import_id", sa.UUID(), nullable=False),
        sa.Column("import_row", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", "known_to", name=op.f("pk_assumption")),
        schema="olympiads",
    )
    op.create_table(
        "claim",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("territory", sa.Text(), nullable=True),
        sa.Column("concept", sa.Text(), nullable=False),
        sa.Column("key", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("raw", sa.Text(), nullable=True),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("locator_line", sa.Integer(), nullable=True),
        sa.Column("locator_cell", sa.Integer(), nullable=True),
        sa.Column("locator_table", sa.Text(), nullable=True),
        sa.Column("known_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("known_to", sa.DateTime(timezone=True), nullable=False),
        sa.Column("import_id", sa.UUID(), nullable=False),
        sa.Column("import_row", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", "known_to", name=op.f("pk_claim")),
        schema="olympiads",
    )
    op.create_index(
        "ix_claim_document", "claim", ["document", "id"], unique=False, schema="olympiads"
    )
    op.create_table(
        "claim_correction",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("claim_id", sa.Text(), nullable=False),
        sa.Column("replaced_raw", sa.Text(), nullable=True),
        sa.Column("raw", sa.Text(), nullable=True),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.Column(
            "made_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_correction")),
        schema="olympiads",
    )
    op.create_index(
        op.f("ix_claim_correction_claim_id"),
        "claim_correction",
        ["claim_id"],
        unique=False,
        schema="olympiads",
    )
    op.create_table(
        "cursor",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("contacted_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_cursor")),
        schema="olympiads",
    )
    op.create_table(
        "document_context",
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("members", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("import_id", sa.UUID(), nullable=False),
        sa.PrimaryKeyConstraint("document", name=op.f("pk_document_context")),
        schema="olympiads",
    )
    op.create_table(
        "document_fact",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("fact", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("concept", sa.Text(), nullable=True),
        sa.Column("key", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("members", sa.Text(), nullable=True),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("known_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("known_to", sa.DateTime(timezone=True), nullable=False),
        sa.Column("import_id", sa.UUID(), nullable=False),
        sa.Column("import_row", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", "known_to", name=op.f("pk_document_fact")),
        schema="olympiads",
    )
    op.create_table(
        "finding",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("territories", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("claims", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column(
            "detected_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
        schema="olympiads",
    )
    op.create_index(
        "ix_finding_order", "finding", ["rank", "rule", "id"], unique=False, schema="olympiads"
    )
    op.create_index(
        op.f("ix_finding_origin"), "finding", ["origin"], unique=False, schema="olympiads"
    )
    op.create_table(
        "finding_history",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("finding_id", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column(
            "at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_finding_history")),
        schema="olympiads",
    )
    op.create_index(
        op.f("ix_finding_history_finding_id"),
        "finding_history",
        ["finding_id"],
        unique=False,
        schema="olympiads",
    )
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
        schema="olympiads",
    )
    op.create_table(
        "import_run",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("slice", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("dry_run", sa.Boolean(), nullable=False),
        sa.Column("atomic", sa.Boolean(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("charset", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("size", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=True),
        sa.Column("known_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("report", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("problem", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("job_id", sa.UUID(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_run")),
        sa.UniqueConstraint("revision", name=op.f("uq_import_run_revision")),
        schema="olympiads",
    )
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
        schema="olympiads",
    )
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
        schema="olympiads",
    )
    op.create_index(
        "ix_job_state", "job", ["state", "created_at"], unique=False, schema="olympiads"
    )
    op.create_index(
        "uq_job_queued_scope",
        "job",
        ["kind", "scope"],
        unique=True,
        schema="olympiads",
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.create_index(
        "uq_job_running_scope",
        "job",
        ["kind", "scope"],
        unique=True,
        schema="olympiads",
        postgresql_where=sa.text("state = 'running'"),
    )
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
        schema="olympiads",
    )
    op.create_index(
        "ix_outbox_unplaced",
        "outbox",
        ["id"],
        unique=False,
        schema="olympiads",
        postgresql_where=sa.text("position IS NULL"),
    )
    op.create_table(
        "import_body",
        sa.Column("import_id", sa.UUID(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["olympiads.import_run.id"],
            name=op.f("fk_import_body_import_id_import_run"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("import_id", "part", name=op.f("pk_import_body")),
        schema="olympiads",
    )
    # Compressing what is read once and deleted costs more than it saves.
    op.execute("ALTER TABLE olympiads.import_body ALTER COLUMN content SET STORAGE EXTERNAL")
    op.create_table(
        "import_rejected",
        sa.Column("import_id", sa.UUID(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["olympiads.import_run.id"],
            name=op.f("fk_import_rejected_import_id_import_run"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("import_id", "part", name=op.f("pk_import_rejected")),
        schema="olympiads",
    )
    append_only("olympiads", "claim_correction", "finding_history")


def downgrade() -> None:
    op.drop_table("import_rejected", schema="olympiads")
    op.drop_table("import_body", schema="olympiads")
    op.drop_index(
        "ix_outbox_unplaced",
        table_name="outbox",
        schema="olympiads",
        postgresql_where=sa.text("position IS NULL"),
    )
    op.drop_table("outbox", schema="olympiads")
    op.drop_index(
        "uq_job_running_scope",
        table_name="job",
        schema="olympiads",
        postgresql_where=sa.text("state = 'running'"),
    )
    op.drop_index(
        "uq_job_queued_scope",
        table_name="job",
        schema="olympiads",
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.drop_index("ix_job_state", table_name="job", schema="olympiads")
    op.drop_table("job", schema="olympiads")
    op.drop_table("inbox", schema="olympiads")
    op.drop_table("import_run", schema="olympiads")
    op.drop_table("idempotency", schema="olympiads")
    op.drop_index(
        op.f("ix_finding_history_finding_id"), table_name="finding_history", schema="olympiads"
    )
    op.drop_table("finding_history", schema="olympiads")
    op.drop_index(op.f("ix_finding_origin"), table_name="finding", schema="olympiads")
    op.drop_index("ix_finding_order", table_name="finding", schema="olympiads")
    op.drop_table("finding", schema="olympiads")
    op.drop_table("document_fact", schema="olympiads")
    op.drop_table("document_context", schema="olympiads")
    op.drop_table("cursor", schema="olympiads")
    op.drop_index(
        op.f("ix_claim_correction_claim_id"), table_name="claim_correction", schema="olympiads"
    )
    op.drop_table("claim_correction", schema="olympiads")
    op.drop_index("ix_claim_document", table_name="claim", schema="olympiads")
    op.drop_table("claim", schema="olympiads")
    op.drop_table("assumption", schema="olympiads")
