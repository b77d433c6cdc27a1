"""Stored quotas, each solved on the results as they are."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.olympiads.domain.quotas import (
    Shared,
    Solution,
    drop_below_floor,
    places_for_scores,
    solve,
    solve_shared,
)
from services.olympiads.domain.thresholds import Stage, previous_season, stage_before
from services.olympiads.errors import FloorOutOfRange, QuotaExists, QuotaUnknown, SubjectUnknown
from services.olympiads.store import declared, quotas, registry, results
from services.olympiads.store.quotas import Holder, Quota
from services.olympiads.usecases.seasons import require_season
from shared.db import lock
from shared.row_access import whole_region

HUNDRED = 100
Cell = tuple[str, int]
Tally = Mapping[Decimal, int]


@dataclass(frozen=True, slots=True)
class Solved:
    """A quota with its answers; `by_grade` holds (grade, H, L), the passing scores of each grade.

    `outside` is the number that was used. `reason` says why there is no answer.
    """

    quota: Quota
    outside: int
    solution: Solution | None
    by_grade: tuple[tuple[int, Decimal | None, Decimal | None], ...]
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """All that the quotas of a season and stage are solved on."""

    tallies: Mapping[Cell, Tally]
    maxima: Mapping[Cell, Decimal]
    holders: Mapping[str, Sequence[Holder]]
    holders_scores: Sequence[tuple[str, int, str, Decimal]]


async def create_quota(session: AsyncSession, quota: Quota) -> Quota:
    """Store a quota; refuse an unknown subject, a bad floor, a grade that has a quota already."""
    await require_season(session, quota.season)
    if quota.subject not in await registry.load_subjects(session):
        raise SubjectUnknown(quota.subject)
    floor = quota.floor_percent
    if floor is not None and not 0 <= floor <= HUNDRED:
        raise FloorOutOfRange
    await lock(session, f"quota {quota.season} {quota.stage} {quota.subject}")
    if await quotas.overlapping(session, quota):
        raise QuotaExists
    await quotas.add_quota(session, quota)
    return quota


async def remove_quota(
    session: AsyncSession, season: str, quota_id: UUID, check: Callable[[str], None]
) -> None:
    """Remove a quota under the tag of the version the caller saw."""
    quota = await quotas.lock_quota(session, season, quota_id)
    if quota is None:
        raise QuotaUnknown
    check(quota.etag)
    await quotas.remove_quota(session, quota_id)


async def solve_season(session: AsyncSession, season: str) -> list[Solved]:
    """Solve every quota of a season on the results as they are, four queries in all."""
    await require_season(session, season)
    stored = await quotas.list_quotas(session, season)
    solved = []
    for stage in dict.fromkeys(quota.stage for quota in stored):
        field = await load_field(session, season, Stage(stage))
        solved += [solve_quota(quota, field) for quota in stored if quota.stage == stage]
    return solved


async def solve_stored(session: AsyncSession, quota: Quota) -> Solved:
    """Solve one quota on the results of its subject."""
    field = await load_field(session, quota.season, Stage(quota.stage), quota.subject)
    return solve_quota(quota, field)


async def load_field(
    session: AsyncSession, season: str, stage: Stage, subject: str | None = None
) -> Field:
    """Load tallies, maxima and diploma holders for the quotas of a stage, or of one subject."""
    scored_at, before = stage_before(stage), previous_season(season)
    # A quota is of the whole region, for every caller.
    async with whole_region(session):
        return Field(
            tallies=await results.tally_stage(session, season, scored_at, subject),
            maxima=await declared.given_maxima(session, season, scored_at),
            holders=await quotas.diploma_holders(session, season, before, stage),
            holders_scores=await quotas.holders_scores(session, season, before, stage, scored_at),
        )


def solve_quota(quota: Quota, field: Field) -> Solved:
    """Solve one quota.

    Where the people outside are counted by diplomas, a holder who also competed is admitted once:
    their score takes no place. Several grades share a quota by per cent of their maxima; without
    a maximum there is then no answer, and neither is there one with a floor.
    """
    outside = quota.outside
    counts = {grade: dict(field.tallies.get((quota.subject, grade), {})) for grade in quota.grades}
    if outside is None:
        outside = len(expected_holders(quota, field))
        counts = _without_holders(quota, field, counts)
    maxima = {
        grade: field.maxima[(quota.subject, grade)]
        for grade in quota.grades
        if (quota.subject, grade) in field.maxima
    }
    if len(maxima) < len(quota.grades) and (len(counts) > 1 or quota.floor_percent is not None):
        return Solved(quota, outside, None, (), "MAXIMUM_UNKNOWN")
    places = places_for_scores(quota.places, outside, outside_counts=quota.outside_counts)
    competing = {
        grade: drop_below_floor(tally, maxima.get(grade), quota.floor_percent)
        for grade, tally in counts.items()
    }
    if len(competing) > 1:
        return _shared(quota, outside, solve_shared(competing, maxima, places, outside))
    grade, tally = next(iter(competing.items()))
    solution = solve(tally, places, outside)
    scores = (grade, _decimal(solution.high.threshold), _decimal(solution.low.threshold))
    return Solved(quota, outside, solution, (scores,))


def _decimal(threshold: object) -> Decimal | None:
    return threshold if isinstance(threshold, Decimal) else None


def _shared(quota: Quota, outside: int, answer: Shared) -> Solved:
    by_grade = tuple((grade, answer.high[grade], answer.low[grade]) for grade in quota.grades)
    return Solved(quota, outside, answer.solution, by_grade)


def expected_holders(quota: Quota, field: Field) -> frozenset[str]:
    """Diploma holders who would now compete in a grade of the quota.

    Who did a task this season belongs to its grade, where their score takes no place. A holder
    whose grade nobody knows is taken to be in the lowest grade that has results, so that nobody is
    counted twice or lost.
    """
    first = min((g for s, g in field.tallies if s == quota.subject), default=min(quota.grades))
    tasks = {
        who: grade for subject, grade, who, _ in field.holders_scores if subject == quota.subject
    }
    return frozenset(
        holder.participant
        for holder in field.holders.get(quota.subject, ())
        if tasks.get(holder.participant, holder.grade or first) in quota.grades
    )


def _without_holders(
    quota: Quota, field: Field, counts: dict[int, dict[Decimal, int]]
) -> dict[int, dict[Decimal, int]]:
    for subject, grade, _, score in field.holders_scores:
        if subject == quota.subject and grade in counts:
            counts[grade][score] -= 1
            if not counts[grade][score]:
                del counts[grade][score]
    return counts
