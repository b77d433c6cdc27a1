"""Revisions of results, and who is on the other side of a threshold after one of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from services.olympiads.domain.thresholds import Stage, Status, stage_before
from services.olympiads.errors import ResultsRevisionUnknown, RevisionsOutOfOrder
from services.olympiads.store import corrections, thresholds
from services.olympiads.store.corrections import Changed, Held
from services.olympiads.usecases.seasons import require_season
from shared.row_access import whole_region
from shared.territories import Territories

BEGINNING = datetime(1, 1, 1, tzinfo=UTC)
Limits = Mapping[tuple[str, int], Decimal]


@dataclass(frozen=True, slots=True)
class Crossing:
    """Somebody who gained or lost admission by score; `threshold` is the one that decides."""

    subject: str
    participant: str
    grade: int
    threshold: Decimal
    gained: bool
    before: Held | None
    after: Held | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed between two revisions of results."""

    changed_rows: int
    crossings: Sequence[Crossing]
    limits: Limits


async def changed_sides(
    session: AsyncSession,
    season: str,
    since: int,
    until: int,
    stage: Stage,
    territories: Territories,
) -> Comparison:
    """Find who changed sides between two revisions, by the thresholds published now.

    Participants whose last result is outside the territories are left out and not counted.
    `since` 0 is the time before any results. A void result reaches no threshold.
    """
    await require_season(session, season)
    if since >= until:
        raise RevisionsOutOfOrder
    starts = await corrections.known_at(session, since) if since else None
    ends = await corrections.known_at(session, until)
    if ends is None:
        raise ResultsRevisionUnknown
    published = await thresholds.list_thresholds(session, season, Status.PUBLISHED)
    limits = {(t.subject, t.grade): t.score for t in published if t.stage is stage}
    # A result that moved between municipalities is compared with what it was before.
    async with whole_region(session):
        found = await corrections.changed_results(
            session, season, stage_before(stage), starts or BEGINNING, ends
        )
    changed = [one for one in found if territories.allow(one.municipality)]
    crossings = [crossing for one in changed if (crossing := crossed(one, limits))]
    return Comparison(len(changed), crossings, limits)


def crossed(changed: Changed, limits: Limits) -> Crossing | None:
    """Return the crossing if the change moved somebody to the other side, else None."""
    reached = reaches(changed.subject, changed.before, limits)
    reaches_now = reaches(changed.subject, changed.after, limits)
    if reached == reaches_now:
        return None
    decisive = changed.after or changed.before
    if decisive is None:
        return None
    limit = limits.get((changed.subject, decisive.grade))
    before = changed.before
    if limit is None and before is not None:
        limit = limits[(changed.subject, before.grade)]
    if limit is None:
        return None
    return Crossing(
        changed.subject,
        changed.participant,
        decisive.grade,
        limit,
        reaches_now,
        changed.before,
        changed.after,
    )


def reaches(subject: str, held: Held | None, limits: Limits) -> bool:
    """Whether a result reaches the threshold of its task grade."""
    if held is None or held.score is None or held.status == "void":
        return False
    limit = limits.get((subject, held.grade))
    return limit is not None and held.score >= limit
