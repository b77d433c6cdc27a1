"""Let the server see to it that no published figure is changed and no revision removed."""

from migrations.grants import append_only, changeable, kept

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    append_only("ratings", "rating_unit", "rating_declared")
    kept("ratings", "rating_revision")


def downgrade() -> None:
    changeable("ratings", "rating_unit", "rating_declared", "rating_revision")
