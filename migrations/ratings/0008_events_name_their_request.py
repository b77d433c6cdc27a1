"""Let an event name the request that caused it."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("request_id", sa.Text(), nullable=True), schema="ratings")


def downgrade() -> None:
    op.drop_column("outbox", "request_id", schema="ratings")
