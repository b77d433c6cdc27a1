"""The codes that imported rows may name, each registry by code with its titles."""

from collections.abc import Mapping

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

QUERIES = {
    "competency": text("SELECT code, title FROM competency WHERE known_to = 'infinity'"),
    "diagnostic": text("SELECT code, title FROM diagnostic WHERE known_to = 'infinity'"),
    "event": text("SELECT code, title FROM event WHERE known_to = 'infinity'"),
    "measure": text("SELECT code, title FROM measure WHERE known_to = 'infinity'"),
    "programme": text("SELECT code, title FROM programme WHERE known_to = 'infinity'"),
    "headcount": text("""
        SELECT DISTINCT ON (subject) subject AS code, title FROM headcount
        WHERE known_to = 'infinity' ORDER BY subject, year DESC
    """),
    "teacher": text("SELECT ref AS code, '' AS title FROM teacher WHERE known_to = 'infinity'"),
    "function": text("""
        SELECT code, title FROM class_entry WHERE version = 'functions' AND known_to = 'infinity'
    """),
    "direction": text("""
        SELECT code, title FROM class_entry WHERE version = 'directions' AND known_to = 'infinity'
    """),
}


async def titles(session: AsyncSession, registry: str) -> Mapping[str, str]:
    """Return code → title of every current entry of a registry, by code."""
    rows = await session.execute(QUERIES[registry])
    return {row.code: row.title for row in sorted(rows, key=lambda row: str(row.code))}
