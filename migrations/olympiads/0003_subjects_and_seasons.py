"""Fill the register of subjects with their dated names, and the programme's two seasons."""

import csv
from datetime import date
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

DATA = Path(__file__).parents[2] / "services" / "olympiads" / "data"
SEASONS = ((2021, 2022), (2022, 2023))
FILLED = ("subject_title", "subject", "season")


def upgrade() -> None:
    insert("season", [season(first, last) for first, last in SEASONS])
    insert("subject", [subject(row) for row in rows_of("subjects.csv")])
    insert("subject_title", [title(row) for row in rows_of("subject_titles.csv")])


def downgrade() -> None:
    op.execute("TRUNCATE " + ", ".join(f"olympiads.{name}" for name in FILLED) + " CASCADE")


def insert(name: str, rows: list[dict[str, object]]) -> None:
    table = sa.Table(name, sa.MetaData(), autoload_with=op.get_bind(), schema="olympiads")
    op.bulk_insert(table, rows)


def rows_of(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def season(first: int, last: int) -> dict[str, object]:
    starts, ends = date(first, 9, 1), date(last, 8, 31)
    return {"code": f"{first}-{last}", "starts": starts, "ends": ends}


def subject(row: dict[str, str]) -> dict[str, object]:
    in_programme = row["in_programme"] == "yes"
    return {"code": row["code"], "sort": int(row["sort"]), "in_programme": in_programme}


def title(row: dict[str, str]) -> dict[str, object]:
    return {
        "subject": row["subject"],
        "title": row["title"],
        "short_title": row["short_title"] or None,
        "valid_from": date.fromisoformat(row["from"]) if row["from"] else None,
        "valid_to": date.fromisoformat(row["to"]) if row["to"] else None,
    }
