"""Name the sheet an import reads, and the import that another one reverts."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("import_run", sa.Column("sheet", sa.Text(), nullable=True), schema="training")
    op.add_column("import_run", sa.Column("reverts", sa.UUID(), nullable=True), schema="training")
    op.create_unique_constraint(
        "uq_import_run_reverts", "import_run", ["reverts"], schema="training"
    )


def downgrade() -> None:
    op.drop_constraint("uq_import_run_reverts", "import_run", schema="training")
    op.drop_column("import_run", "reverts", schema="training")
    op.drop_column("import_run", "sheet", schema="training")
