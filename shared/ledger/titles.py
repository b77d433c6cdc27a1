"""Titles of the codes that documents of every service use, and of a service's own."""

import csv
from collections.abc import Awaitable, Callable
from functools import cache
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from shared.figures.naming import Titles

FILE = Path(__file__).parent / "data" / "titles.csv"
LoadTitles = Callable[[AsyncSession], Awaitable[Titles]]
"""How a service tells the titles of its registries; they go before the common ones."""


@cache
def common_titles() -> Titles:
    """Return the titles of subjects, stages, levels and the like."""
    titles: dict[str, dict[str, str]] = {}
    with FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            titles.setdefault(row["axis"], {})[row["code"]] = row["title"]
    return titles


async def no_titles(_session: AsyncSession) -> Titles:
    """Return no titles: the service has no registries of its own."""
    return {}


def merge_titles(own: Titles) -> Titles:
    """Return a service's titles over the common ones."""
    common = common_titles()
    return {axis: {**common.get(axis, {}), **own.get(axis, {})} for axis in {*common, *own}}
