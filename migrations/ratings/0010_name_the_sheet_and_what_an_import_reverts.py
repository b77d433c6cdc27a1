"""Name the sheet an import reads, and the import that another one reverts."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("import_run", sa.Column("sheet", sa.Text(), nullable=True), schema="ratings")
    op.add_column("import_run", sa.Column("reverts", sa.UUID(), nullable=True), schema="ratings")
    op.create_unique_constraint(
        "uq_import_run_reverts", "import_run", ["reverts"], schema="ratings"
    )


def downgrade() -> None:
    op.drop_constraint("uq_import_run_reverts", "import_run", schema="ratings")
    op.drop_column("import_run", "reverts", schema="ratings")
    op.drop_column("import_run", "sheet", schema="ratings")
