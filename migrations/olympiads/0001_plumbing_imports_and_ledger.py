"""Make the tables of the plumbing, the imports and the ledger."""

from migrations.imports import create_imports, drop_imports
from migrations.ledger import create_ledger, drop_ledger
from migrations.plumbing import create_plumbing, drop_plumbing

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_plumbing("olympiads")
    create_ledger("olympiads")
    create_imports("olympiads")


def downgrade() -> None:
    drop_imports("olympiads")
    drop_ledger("olympiads")
    drop_plumbing("olympiads")
