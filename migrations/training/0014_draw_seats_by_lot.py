"""Let a plan draw seats among equal teachers by lot; its seed is public."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("plan", sa.Column("lottery_seed", sa.BigInteger()), schema="training")


def downgrade() -> None:
    op.drop_column("plan", "lottery_seed", schema="training")
