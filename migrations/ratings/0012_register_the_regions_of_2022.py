"""Register the four regions of October 2022 with the day since which they exist.

A database made since has them from the file of revision 0004; whoever imported them keeps theirs.
"""

import csv
import json
from datetime import date
from pathlib import Path

import sqlalchemy as sa
from alembic import op

from shared.imports.names import fold_name

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

FILE = Path(__file__).parents[2] / "services" / "ratings" / "data" / "territories.csv"
TERRITORY = sa.text("""
    INSERT INTO ratings.territory (code, kind, parent, title, register_name, okato, code_confirmed,
        valid_from)
    VALUES (:code, :kind, :parent, :title, :register_name, :okato, false, :since)
    ON CONFLICT (code) DO NOTHING RETURNING id
""")
ALIAS = sa.text("""
    INSERT INTO ratings.territory_alias (folded, alias, territory)
    VALUES (:folded, :alias, :code) ON CONFLICT DO NOTHING
""")
RECORD = sa.text("""
    INSERT INTO ratings.territory_record (code, kind, parent, title, register_name, okato,
        code_confirmed, valid_from, successors, names, known_from, known_to, import_id, import_row)
    VALUES (:code, :kind, :parent, :title, :register_name, :okato, false, :since, '[]',
        CAST(:names AS jsonb), '2022-12-01 00:00:00+00', 'infinity',
        '00000000-0000-0000-0000-000000000000', :id)
""")


def upgrade() -> None:
    with FILE.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            if row["valid_from"]:
                register(row)


def downgrade() -> None:
    """Keep the regions: what was imported of them refers to them."""


def register(row: dict[str, str]) -> None:
    names = (row["title"], row["register_name"], *row["aliases"].split("|"))
    folded = {fold_name(name): name for name in reversed(names) if name}
    told = {
        **{name: row[name] for name in ("code", "kind", "parent", "title", "register_name")},
        "okato": row["okato"],
        "since": date.fromisoformat(row["valid_from"]),
    }
    added = op.get_bind().execute(TERRITORY, told).scalar_one_or_none()
    if added is None:
        return
    for key, name in folded.items():
        op.get_bind().execute(ALIAS, {"folded": key, "alias": name, "code": row["code"]})
    pairs = json.dumps(sorted(folded.items()), ensure_ascii=False)
    op.get_bind().execute(RECORD, {**told, "names": pairs, "id": added})
