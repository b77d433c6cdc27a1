"""Count a stage, decide what the public may see of it, and publish that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.olympiads.domain.disclosure import (
    Bins,
    bins_as_json,
    bins_from_json,
    group_scores,
    must_be_remembered,
    tally_as_json,
    tally_from_json,
)
from services.olympiads.domain.distribution import Tally
from services.olympiads.domain.performers import count_performers
from services.olympiads.domain.public_counts import (
    ALL,
    PARTICIPANTS,
    PERFORMERS,
    PublicCounts,
    public_counts,
    recall,
)
from services.olympiads.domain.statistics_table import Cell, distribution_note, statistics
from services.olympiads.domain.statistics_table import Stage as StageTable
from services.olympiads.domain.thresholds import Stage
from services.olympiads.store import declared, documents, registry, results
from services.olympiads.store.documents import Document, Name
from services.olympiads.store.registry import Season
from services.olympiads.topics import STATISTICS_CHANGED
from services.olympiads.usecases.documents import put_document
from services.olympiads.usecases.seasons import require_season
from shared.db import lock
from shared.jobs import enqueue
from shared.outbox import emit

STAGE = Stage.MUNICIPAL
HUNDRED = 100
HALF = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the statistics of a season are made of."""

    season: Season
    table: StageTable
    municipal: Mapping[tuple[str, int], int]
    municipal_performers: Mapping[str, int]
    history: Sequence[Mapping[str, Any]]
    source_time: datetime
    known_at: datetime | None


async def load_facts(session: AsyncSession, code: str, k: int, least: int) -> Facts | None:
    """Load a season's results as tallies, with titles, maxima and history; None without results.

    Counts below `k` are hidden; distributions need `least` people.
    """
    season = await require_season(session, code)
    newest = await results.newest_result(session, code, STAGE)
    if newest is None:
        return None
    counted = await results.count_stage(session, code, STAGE)
    subjects = await registry.load_subjects(session)
    history = await documents.remembered(session, Name("statistics", code))
    table = StageTable(
        titles={s.code: s.title_on(season.starts) for s in subjects.values()},
        sort={s.code: s.sort for s in subjects.values()},
        maxima=await declared.given_maxima(session, code, STAGE),
        declared=await declared.declared_performers(session, code, STAGE),
        tallies=counted.tallies,
        k=k,
        least=max(k, least),
        earlier=earlier_tallies(history),
    )
    known_at = await results.newest_import(session)
    return Facts(
        season,
        table,
        counted.municipal,
        counted.municipal_performers,
        history,
        newest,
        known_at,
    )


def decide_counts(facts: Facts) -> PublicCounts:
    """Choose what the public sees; solves integer programmes, so it belongs in a thread."""
    tallies, maxima = facts.table.tallies, facts.table.maxima
    people = {cell: sum(tally.values()) for cell, tally in tallies.items()}
    strong = {
        cell: count_performers(tally, maxima[cell]) or 0
        for cell, tally in tallies.items()
        if cell in maxima
    }
    history = [recall(remembered) for remembered in facts.history]
    return public_counts(
        people, strong, facts.municipal, facts.municipal_performers, facts.table.k, history
    )


async def publish_statistics(
    session: AsyncSession, facts: Facts, counts: PublicCounts, region: str, at: datetime
) -> Document | None:
    """Store the statistics as a new revision if they say something new, and tell the others.

    The history that suppression judged must still be the whole one; otherwise nothing is stored
    and the statistics are queued again.
    """
    code = facts.season.code
    await lock(session, f"publish {code}")
    now_remembered = await documents.remembered(session, Name("statistics", code))
    if len(now_remembered) != len(facts.history):
        await enqueue(session, "publish_statistics", code, {"season": code})
        return None
    await results.keep_tallies(session, code, STAGE, facts.table.tallies, facts.known_at)
    members = statistics(counts, facts.table)
    document = await put_document(
        session,
        Name("statistics", code),
        lambda revision: {"season": code, "revision": revision, "stage": STAGE, **members},
        facts.source_time,
        at,
        {**counts.remembered(), **remembered_distributions(facts.table, counts)},
    )
    await queue_thresholds(session, code)
    if document is not None:
        await _tell(session, document, region, weak_subjects(counts))
    return document


async def queue_thresholds(session: AsyncSession, code: str) -> None:
    """Queue the tables that show what was counted and out of what."""
    await enqueue(session, "publish_thresholds", code, {"season": code})


def remembered_distributions(table: StageTable, counts: PublicCounts) -> dict[str, object]:
    """Return the public bins of every cell, and the tallies that a later mean could be read with.

    Neither is public. What was published of equal percentiles is read off these bins.
    """
    public = [
        cell for cell in sorted(table.tallies) if distribution_note(counts, table, cell) is None
    ]
    bins = {cell: group_scores(table.tallies[cell], table.maxima[cell], table.k) for cell in public}
    return {
        "bins": [[*cell, bins_as_json(bins[cell])] for cell in public],
        "tallies": [
            [*cell, tally_as_json(table.tallies[cell])]
            for cell in public
            if must_be_remembered(table.tallies[cell], table.maxima[cell])
        ],
    }


def earlier_tallies(history: Sequence[Mapping[str, Any]]) -> Mapping[Cell, Sequence[Tally]]:
    """Return the tallies of every revision that published the distribution of a cell."""
    found: dict[Cell, list[Tally]] = {}
    for revision in history:
        for subject, grade, tally in revision.get("tallies", ()):
            found.setdefault((subject, grade), []).append(tally_from_json(tally))
    return found


def weak_subjects(counts: PublicCounts) -> list[tuple[str, int]]:
    """Subjects whose public share of performers is below half of the region's, with a weight.

    The weight, 1…100, grows with the distance from the region's share. Hidden shares say nothing.
    """
    whole = _share(counts, ALL)
    if not whole:
        return []
    names = sorted({cell[1] for cell in counts.values if cell[0] == PERFORMERS} - {ALL})
    shares = {name: _share(counts, name) for name in names}
    return [
        (name, max(1, round(HUNDRED * (1 - own / whole))))
        for name, own in shares.items()
        if own is not None and own < HALF * whole
    ]


def _share(counts: PublicCounts, name: str) -> Fraction | None:
    people = counts.shown((PARTICIPANTS, name, ALL))
    strong = counts.shown((PERFORMERS, name, ALL))
    return Fraction(strong, people) if people and strong is not None else None


async def public_performers(session: AsyncSession, code: str) -> Mapping[tuple[str, int], int]:
    """Return the counted performers that the last statistics show, by subject and grade."""
    remembered = await documents.remembered_last(session, Name("statistics", code))
    if remembered is None:
        return {}
    return {
        (cell[1], int(cell[2])): value
        for cell, value, hidden in remembered["counts"]
        if cell[0] == PERFORMERS and ALL not in cell[1:] and not hidden
    }


async def public_bins(session: AsyncSession, code: str) -> Mapping[Cell, Bins]:
    """Return the public bins of scores of the last statistics, by subject and grade.

    Those of a cell that may not be seen are empty; a cell without results is not there at all,
    unless even that is hidden.
    """
    remembered = await documents.remembered_last(session, Name("statistics", code))
    if remembered is None:
        return {}
    bins = {
        (subject, grade): bins_from_json(parts)
        for subject, grade, parts in remembered.get("bins", ())
    }
    held = {
        (cell[1], int(cell[2]))
        for cell, people, hidden in remembered["counts"]
        if cell[0] == PARTICIPANTS and ALL not in cell[1:] and (people or hidden)
    }
    return {cell: bins.get(cell, ()) for cell in held}


async def _tell(
    session: AsyncSession, document: Document, region: str, weak: Sequence[tuple[str, int]]
) -> None:
    body = {
        "season": document.season,
        "revision": document.revision,
        "documents": [document.path],
        "weak_subjects": [
            {"territory": region, "subject": subject, "weight": weight} for subject, weight in weak
        ],
    }
    await emit(session, STATISTICS_CHANGED, document.season, body)
