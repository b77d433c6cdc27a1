"""Store exposures as they were received, plans of evaluation and the effects found by them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations.grants import append_only, changeable, kept

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

NOW = sa.text("clock_timestamp()")


def upgrade() -> None:
    op.create_table(
        "exposure_revision",
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("document", JSONB(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.PrimaryKeyConstraint("measure", "revision", name=op.f("pk_exposure_revision")),
        schema="ratings",
    )
    op.create_table(
        "effect_plan",
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("document", JSONB(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("frozen_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("measure", name=op.f("pk_effect_plan")),
        schema="ratings",
    )
    op.create_table(
        "effect_revision",
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("input_hash", sa.Text(), nullable=False),
        sa.Column("content", JSONB(), nullable=False),
        sa.Column("units", JSONB(), nullable=False),
        sa.Column("source_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.PrimaryKeyConstraint("measure", "revision", name=op.f("pk_effect_revision")),
        schema="ratings",
    )
    append_only("ratings", "exposure_revision", "effect_revision")
    kept("ratings", "effect_plan")


def downgrade() -> None:
    changeable("ratings", "exposure_revision", "effect_revision", "effect_plan")
    op.drop_table("effect_revision", schema="ratings")
    op.drop_table("effect_plan", schema="ratings")
    op.drop_table("exposure_revision", schema="ratings")
