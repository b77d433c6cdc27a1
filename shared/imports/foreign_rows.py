"""Rows of an import that belong to territories its sender is not bound to.

A row is foreign by what it says, and by what it would replace: the row known now under its key.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import asyncpg

from shared.imports.columns import ROW
from shared.territories import Territories

NOTHING = "a^"
"""A regular expression that no text matches."""

Connection: TypeAlias = "asyncpg.Connection[Any]"


@dataclass(frozen=True, slots=True)
class TerritoryRule:
    """How to tell whether a row of a kind is within territories.

    `condition` is SQL over the row `{row}`, with `{codes}` the regular expression of the codes
    within; null is no. `column` is named in the report, by its wire name.
    """

    column: str
    condition: str

    @classmethod
    def by(cls, column: str) -> "TerritoryRule":
        """Return the rule of rows that hold their territory in a column of that name."""
        return cls(column, f'{{row}}."{column}" ~ {{codes}}')

    def on(self, row: str, parameter: int) -> str:
        """Return the condition over an alias; never null."""
        within = self.condition.format(row=row, codes=f"${parameter}")
        return f"coalesce(({within}), false)"


def codes_of(territories: Territories) -> str:
    """Return the regular expression of the codes within."""
    return territories.regex() or NOTHING


async def find_foreign(
    connection: Connection,
    staged: str,
    table: str,
    key: Sequence[str],
    rule: TerritoryRule,
    codes: str,
) -> list[int]:
    """Return the numbers of staged rows that are foreign, or that replace a foreign row."""
    same = " AND ".join(f't."{name}" = s."{name}"' for name in key)
    found = await connection.fetch(
        f"SELECT s.{ROW} FROM {staged} AS s WHERE NOT {rule.on('s', 1)}"  # noqa: S608 -- names of our tables.
        f" UNION SELECT s.{ROW} FROM {staged} AS s"
        f" JOIN {table} AS t ON {same} AND t.known_to = 'infinity'"
        f" WHERE NOT {rule.on('t', 1)} ORDER BY 1",
        codes,
    )
    return [row[ROW] for row in found]


async def slice_has_foreign(
    connection: Connection,
    table: str,
    replaced: Mapping[str, object],
    rule: TerritoryRule,
    codes: str,
) -> bool:
    """Tell whether rows known now in a slice are foreign."""
    inside = "".join(f' AND t."{name}" = ${i}' for i, name in enumerate(replaced, 2))
    found: bool = await connection.fetchval(
        f"SELECT EXISTS (SELECT FROM {table} AS t WHERE t.known_to = 'infinity'{inside}"  # noqa: S608 -- as above.
        f" AND NOT {rule.on('t', 1)})",
        codes,
        *replaced.values(),
    )
    return found


async def run_has_foreign(
    connection: Connection, table: str, run: Mapping[str, Any], rule: TerritoryRule, codes: str
) -> bool:
    """Tell whether rows that an import opened or closed are foreign."""
    found: bool = await connection.fetchval(
        f"SELECT EXISTS (SELECT FROM {table} AS t"  # noqa: S608 -- as above.
        f" WHERE ((t.import_id = $2 AND t.known_from = $3) OR t.known_to = $3)"
        f" AND NOT {rule.on('t', 1)})",
        codes,
        run["id"],
        run["known_at"],
    )
    return found
