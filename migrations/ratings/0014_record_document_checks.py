"""Record the checks of source documents; queue the check of those stored before."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

QUEUE = sa.text("""
    INSERT INTO ratings.job (id, kind, scope, args)
    SELECT gen_random_uuid(), 'recheck_findings', document,
        jsonb_build_object('document', document)
    FROM (
        SELECT document FROM ratings.claim WHERE known_to = 'infinity'
        UNION SELECT document FROM ratings.assumption WHERE known_to = 'infinity'
    ) AS stored
    ON CONFLICT (kind, scope) WHERE state = 'queued' DO NOTHING
""")


def upgrade() -> None:
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
        schema="ratings",
    )
    op.execute(QUEUE)


def downgrade() -> None:
    op.drop_table("document_check", schema="ratings")
