"""Keep the order in force for a season, an edition a row."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "season_rules",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("season", sa.Text(), nullable=False),
        sa.Column("order_title", sa.Text(), nullable=False),
        sa.Column("order_date", sa.Date(), nullable=False),
        sa.Column("edition", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["season"], ["olympiads.season.code"], name=op.f("fk_season_rules_season_season")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_season_rules")),
        schema="olympiads",
    )
    op.create_index(op.f("ix_season_rules_season"), "season_rules", ["season"], schema="olympiads")


def downgrade() -> None:
    op.drop_table("season_rules", schema="olympiads")
