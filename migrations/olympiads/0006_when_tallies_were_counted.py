"""Remember which import the stored tallies were counted after."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "cell_tally",
        sa.Column("known_at", sa.DateTime(timezone=True), nullable=True),
        schema="olympiads",
    )


def downgrade() -> None:
    op.drop_column("cell_tally", "known_at", schema="olympiads")
