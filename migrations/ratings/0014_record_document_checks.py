"""Record the checks of source documents; queue the check of those stored before."""

from migrations.document_checks import create_document_checks, drop_document_checks

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_document_checks("ratings")


def downgrade() -> None:
    drop_document_checks("ratings")
