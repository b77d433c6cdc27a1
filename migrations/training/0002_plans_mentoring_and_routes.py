"""Plans, mentoring and routes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.grants import append_only

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "evidence",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("route", sa.UUID(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
        schema="training",
    )
    op.create_index(
        op.f("ix_evidence_route"), "evidence", ["route"], unique=False, schema="training"
    )
    op.create_table(
        "mentoring",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("teacher", sa.Text(), nullable=False),
        sa.Column("mentor", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentoring")),
        schema="training",
    )
    op.create_index(
        "ix_mentoring_teacher",
        "mentoring",
        ["teacher", "created_at"],
        unique=False,
        schema="training",
    )
    op.create_table(
        "plan",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("year", sa.Text(), nullable=False),
        sa.Column("half", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), server_default="1", nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("outdated_by", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
        schema="training",
    )
    op.create_table(
        "plan_override",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("plan", sa.UUID(), nullable=False),
        sa.Column("teacher", sa.Text(), nullable=False),
        sa.Column("session", sa.Text(), nullable=True),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_override")),
        schema="training",
    )
    op.create_index(
        op.f("ix_plan_override_plan"), "plan_override", ["plan"], unique=False, schema="training"
    )
    op.create_table(
        "plan_revision",
        sa.Column("plan", sa.UUID(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("basis", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("plan", "revision", name=op.f("pk_plan_revision")),
        schema="training",
    )
    op.create_table(
        "route",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("tutor", sa.Text(), nullable=True),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("task", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("steps", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "uncovered",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'::jsonb"),
            nullable=False,
        ),
        sa.Column("proposal", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column(
            "changed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_route")),
        schema="training",
    )
    op.create_index("ix_route_owner", "route", ["owner"], unique=False, schema="training")
    op.create_table(
        "route_archive",
        sa.Column("route", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("route", "version", name=op.f("pk_route_archive")),
        schema="training",
    )
    op.create_table(
        "route_history",
        sa.Column("route", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column(
            "at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("route", "version", name=op.f("pk_route_history")),
        schema="training",
    )
    op.create_table(
        "signal",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("slice", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("territory", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column(
            "received_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("source", "slice", "topic", "territory", name=op.f("pk_signal")),
        schema="training",
    )
    append_only(
        "training",
        "plan_revision",
        "plan_override",
        "mentoring",
        "route_history",
        "evidence",
        "route_archive",
    )


def downgrade() -> None:
    op.drop_table("signal", schema="training")
    op.drop_table("route_history", schema="training")
    op.drop_table("route_archive", schema="training")
    op.drop_index("ix_route_owner", table_name="route", schema="training")
    op.drop_table("route", schema="training")
    op.drop_table("plan_revision", schema="training")
    op.drop_index(op.f("ix_plan_override_plan"), table_name="plan_override", schema="training")
    op.drop_table("plan_override", schema="training")
    op.drop_table("plan", schema="training")
    op.drop_index("ix_mentoring_teacher", table_name="mentoring", schema="training")
    op.drop_table("mentoring", schema="training")
    op.drop_index(op.f("ix_evidence_route"), table_name="evidence", schema="training")
    op.drop_table("evidence", schema="training")
