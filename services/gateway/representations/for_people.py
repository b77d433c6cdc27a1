"""A sheet put into words: titles for codes, no identifiers, numbers without float noise."""

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from services.gateway.representations.kinds import TableKind, word_rows
from services.gateway.representations.sheet import Cell, Sheet, rows_of, tail_of

# Columns that say in code what another column says in words.
_CODES = frozenset({"level.code", "rule"})
_CODES_OF_KIND = {"findings": frozenset({"subject", "id"})}
_IDENTIFIER = re.compile(r"[0-9a-f]{32}")


@cache
def words() -> Mapping[tuple[str, str], str]:
    """Titles of codes by column and code."""
    return {(row["column"], row["code"]): row["title"] for row in word_rows()}


def for_people(sheet: Sheet, kind: TableKind, document: Mapping[str, Any]) -> Sheet:
    """Return the sheet as a person reads it; what has no registered title stays as it is.

    A list of identifiers becomes their number. A code column whose titles are next to it goes.
    """
    nodes = [node["code"] for node in document.get("nodes") or ()]
    tails = [tail_of(name, nodes)[1] for name in sheet.columns]
    hidden = _CODES | _CODES_OF_KIND.get(kind.code, frozenset()) | _titled(kind, tails)
    kept = [number for number, tail in enumerate(tails) if tail not in hidden]
    levels = _levels(document)
    rows = tuple(
        tuple(_in_words(row[number], tails[number], levels) for number in kept)
        for row in sheet.rows
    )
    return replace(
        sheet,
        columns=tuple(sheet.columns[number] for number in kept),
        titles=tuple(sheet.titles[number] for number in kept),
        numbers=tuple(sheet.numbers[number] for number in kept),
        rows=rows,
    )


def _titled(kind: TableKind, tails: list[str]) -> frozenset[str]:
    first = kind.dimensions[0] if kind.dimensions else None
    return frozenset({"subject"}) if first == "subject" and "title" in tails else frozenset()


def _levels(document: Mapping[str, Any]) -> dict[str, str]:
    """Titles of the levels the document itself names, by code."""
    found: dict[str, str] = {}
    for row in rows_of(document):
        for node in (row.get("nodes") or {}).values():
            level = node.get("level") or {}
            if level.get("code") and level.get("title"):
                found[level["code"]] = level["title"]
    return found


def _in_words(cell: Cell, column: str, levels: Mapping[str, str]) -> Cell:
    if not isinstance(cell, str) or not cell:
        return cell
    members = cell.split("; ")
    if all(_IDENTIFIER.fullmatch(member) for member in members):
        return len(members)
    told = levels if column == "level.possible" else {}
    return "; ".join(told.get(member, words().get((column, member), member)) for member in members)
