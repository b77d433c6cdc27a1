"""Index answered requests by their instant, so that old ones are found without a scan."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_seen_request_at"), "seen_request", ["at"], schema="gateway")


def downgrade() -> None:
    op.drop_index(op.f("ix_seen_request_at"), table_name="seen_request", schema="gateway")
