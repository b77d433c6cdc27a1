"""Outcomes of routes, the route a route follows, the error of measurement of a diagnostic."""

import sqlalchemy as sa
from alembic import op

from migrations.grants import append_only

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "route_outcome",
        sa.Column("route", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("competency", sa.Text(), nullable=False),
        sa.Column("before_diagnostic", sa.Text(), nullable=False),
        sa.Column("before_score", sa.Text(), nullable=False),
        sa.Column("before_level", sa.Text(), nullable=False),
        sa.Column("before_on", sa.Date(), nullable=False),
        sa.Column("required", sa.Text(), nullable=False),
        sa.Column("after_diagnostic", sa.Text(), nullable=False),
        sa.Column("after_score", sa.Text(), nullable=False),
        sa.Column("after_level", sa.Text(), nullable=False),
        sa.Column("after_on", sa.Date(), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("expected", sa.Text(), nullable=True),
        sa.Column("chance", sa.Float(), nullable=True),
        sa.Column(
            "measured_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("route", "version", "competency", name=op.f("pk_route_outcome")),
        schema="training",
    )
    append_only("training", "route_outcome")
    op.add_column("route", sa.Column("follows", sa.UUID(), nullable=True), schema="training")
    op.add_column("diagnostic", sa.Column("error", sa.Text(), nullable=True), schema="training")


def downgrade() -> None:
    op.drop_column("diagnostic", "error", schema="training")
    op.drop_column("route", "follows", schema="training")
    op.drop_table("route_outcome", schema="training")
