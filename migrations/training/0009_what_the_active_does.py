"""What the active does: assignments, groups, schools, planned staff, tasks of the roadmap."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def validity() -> list[sa.Column[object]]:
    return [
        sa.Column("known_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("known_to", sa.DateTime(timezone=True), nullable=False),
        sa.Column("import_id", sa.UUID(), nullable=False),
        sa.Column("import_row", sa.Integer(), nullable=False),
    ]


def upgrade() -> None:
    op.create_table(
        "assignment",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=True),
        sa.Column("function", sa.Text(), nullable=True),
        sa.Column("activist", sa.Text(), nullable=False),
        sa.Column("for_kind", sa.Text(), nullable=False),
        sa.Column("for_ref", sa.Text(), nullable=False),
        sa.Column("from", sa.Date(), nullable=True),
        sa.Column("to", sa.Date(), nullable=True),
        sa.Column("hours", sa.Integer(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("evidence", JSONB(), nullable=True),
        *validity(),
        sa.PrimaryKeyConstraint("code", "known_to", name=op.f("pk_assignment")),
        schema="training",
    )
    op.create_table(
        "study_group",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("leader", sa.Text(), nullable=False),
        sa.Column("members", JSONB(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("meetings", JSONB(), nullable=True),
        sa.Column("activity", sa.Text(), nullable=True),
        sa.Column("material", sa.Text(), nullable=True),
        *validity(),
        sa.PrimaryKeyConstraint("code", "known_to", name=op.f("pk_study_group")),
        schema="training",
    )
    op.create_table(
        "school",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("oktmo", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("low_share", sa.Text(), nullable=True),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("curator", sa.Text(), nullable=True),
        *validity(),
        sa.PrimaryKeyConstraint("code", "known_to", name=op.f("pk_school")),
        schema="training",
    )
    op.create_table(
        "staffing_plan",
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("planned", sa.Integer(), nullable=False),
        *validity(),
        sa.PrimaryKeyConstraint(
            "municipality", "part", "area", "known_to", name=op.f("pk_staffing_plan")
        ),
        schema="training",
    )
    op.create_table(
        "roadmap_task",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("owner_role", sa.Text(), nullable=True),
        sa.Column("term", sa.Date(), nullable=True),
        sa.Column("depends", JSONB(), nullable=True),
        sa.Column("indicator", sa.Text(), nullable=True),
        sa.Column("expected", sa.Text(), nullable=True),
        sa.Column("evidence", JSONB(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        *validity(),
        sa.PrimaryKeyConstraint("code", "known_to", name=op.f("pk_roadmap_task")),
        schema="training",
    )
    op.add_column("fixed_date", sa.Column("source", sa.Text(), nullable=True), schema="training")
    op.add_column(
        "fixed_date", sa.Column("confirmed", sa.Boolean(), nullable=True), schema="training"
    )


def downgrade() -> None:
    op.drop_column("fixed_date", "confirmed", schema="training")
    op.drop_column("fixed_date", "source", schema="training")
    op.drop_table("roadmap_task", schema="training")
    op.drop_table("staffing_plan", schema="training")
    op.drop_table("school", schema="training")
    op.drop_table("study_group", schema="training")
    op.drop_table("assignment", schema="training")
