"""Rows that one import brought."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

COLUMNS = "season, stage, subject, grade, score, percent, tie_policy, basis_document, basis_date"
OF_IMPORT = {
    table: text(
        f"SELECT {COLUMNS} FROM {table} WHERE import_id = :id AND known_to = 'infinity'"  # noqa: S608 -- names of our tables.
        " ORDER BY season, subject, grade, stage"
    )
    for table in ("threshold_row", "threshold_draft_row")
}


@dataclass(frozen=True, slots=True)
class ThresholdRow:
    """A threshold as imported; score and percent are canonical text."""

    season: str
    stage: str
    subject: str
    grade: int
    score: str
    percent: str | None
    tie_policy: str | None
    basis_document: str | None
    basis_date: date | None


async def threshold_rows(
    session: AsyncSession, table: str, import_id: UUID
) -> Sequence[ThresholdRow]:
    """Return the thresholds that an import opened; equal rows are none of them."""
    rows = await session.execute(OF_IMPORT[table], {"id": import_id})
    return [ThresholdRow(*row) for row in rows]
