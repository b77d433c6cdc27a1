"""Keep what imports say of territories, let codes be corrected and names be shared."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

REFERENCES = (
    ("territory", "parent", "fk_territory_parent_territory"),
    ("territory_alias", "territory", "fk_territory_alias_territory_territory"),
    ("territory_successor", "territory", "fk_territory_successor_territory_territory"),
    ("territory_successor", "successor", "fk_territory_successor_successor_territory"),
)
FILL = """
    INSERT INTO ratings.territory_record (code, kind, parent, title, register_name, okato,
        iso_code, code_confirmed, valid_from, valid_to, successors, names, known_from, known_to,
        import_id, import_row)
    SELECT code, kind, parent, title, register_name, okato, iso_code, code_confirmed, valid_from,
        valid_to, '[]', coalesce((
            SELECT jsonb_agg(jsonb_build_array(folded, alias) ORDER BY folded COLLATE "C")
            FROM ratings.territory_alias WHERE territory_alias.territory = territory.code), '[]'),
        '2022-12-01 00:00:00+00', 'infinity', '00000000-0000-0000-0000-000000000000', id
    FROM ratings.territory
"""


def upgrade() -> None:
    refer(onupdate="CASCADE")
    op.drop_column("territory_successor", "since", schema="ratings")
    op.drop_constraint("pk_territory_alias", "territory_alias", schema="ratings")
    columns = ["folded", "territory"]
    op.create_primary_key("pk_territory_alias", "territory_alias", columns, schema="ratings")
    op.create_table(
        "territory_record",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("parent", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("register_name", sa.Text(), nullable=True),
        sa.Column("okato", sa.Text(), nullable=True),
        sa.Column("iso_code", sa.Text(), nullable=True),
        sa.Column("code_confirmed", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("successors", postgresql.JSONB(), nullable=False),
        sa.Column("replaces", sa.Text(), nullable=True),
        sa.Column("names", postgresql.JSONB(), nullable=False),
        sa.Column("known_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("known_to", sa.DateTime(timezone=True), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("import_row", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code", "known_to", name="pk_territory_record"),
        schema="ratings",
    )
    op.execute(FILL)


def downgrade() -> None:
    op.drop_table("territory_record", schema="ratings")
    op.execute(
        "DELETE FROM ratings.territory_alias AS one USING ratings.territory_alias AS other"
        " WHERE one.folded = other.folded AND one.territory > other.territory"
    )
    op.drop_constraint("pk_territory_alias", "territory_alias", schema="ratings")
    op.create_primary_key("pk_territory_alias", "territory_alias", ["folded"], schema="ratings")
    since = sa.Column("since", sa.Date(), nullable=False, server_default="1970-01-01")
    op.add_column("territory_successor", since, schema="ratings")
    op.alter_column("territory_successor", "since", server_default=None, schema="ratings")
    refer(onupdate=None)


def refer(onupdate: str | None) -> None:
    for table, column, name in REFERENCES:
        op.drop_constraint(name, table, schema="ratings")
        op.create_foreign_key(
            name,
            table,
            "territory",
            [column],
            ["code"],
            source_schema="ratings",
            referent_schema="ratings",
            onupdate=onupdate,
        )
