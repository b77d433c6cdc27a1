"""Turn the published thresholds of a season into its public documents and tell the gateway."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from services.olympiads.domain.maxima import percent_of
from services.olympiads.domain.season_comparison import Side, compare
from services.olympiads.domain.season_findings import (
    Scored,
    percent_findings,
    performers_findings,
)
from services.olympiads.domain.threshold_table import (
    Cell,
    Published,
    TaskKey,
    ThresholdContext,
    table_rows,
)
from services.olympiads.domain.thresholds import Stage, Status, previous_season, stage_before
from services.olympiads.store import declared, registry, thresholds
from services.olympiads.store.documents import Document, Name
from services.olympiads.store.registry import Season
from services.olympiads.store.thresholds import Threshold
from services.olympiads.topics import THRESHOLDS_PUBLISHED
from services.olympiads.usecases.documents import put_document
from services.olympiads.usecases.seasons import require_season
from services.olympiads.usecases.statistics import STAGE as COUNTED
from services.olympiads.usecases.statistics import public_bins, public_performers
from shared.db import lock
from shared.figures.naming import in_words
from shared.ledger.doubts import load_doubts
from shared.ledger.findings import store_findings
from shared.ledger.recheck import current_claims
from shared.ledger.table_sources import (
    TableSource,
    cite,
    merge_sources,
    source_titles,
    sources_of_scope,
)
from shared.ledger.titles import merge_titles
from shared.outbox import emit

Rows = Sequence[Mapping[str, object]]
Figure = TypeVar("Figure")


@dataclass(frozen=True, slots=True)
class Edition:
    """What one publication of a season puts out."""

    season: str
    source_time: datetime
    at: datetime
    sources: Sequence[TableSource] = ()


async def publish_season(session: AsyncSession, code: str, at: datetime) -> list[Document]:
    """Bring the public documents of a season up to its published thresholds.

    Returns the new revisions; none when nothing public changed. The season after shows this
    one's thresholds as the previous ones, so it must be published again too.
    """
    await lock(session, f"publish {code}")
    season = await require_season(session, code)
    changed_at = await thresholds.last_publication(session, code)
    if changed_at is None:
        return []
    edition = Edition(code, changed_at, at)
    published = await thresholds.list_thresholds(session, code, Status.PUBLISHED)
    around = await surroundings(session, season, published)
    await check_season(session, code, published, around)
    around = replace(around, doubts=await season_doubts(session, code))
    rows = table_rows([_as_published(t) for t in published], around)
    compared = await comparison_rows(session, season, published, around)
    edition = replace(edition, sources=await season_sources(session, code, published))
    documents = await _put_all(session, edition, rows, compared)
    if documents:
        await _tell(session, code, documents)
    return documents


async def season_doubts(
    session: AsyncSession, code: str
) -> Mapping[tuple[str | None, ...], Sequence[str]]:
    """Return the findings on the season's figures, by subject, grade and stage."""
    doubts = await load_doubts(session)
    names = ("subject", "grade", "stage")
    found = {key: list(ids) for key, ids in doubts.cells_by(names, season=code).items()}
    for key, ids in doubts.bases_by(names, season=code).items():
        found.setdefault(key, []).extend(ids)
    return found


async def check_season(
    session: AsyncSession, code: str, published: Sequence[Threshold], around: ThresholdContext
) -> None:
    """Store what the season's own data say of its declared figures."""
    claims = await current_claims(session, code)
    scored = [
        Scored(t.stage, t.subject, t.grade, t.score, percent_of(f"{t.percent:f}"), given)
        for t in published
        if t.percent is not None and (given := around.given.get(work_of(t))) is not None
    ]
    findings = [
        *performers_findings(
            code, at_stage(around.declared, COUNTED), at_stage(around.counted, COUNTED), claims
        ),
        *percent_findings(code, scored, claims),
    ]
    titles = merge_titles({"subject": around.titles})
    await store_findings(
        session,
        service="olympiads",
        source=f"season/{code}",
        findings=[in_words(finding, titles) for finding in findings],
    )


async def _put_all(
    session: AsyncSession, edition: Edition, rows: Rows, compared: Rows
) -> list[Document]:
    found = [
        await _put_table(session, edition, rows),
        await _put(session, edition, Name("comparison", edition.season), {"rows": compared}),
    ]
    for subject in dict.fromkeys(str(row["subject"]) for row in rows):
        page = {
            "subject": subject,
            "title": next(row["title"] for row in rows if row["subject"] == subject),
            "thresholds": [row for row in rows if row["subject"] == subject],
            "comparison": [row for row in compared if row["subject"] == subject],
        }
        found.append(await _put(session, edition, Name("subject", edition.season, subject), page))
    return [document for document in found if document is not None]


async def _put_table(session: AsyncSession, edition: Edition, rows: Rows) -> Document | None:
    season, sources = edition.season, edition.sources
    return await put_document(
        session,
        Name("thresholds", season),
        lambda revision: {
            "season": season,
            "revision": revision,
            "citation": cite(f"Проходные баллы {season}, редакция {revision}", sources),
            "sources": [source.wire() for source in sources],
            "rows": rows,
        },
        edition.source_time,
        edition.at,
    )


async def season_sources(
    session: AsyncSession, code: str, published: Sequence[Threshold]
) -> Sequence[TableSource]:
    """Return the documents of the season's claims and those that thresholds name as their basis."""
    titles = await source_titles(session)
    bases = {one.basis_document for one in published if one.basis_document is not None}
    named = [TableSource(basis, titles.get(basis)) for basis in bases]
    return merge_sources([*await sources_of_scope(session, titles, code, ("subject",)), *named])


async def _put(
    session: AsyncSession, edition: Edition, name: Name, members: Mapping[str, object]
) -> Document | None:
    return await put_document(
        session,
        name,
        lambda revision: {"season": edition.season, "revision": revision, **members},
        edition.source_time,
        edition.at,
    )


async def surroundings(
    session: AsyncSession, season: Season, published: Sequence[Threshold]
) -> ThresholdContext:
    """Load what the rows of the table show next to their thresholds, each at its own stage."""
    stages = dict.fromkeys(stage_before(threshold.stage) for threshold in published)
    subjects = await registry.load_subjects(session)
    last = await thresholds.list_thresholds(session, previous_season(season.code), Status.PUBLISHED)
    given: dict[TaskKey, Decimal] = {}
    printed: dict[TaskKey, str] = {}
    shared: set[tuple[Stage, str]] = set()
    for stage in stages:
        maxima = await declared.given_maxima(session, season.code, stage)
        counts = await declared.declared_performers(session, season.code, stage)
        given |= {(stage, *cell): maximum for cell, maximum in maxima.items()}
        printed |= {(stage, *cell): count for cell, count in counts.items()}
        shared |= {(stage, s) for s in await registry.shared_subjects(session, season.code, stage)}
    counted = await public_performers(session, season.code)
    return ThresholdContext(
        titles={code: subject.title_on(season.starts) for code, subject in subjects.items()},
        sort={code: subject.sort for code, subject in subjects.items()},
        given=given,
        declared=printed,
        counted={(COUNTED, *cell): people for cell, people in counted.items()},
        previous={(t.stage, t.subject, t.grade): t.score for t in last},
        shared=frozenset(shared),
    )


def work_of(threshold: Threshold) -> TaskKey:
    """Name the work that a threshold is read against: done at the stage before."""
    return stage_before(threshold.stage), threshold.subject, threshold.grade


def at_stage(works: Mapping[TaskKey, Figure], stage: Stage) -> dict[Cell, Figure]:
    """Keep what belongs to one stage, by subject and grade."""
    return {(subject, grade): f for (at, subject, grade), f in works.items() if at is stage}


async def comparison_rows(
    session: AsyncSession,
    season: Season,
    published: Sequence[Threshold],
    around: ThresholdContext,
) -> Rows:
    """Compare every threshold that has one of last season next to it."""
    before = previous_season(season.code)
    stages = dict.fromkeys(stage_before(threshold.stage) for threshold in published)
    maxima = {stage: await declared.given_maxima(session, before, stage) for stage in stages}
    bins = [await public_bins(session, code) for code in (before, season.code)]
    rows = []
    for threshold in sorted(published, key=lambda t: (around.sort[t.subject], t.grade, t.stage)):
        scored_at, cell = stage_before(threshold.stage), (threshold.subject, threshold.grade)
        last = around.previous.get((threshold.stage, *cell))
        if last is None:
            continue
        given = around.given.get((scored_at, *cell))
        was, now = bins if scored_at is COUNTED else ({}, {})
        sides = (
            Side(last, maxima[scored_at].get(cell), was.get(cell)),
            Side(threshold.score, given, now.get(cell)),
        )
        head = {
            "subject": threshold.subject,
            "title": around.titles[threshold.subject],
            "grade": threshold.grade,
            "stage": str(threshold.stage),
        }
        rows.append({**head, **compare(*sides)})
    return rows


def _as_published(threshold: Threshold) -> Published:
    percent = None if threshold.percent is None else f"{threshold.percent:f}"
    return Published(
        threshold.stage,
        threshold.subject,
        threshold.grade,
        threshold.score,
        percent,
        str(threshold.status),
    )


async def _tell(session: AsyncSession, season: str, documents: Sequence[Document]) -> None:
    body = {
        "season": season,
        "revision": max(document.revision for document in documents),
        "documents": [document.path for document in documents],
    }
    await emit(session, THRESHOLDS_PUBLISHED, season, body)
