"""Let a fact, waiting or announced, name the request that caused it."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = ("outbox", "pending_change", "change")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("request_id", sa.Text(), nullable=True), schema="gateway")
    op.create_index(
        op.f("ix_change_request_id"), "change", ["request_id"], unique=False, schema="gateway"
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_change_request_id"), table_name="change", schema="gateway")
    for table in TABLES:
        op.drop_column(table, "request_id", schema="gateway")
