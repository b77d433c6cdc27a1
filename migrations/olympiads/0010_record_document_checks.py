"""Record the checks of source documents; queue the check of those stored before."""

from migrations.document_checks import create_document_checks, drop_document_checks

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_document_checks("olympiads")


def downgrade() -> None:
    drop_document_checks("olympiads")
