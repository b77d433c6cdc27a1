"""Count the failures of a webhook's receiver in a row, and pause one that keeps failing."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "webhook",
        sa.Column("failures", sa.BigInteger(), nullable=False, server_default=sa.text("0")),
        schema="gateway",
    )
    op.add_column(
        "webhook",
        sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True),
        schema="gateway",
    )


def downgrade() -> None:
    op.drop_column("webhook", "paused_until", schema="gateway")
    op.drop_column("webhook", "failures", schema="gateway")
