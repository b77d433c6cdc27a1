"""The table of checks of source documents, alike in the services that keep a ledger."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

# The name of a schema is one of ours and cannot be a bound value.
QUEUE = """
    INSERT INTO {schema}.job (id, kind, scope, args)
    SELECT gen_random_uuid(), 'recheck_findings', document,
        jsonb_build_object('document', document)
    FROM (
        SELECT document FROM {schema}.claim WHERE known_to = 'infinity'
        UNION SELECT document FROM {schema}.assumption WHERE known_to = 'infinity'
    ) AS stored
    ON CONFLICT (kind, scope) WHERE state = 'queued' DO NOTHING
"""


def create_document_checks(schema: str) -> None:
    """Create the table and queue the check of every document stored before."""
    op.create_table(
        "document_check",
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column(
            "checked_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("rules_failed", ARRAY(sa.Text()), nullable=False),
        sa.Column("rules", JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("unchecked", JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("document", name=op.f("pk_document_check")),
        schema=schema,
    )
    op.execute(sa.text(QUEUE.format(schema=schema)))


def drop_document_checks(schema: str) -> None:
    """Drop the table; the queued checks stay."""
    op.drop_table("document_check", schema=schema)
