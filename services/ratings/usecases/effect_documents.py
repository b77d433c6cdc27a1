"""Published effects as documents: the whole answer, its list row, the part of the passport."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.ratings.store import effects, register, territories
from services.ratings.store.effects import EffectRow
from services.ratings.usecases.effects import path_of, with_titles
from services.ratings.usecases.json_document import Document
from shared.publication import PublishedHead

MOST_EFFECTS = 10_000
MOST_PASSPORT_UNITS = 2000
"""An effect of more units is no part of passports, as a rating of more is not."""

View = dict[str, object]


async def effect_document(session: AsyncSession, row: EffectRow) -> Document:
    """Return the document of an effect with its unit rows."""
    titles = await territories.titles(session)
    content = {
        **row.content,
        "revision": row.revision,
        "source_time": row.source_time.isoformat(),
        "citation": citation(row),
        "rows": with_titles(row.units, titles),
    }
    return Document(content, row.source_time, str(row.revision))


def citation(row: EffectRow) -> str:
    """Return how people cite this revision."""
    outcome = row.content["outcome"]
    code = outcome["indicator"] or outcome["node"]
    return (
        f"Эффект меры «{row.content['title']}» на {outcome['programme']} {code}, "
        f"редакция {row.revision}, данные на {row.source_time:%d.%m.%Y}"
    )


def list_row(row: EffectRow) -> View:
    """Return an effect as the list shows it."""
    content = row.content
    named = ("measure", "title", "outcome", "design", "verdict", "estimate")
    return {
        **{name: content[name] for name in named},
        "pre_registered": content["plan"]["pre_registered"],
        "revision": row.revision,
    }


async def list_public_effects(session: AsyncSession) -> Sequence[PublishedHead]:
    """Return path, version and source time of the latest effect of every measure."""
    version = await register.version(session)
    return [
        PublishedHead(path_of(row.measure), f"{row.revision}-{version}", row.source_time)
        for row in await effects.latest(session, limit=MOST_EFFECTS)
    ]


async def effects_part(session: AsyncSession) -> View:
    """Return the part `effects` of the passports: what is known of the measures of a territory.

    A unit has its own row next to the verdict; the territory above it has the verdict alone.
    """
    rows = await effects.latest(session, limit=MOST_EFFECTS)
    found: dict[str, list[View]] = {}
    for row in rows:
        if len(row.units) <= MOST_PASSPORT_UNITS:
            for code, view in await _by_territory(session, row):
                found.setdefault(code, []).append(view)
    latest = max((row.source_time for row in rows), default=None)
    return {
        "revision": sum(row.revision for row in rows),
        "source_time": None if latest is None else latest.isoformat(),
        "territories": {code: found[code] for code in sorted(found)},
    }


async def _by_territory(session: AsyncSession, row: EffectRow) -> Sequence[tuple[str, View]]:
    shown = list_row(row) | {"sentence": row.content["sentence"]}
    above = await territories.parents(session, [unit["unit"] for unit in row.units])
    own = [(unit["unit"], shown | {"unit": _unit_part(unit)}) for unit in row.units]
    return [*own, *((code, shown | {"unit": None}) for code in sorted(set(above.values())))]


def _unit_part(unit: Mapping[str, Any]) -> View:
    return {name: unit[name] for name in ("first_exposed", "before", "after", "change")}
