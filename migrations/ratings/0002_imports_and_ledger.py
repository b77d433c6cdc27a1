"""Create the tables of imports and of the ledger of claims and findings."""

from migrations.imports import create_imports, drop_imports
from migrations.ledger import create_ledger, drop_ledger

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_ledger("ratings")
    create_imports("ratings")


def downgrade() -> None:
    drop_imports("ratings")
    drop_ledger("ratings")
