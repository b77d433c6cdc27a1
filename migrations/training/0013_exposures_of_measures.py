"""Say whom a measure is for, how its units are chosen and what it should change; store exposures.

Every new column of `measure` may be empty: a measure without them has no exposures.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TEXTS = (
    "unit_level",
    "reached_by",
    "least_share",
    "assignment_rule",
    "assignment_why",
    "assignment_selected_on",
    "assignment_selected_period",
    "assignment_indicator",
    "assignment_period",
    "assignment_cut",
    "assignment_side",
)


def upgrade() -> None:
    for name in TEXTS:
        op.add_column("measure", sa.Column(name, sa.Text()), schema="training")
    op.add_column("measure", sa.Column("assignment_seed", sa.BigInteger()), schema="training")
    op.add_column("measure", sa.Column("outcomes", JSONB()), schema="training")
    op.create_table(
        "exposure",
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("exposed", sa.Boolean(), nullable=True),
        sa.Column("trained", sa.Integer(), nullable=True),
        sa.Column("need", sa.Integer(), nullable=True),
        sa.Column("hours", sa.Integer(), nullable=True),
        sa.Column("stratum", sa.Text(), nullable=True),
        sa.Column("neighbour", sa.Boolean(), nullable=True),
        sa.Column("known_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("known_to", sa.DateTime(timezone=True), nullable=False),
        sa.Column("import_id", sa.UUID(), nullable=False),
        sa.Column("import_row", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("measure", "unit", "period", "known_to", name=op.f("pk_exposure")),
        schema="training",
    )


def downgrade() -> None:
    op.drop_table("exposure", schema="training")
    for name in ("outcomes", "assignment_seed", *reversed(TEXTS)):
        op.drop_column("measure", name, schema="training")
