"""Imports and the ledger."""

from migrations.imports import create_imports, drop_imports
from migrations.ledger import create_ledger, drop_ledger

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_ledger("training")
    create_imports("training")


def downgrade() -> None:
    drop_imports("training")
    drop_ledger("training")
