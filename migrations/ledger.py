"""The tables of claims, facts and findings, alike in the services that keep them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.grants import append_only


def create_ledger(schema: str) -> None:
    """Create the tables, in the order of their references."""
    for create in (
        _assumption,
        _claim,
        _claim_correction,
        _document_context,
        _document_fact,
        _finding,
        _finding_history,
    ):
        create(schema)
    append_only(schema, "claim_correction", "finding_history")


def drop_ledger(schema: str) -> None:
    """Drop them again."""
    op.drop_index(
        op.f("ix_finding_history_finding_id"), table_name="finding_history", schema=schema
    )
    op.drop_table("finding_history", schema=schema)
    op.drop_index(op.f("ix_finding_origin"), table_name="finding", schema=schema)
    op.drop_index("ix_finding_order", table_name="finding", schema=schema)
    op.drop_table("finding", schema=schema)
    op.drop_table("document_fact", schema=schema)
    op.drop_table("document_context", schema=schema)
    op.drop_index(
        op.f("ix_claim_correction_claim_id"), table_name="claim_correction", schema=schema
    )
    op.drop_table("claim_correction", schema=schema)
    op.drop_index("ix_claim_document", table_name="claim", schema=schema)
    op.drop_table("claim", schema=schema)
    op.drop_table("assumption", schema=schema)


def _assumption(schema: str) -> None:
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
        schema=schema,
    )


def _claim(schema: str) -> None:
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
        schema=schema,
    )
    op.create_index("ix_claim_document", "claim", ["document", "id"], unique=False, schema=schema)


def _claim_correction(schema: str) -> None:
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
        schema=schema,
    )
    op.create_index(
        op.f("ix_claim_correction_claim_id"),
        "claim_correction",
        ["claim_id"],
        unique=False,
        schema=schema,
    )


def _document_context(schema: str) -> None:
    op.create_table(
        "document_context",
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("members", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("import_id", sa.UUID(), nullable=False),
        sa.PrimaryKeyConstraint("document", name=op.f("pk_document_context")),
        schema=schema,
    )


def _document_fact(schema: str) -> None:
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
        schema=schema,
    )


def _finding(schema: str) -> None:
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
        schema=schema,
    )
    op.create_index(
        "ix_finding_order", "finding", ["rank", "rule", "id"], unique=False, schema=schema
    )
    op.create_index(op.f("ix_finding_origin"), "finding", ["origin"], unique=False, schema=schema)


def _finding_history(schema: str) -> None:
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
        schema=schema,
    )
    op.create_index(
        op.f("ix_finding_history_finding_id"),
        "finding_history",
        ["finding_id"],
        unique=False,
        schema=schema,
    )
