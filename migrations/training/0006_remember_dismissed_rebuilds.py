"""Remember which rebuild of a route people have dismissed, so that it is not proposed again."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("route", sa.Column("dismissed", JSONB(), nullable=True), schema="training")


def downgrade() -> None:
    op.drop_column("route", "dismissed", schema="training")
