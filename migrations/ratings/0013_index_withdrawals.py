"""Find what withdrew a revision by index."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

NAME, TABLE = "ix_rating_revision_withdraws", "rating_revision"


def upgrade() -> None:
    op.create_index(
        NAME,
        TABLE,
        ["slice_id", "withdraws"],
        schema="ratings",
        postgresql_where=sa.text("withdraws IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index(NAME, TABLE, schema="ratings")
