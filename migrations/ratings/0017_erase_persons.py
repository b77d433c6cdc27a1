"""Keep acting persons under pseudonyms, and let erasure mark texts of append-only tables."""

from alembic import op

from migrations.persons import SIGNATURE, add_person_keys, add_redaction, replace_references

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    add_person_keys("ratings")
    add_redaction("ratings", "claim_correction.basis", "finding_history.comment")
    acted = {name: ["actor"] for name in ("claim_correction", "finding_history", "import_run")}
    replace_references("ratings", acted)


def downgrade() -> None:
    op.execute(f"DROP FUNCTION ratings.{SIGNATURE}")
    op.drop_table("person_key", schema="ratings")
