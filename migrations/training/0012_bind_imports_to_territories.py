"""An import keeps within its sender's territories; those before this had no bounds."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "import_run",
        sa.Column("territories", sa.ARRAY(sa.Text()), server_default="{*}", nullable=False),
        schema="training",
    )
    op.add_column("import_run", sa.Column("territory", sa.Text(), nullable=True), schema="training")


def downgrade() -> None:
    op.drop_column("import_run", "territory", schema="training")
    op.drop_column("import_run", "territories", schema="training")
