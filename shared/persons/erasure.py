"""Erase a person from a schema by walking the registry of its columns.

All of it happens in the caller's transaction. What is removed is counted by column; columns whose
texts cannot be searched for a short reference are named instead.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import JSON, LargeBinary, MetaData, Table, text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.persons.columns import (
    EXACT,
    SEARCHED,
    PersonColumn,
    Treatment,
    plain_type,
    table_of,
)
from shared.persons.pseudonyms import destroy_key
from shared.persons.redaction import MARK, is_distinctive
from shared.persons.searched_values import erase_from_json, erase_from_text, redact_bodies

PERSON_KEY = "person_key.key"


@dataclass(frozen=True, slots=True)
class ErasureReport:
    """What an erasure removed: values by column, and the columns it could not search."""

    removed: Mapping[str, int] = field(default_factory=dict)
    unsearched: Sequence[str] = ()

    @property
    def found(self) -> bool:
        """Tell whether anything was known of the person."""
        return bool(self.removed)


async def erase_person(
    session: AsyncSession,
    metadata: MetaData,
    columns: Sequence[PersonColumn],
    reference: str,
) -> ErasureReport:
    """Remove a person from every registered column of this schema and destroy the pseudonym's key.

    Longer texts come first: what follows may remove the row that holds them.
    """
    removed: dict[str, int] = {}
    searched = [column for column in columns if column.treatment in SEARCHED]
    distinctive = is_distinctive(reference)
    for column in searched if distinctive else ():
        count = await _search(session, table_of(metadata, column.table), column, reference)
        _count(removed, column.name, count)
    for column in columns:
        if column.treatment in EXACT:
            _count(removed, column.name, await _remove(session, column, reference))
    key = await destroy_key(session, reference)
    _count(removed, PERSON_KEY, int(key is not None))
    unsearched = () if distinctive else tuple(column.name for column in searched)
    return ErasureReport(dict(sorted(removed.items())), unsearched)


def _count(removed: dict[str, int], name: str, count: int) -> None:
    if count:
        removed[name] = count


async def _search(session: AsyncSession, table: Table, column: PersonColumn, reference: str) -> int:
    kind = plain_type(table.c[column.column].type)
    if isinstance(kind, LargeBinary):
        return await redact_bodies(session, column, reference)
    if isinstance(kind, JSON):
        return await erase_from_json(session, column, reference)
    return await erase_from_text(session, column, reference)


async def _remove(session: AsyncSession, column: PersonColumn, reference: str) -> int:
    """Apply an exact treatment; return how many rows it changed."""
    statement = text(_EXACT_SQL[column.treatment].format(t=column.table, c=f'"{column.column}"'))
    done = await session.execute(statement, _parameters(column.treatment, reference))
    return int(getattr(done, "rowcount", 0))


def _parameters(treatment: Treatment, reference: str) -> dict[str, str]:
    marked = treatment is Treatment.REPLACE
    return {"ref": reference, "mark": MARK} if marked else {"ref": reference}


# The names come from the registry, a file of this repository.
_EXACT_SQL = {
    Treatment.DELETE: "DELETE FROM {t} WHERE {c} = :ref",
    Treatment.CLEAR: "UPDATE {t} SET {c} = NULL WHERE {c} = :ref",
    Treatment.REPLACE: "UPDATE {t} SET {c} = :mark WHERE {c} = :ref",
    Treatment.REMOVE: "UPDATE {t} SET {c} = {c} - CAST(:ref AS text) WHERE {c} ? :ref",
}
