"""What a request cost, under which template; clients may have a cost quota of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "client",
        sa.Column("cost_units_per_minute", sa.BigInteger(), nullable=True),
        schema="gateway",
    )
    op.add_column(
        "seen_request",
        sa.Column("cost", sa.BigInteger(), server_default="1", nullable=False),
        schema="gateway",
    )
    op.add_column("seen_request", sa.Column("route", sa.Text(), nullable=True), schema="gateway")
    op.create_index(
        "ix_seen_request_client", "seen_request", ["client", "at", "id"], schema="gateway"
    )


def downgrade() -> None:
    op.drop_index("ix_seen_request_client", table_name="seen_request", schema="gateway")
    op.drop_column("seen_request", "route", schema="gateway")
    op.drop_column("seen_request", "cost", schema="gateway")
    op.drop_column("client", "cost_units_per_minute", schema="gateway")
