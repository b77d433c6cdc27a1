"""Let a quota leave the number of people outside to be counted by diplomas."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column(
        "quota", "outside", existing_type=sa.INTEGER(), nullable=True, schema="olympiads"
    )


def downgrade() -> None:
    op.alter_column(
        "quota", "outside", existing_type=sa.INTEGER(), nullable=False, schema="olympiads"
    )
