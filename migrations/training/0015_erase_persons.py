"""Keep acting persons under pseudonyms, and let erasure mark texts of append-only tables."""

from alembic import op

from migrations.persons import (
    SIGNATURE,
    add_person_keys,
    add_redaction,
    allow_only,
    replace_references,
)

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

# The role may remove what belongs to a route only once the route itself is gone.
FORGET_ROUTES = """
    CREATE FUNCTION training.forget_routes()
    RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = training, pg_temp AS $$
    DECLARE removed bigint; archived bigint;
    BEGIN
        DELETE FROM evidence WHERE NOT EXISTS (SELECT FROM route WHERE id = evidence.route);
        GET DIAGNOSTICS removed = ROW_COUNT;
        DELETE FROM route_archive
            WHERE NOT EXISTS (SELECT FROM route WHERE id = route_archive.route);
        GET DIAGNOSTICS archived = ROW_COUNT;
        UPDATE route_history SET note = NULL WHERE note IS NOT NULL
            AND NOT EXISTS (SELECT FROM route WHERE id = route_history.route);
        RETURN removed + archived;
    END $$
"""


def upgrade() -> None:
    add_person_keys("training")
    add_redaction(
        "training",
        "claim_correction.basis",
        "finding_history.comment",
        "route_history.note",
        "evidence.text",
        "mentoring.reason",
        "plan_override.reason",
    )
    op.execute(FORGET_ROUTES)
    allow_only("training", "forget_routes()")
    acted = {name: ["actor"] for name in ("claim_correction", "finding_history", "import_run")}
    replace_references("training", acted)


def downgrade() -> None:
    op.execute("DROP FUNCTION training.forget_routes()")
    op.execute(f"DROP FUNCTION training.{SIGNATURE}")
    op.drop_table("person_key", schema="training")
