"""Store which indicators of a unit are missing and which places they could give it.

A place computed with missing values is marked; rows of before know neither and keep nulls.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("rating_unit", sa.Column("missing", sa.LargeBinary()), schema="ratings")
    op.add_column("rating_unit", sa.Column("possible", sa.LargeBinary()), schema="ratings")


def downgrade() -> None:
    op.drop_column("rating_unit", "possible", schema="ratings")
    op.drop_column("rating_unit", "missing", schema="ratings")
