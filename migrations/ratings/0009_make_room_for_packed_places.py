"""Make room for packed places, and look a result's revision up once instead of for each unit.

Two thirds of the time of writing 40 000 units × 111 nodes went into the headers of 444 small
array elements a unit, and into the foreign key. Nothing hangs loose without the key: units are
written by the transaction that has just added their revision, and the service's role may not
remove one. Existing rows keep their arrays, and code that still runs may write more of them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

KEY = "fk_rating_unit_revision_id_rating_revision"
PLACES = ("place_from", "place_to", "group_from", "group_to")
UNPACK = """
    UPDATE ratings.rating_unit SET {column} = ARRAY(
        SELECT (SELECT sum(get_byte(places, place * width + byte) << (8 * (width - 1 - byte)))
                FROM generate_series(0, width - 1) AS byte)::integer
        FROM generate_series({nth} * nodes, ({nth} + 1) * nodes - 1) AS place ORDER BY place)
    FROM (SELECT revision_id AS revision, territory_id AS territory, cardinality(score) AS nodes,
              octet_length(places) / nullif(4 * cardinality(score), 0) AS width
          FROM ratings.rating_unit WHERE places IS NOT NULL) AS packed
    WHERE revision = revision_id AND territory = territory_id
"""


def upgrade() -> None:
    op.drop_constraint(KEY, "rating_unit", schema="ratings", type_="foreignkey")
    op.add_column("rating_unit", sa.Column("places", sa.LargeBinary()), schema="ratings")
    for column in PLACES:
        op.alter_column("rating_unit", column, nullable=True, schema="ratings")


def downgrade() -> None:
    for nth, column in enumerate(PLACES):
        op.execute(UNPACK.format(column=column, nth=nth))
        op.alter_column("rating_unit", column, nullable=False, schema="ratings")
    op.drop_column("rating_unit", "places", schema="ratings")
    op.create_foreign_key(
        KEY,
        "rating_unit",
        "rating_revision",
        ["revision_id"],
        ["id"],
        source_schema="ratings",
        referent_schema="ratings",
    )
