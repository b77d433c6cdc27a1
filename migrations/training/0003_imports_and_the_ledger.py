"""Imports and the ledger."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.grants import append_only
from shared.ledger.tables import APPEND_ONLY

revision = "0003"
down_revision = "0002"
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
        schema="training",
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
        schema="training",
    )
    op.create_index(
        "ix_claim_document", "claim", ["document", "id"], unique=False, schema="training"
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
        schema="training",
    )
    op.create_index(
        op.f("ix_claim_correction_claim_id"),
        "claim_correction",
        ["claim_id"],
        unique=False,
        schema="training",
    )
    op.create_table(
        "document_context",
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("members", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("import_id", sa.UUID(), nullable=False),
        sa.PrimaryKeyConstraint("document", name=op.f("pk_document_context")),
        schema="training",
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
        schema="training",
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
        schema="training",
    )
    op.create_index(
        "ix_finding_order", "finding", ["rank", "rule", "id"], unique=False, schema="training"
    )
    op.create_index(
        op.f("ix_finding_origin"), "finding", ["origin"], unique=False, schema="training"
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
        schema="training",
    )
    op.create_index(
        op.f("ix_finding_history_finding_id"),
        "finding_history",
        ["finding_id"],
        unique=False,
        schema="training",
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
        schema="training",
    )
    op.create_table(
        "import_body",
        sa.Column("import_id", sa.UUID(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["training.import_run.id"],
            name=op.f("fk_import_body_import_id_import_run"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("import_id", "part", name=op.f("pk_import_body")),
        schema="training",
    )
    # Compressing what is read once and deleted costs more than it saves.
    op.execute("ALTER TABLE training.import_body ALTER COLUMN content SET STORAGE EXTERNAL")
    op.create_table(
        "import_rejected",
        sa.Column("import_id", sa.UUID(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["training.import_run.id"],
            name=op.f("fk_import_rejected_import_id_import_run"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("import_id", "part", name=op.f("pk_import_rejected")),
        schema="training",
    )
    append_only("training", *APPEND_ONLY)


def downgrade() -> None:
    op.drop_table("import_rejected", schema="training")
    op.drop_table("import_body", schema="training")
    op.drop_table("import_run", schema="training")
    op.drop_index(
        op.f("ix_finding_history_finding_id"), table_name="finding_history", schema="training"
    )
    op.drop_table("finding_history", schema="training")
    op.drop_index(op.f("ix_finding_origin"), table_name="finding", schema="training")
    op.drop_index("ix_finding_order", table_name="finding", schema="training")
    op.drop_table("finding", schema="training")
    op.drop_table("document_fact", schema="training")
    op.drop_table("document_context", schema="training")
    op.drop_index(
        op.f("ix_claim_correction_claim_id"), table_name="claim_correction", schema="training"
    )
    op.drop_table("claim_correction", schema="training")
    op.drop_index("ix_claim_document", table_name="claim", schema="training")
    op.drop_table("claim", schema="training")
    op.drop_table("assumption", schema="training")
