"""Keep acting persons under pseudonyms, and let erasure mark texts of append-only tables."""

from alembic import op

from migrations.persons import SIGNATURE, add_person_keys, add_redaction, replace_references

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    add_person_keys("olympiads")
    add_redaction(
        "olympiads",
        "claim_correction.basis",
        "finding_history.comment",
        "threshold_step.basis",
        "threshold_step.by",
    )
    acted = {name: ["actor"] for name in ("claim_correction", "finding_history", "import_run")}
    replace_references("olympiads", acted)


def downgrade() -> None:
    op.execute(f"DROP FUNCTION olympiads.{SIGNATURE}")
    op.drop_table("person_key", schema="olympiads")
