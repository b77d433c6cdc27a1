"""Let the server see to it that no published document is removed; a withdrawal marks it."""

from migrations.grants import changeable, kept

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    kept("olympiads", "public_document")


def downgrade() -> None:
    changeable("olympiads", "public_document")
