"""Which source documents a published table rests on, and how the table is cited."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

MOST_TABLES = 20
Place = tuple[str, str | None]
"""Scope of claims (a programme, season or year) and the period in their key, if they have one."""

SOURCES = text("""
    SELECT c.scope, c.key->>'period' AS period, c.document,
        min(c.locator_line) AS first_line, max(c.locator_line) AS last_line,
        coalesce(array_agg(DISTINCT c.locator_table)
            FILTER (WHERE c.locator_table IS NOT NULL), '{}') AS tables
    FROM claim AS c
    WHERE c.known_to = 'infinity' AND (CAST(:scope AS text) IS NULL OR c.scope = :scope)
    AND (CAST(:names AS text[]) IS NULL OR jsonb_exists_any(c.key, :names))
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
""")
TITLES = text("""
    SELECT document, max(value) AS title FROM document_fact
    WHERE known_to = 'infinity' AND fact = 'title' AND document IS NOT NULL GROUP BY document
    UNION ALL
    SELECT document, members->>'title' FROM document_context WHERE members->>'title' IS NOT NULL
""")


@dataclass(frozen=True, slots=True)
class TableSource:
    """A source document of a table: its tables by title and the span of its lines.

    Lines count from 1 and are None where no figure says its line.
    """

    document: str
    title: str | None = None
    tables: tuple[str, ...] = ()
    first_line: int | None = None
    last_line: int | None = None

    def wire(self) -> dict[str, Any]:
        """Return `{document, title, tables, lines}`."""
        lines = {"from": self.first_line, "to": self.last_line}
        return {
            "document": self.document,
            "title": self.title,
            "tables": list(self.tables[:MOST_TABLES]),
            "lines": lines if self.first_line is not None else None,
        }

    def words(self) -> str:
        """Return the source in Russian: title, code, lines as far as known."""
        named = f"{self.title} ({self.document})" if self.title else self.document
        if self.first_line is None:
            return named
        if self.first_line == self.last_line:
            return f"{named}, строка {self.first_line}"
        return f"{named}, строки {self.first_line}–{self.last_line}"


async def sources_by_place(
    session: AsyncSession,
    titles: Mapping[str, str],
    scope: str | None = None,
    names: Sequence[str] | None = None,
) -> Mapping[Place, tuple[TableSource, ...]]:
    """Return the documents with claims of each place, of one scope or of all.

    `titles` are those of `source_titles`; `names`: only claims whose key has one of them.
    """
    asked = {"scope": scope, "names": None if names is None else list(names)}
    found: dict[Place, tuple[TableSource, ...]] = {}
    for row in await session.execute(SOURCES, asked):
        source = TableSource(
            row.document,
            titles.get(row.document),
            tuple(row.tables),
            row.first_line,
            row.last_line,
        )
        place = (row.scope, row.period)
        found[place] = (*found.get(place, ()), source)
    return found


async def sources_of_scope(
    session: AsyncSession, titles: Mapping[str, str], scope: str, names: Sequence[str]
) -> tuple[TableSource, ...]:
    """Return the documents with claims of a scope whose key has one of the names."""
    found = await sources_by_place(session, titles, scope, names)
    return merge_sources(source for sources in found.values() for source in sources)


async def source_titles(session: AsyncSession) -> Mapping[str, str]:
    """Return the titles of source documents by code."""
    return {row.document: row.title for row in await session.execute(TITLES)}


def merge_sources(sources: Iterable[TableSource]) -> tuple[TableSource, ...]:
    """Return one source a document, by code; spans and tables are joined."""
    merged: dict[str, TableSource] = {}
    for one in sources:
        other = merged.get(one.document, TableSource(one.document))
        first = [n for n in (one.first_line, other.first_line) if n is not None]
        last = [n for n in (one.last_line, other.last_line) if n is not None]
        merged[one.document] = TableSource(
            one.document,
            one.title or other.title,
            tuple(sorted({*one.tables, *other.tables})),
            min(first, default=None),
            max(last, default=None),
        )
    return tuple(merged[code] for code in sorted(merged))


def cite(words: str, sources: Sequence[TableSource]) -> str:
    """Return a citation: the table's own words, then its source documents."""
    if not sources:
        return words
    return f"{words}. Источник: {'; '.join(source.words() for source in sources)}"
