"""Fill the registry that comes with the system: territories, programmes, passports, methodologies.

The files are those of `services/ratings/data`; what is loaded here can afterwards be changed only
through the service.
"""

import csv
import json
from datetime import date
from pathlib import Path

import sqlalchemy as sa
from alembic import op

from shared.clock import now
from shared.imports.names import fold_name

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

DATA = Path(__file__).parents[2] / "services" / "ratings" / "data"
FILLED = (
    "methodology",
    "indicator",
    "programme_peers",
    "programme",
    "territory_alias",
    "territory",
)


def upgrade() -> None:
    territories = rows_of("territories.csv")
    insert("territory", [territory(row) for row in territories])
    insert("territory_alias", [alias for row in territories for alias in aliases(row)])
    programmes = rows_of("programmes.csv")
    insert("programme", [{**row, "computed": row["computed"] == "yes"} for row in programmes])
    insert(
        "programme_peers",
        [{**row, "peers": int(str(row["peers"]))} for row in rows_of("peers.csv")],
    )
    insert("indicator", [passport(row) for row in rows_of("indicators.csv")])
    insert("methodology", [methodology(path) for path in sorted(DATA.glob("methodologies/*.json"))])


def downgrade() -> None:
    op.execute("TRUNCATE " + ", ".join(f"ratings.{name}" for name in FILLED) + " CASCADE")


def insert(name: str, rows: list[dict[str, object]]) -> None:
    table = sa.Table(name, sa.MetaData(), autoload_with=op.get_bind(), schema="ratings")
    op.bulk_insert(table, rows)


def rows_of(name: str) -> list[dict[str, object]]:
    with (DATA / name).open(encoding="utf-8", newline="") as stream:
        return [
            {column: cell or None for column, cell in row.items()} for row in csv.DictReader(stream)
        ]


def territory(row: dict[str, object]) -> dict[str, object]:
    kept = {column: cell for column, cell in row.items() if column != "aliases"}
    since = row["valid_from"]
    return {
        **kept,
        "code_confirmed": row["code_confirmed"] == "yes",
        "valid_from": None if since is None else date.fromisoformat(str(since)),
    }


def aliases(row: dict[str, object]) -> list[dict[str, object]]:
    names = (row["title"], row["register_name"], *str(row["aliases"] or "").split("|"))
    folded = {fold_name(str(name)): str(name) for name in reversed(names) if name}
    return [{"folded": key, "alias": folded[key], "territory": row["code"]} for key in folded]


def passport(row: dict[str, object]) -> dict[str, object]:
    topics = [topic for topic in str(row["topics"] or "").split("|") if topic]
    return {**row, "digits": int(str(row["digits"])), "topics": topics}


def methodology(path: Path) -> dict[str, object]:
    document = json.loads(path.read_text(encoding="utf-8"))
    return {
        "programme": document["programme"],
        "version": document["version"],
        "state": "published",
        "document": document,
        "published_at": now(),
    }
