"""Remember the newest revision of every slice of monitoring, whether or not it names weak spots."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "heard_revision",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("slice", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("source", "slice", name=op.f("pk_heard_revision")),
        schema="training",
    )
    op.execute("""
        INSERT INTO training.heard_revision (source, slice, revision)
        SELECT source, slice, max(revision) FROM training.signal GROUP BY source, slice
    """)


def downgrade() -> None:
    op.drop_table("heard_revision", schema="training")
