"""From a threshold to the people: the curve of a subject and grade, the list of the invited."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncSession

from services.olympiads.domain.admission_curve import Competitors, Step, admission_curve
from services.olympiads.domain.eligibility import GROUNDS, LAST_GRADE, Code
from services.olympiads.domain.thresholds import Stage, previous_season, stage_before
from services.olympiads.errors import SubjectNotFound
from services.olympiads.store import entrants, people, quotas, registry, results
from services.olympiads.store.entrants import Work
from services.olympiads.usecases.admission import decide_admission
from services.olympiads.usecases.seasons import require_season
from shared.row_access import is_bound, whole_region
from shared.territories import Territories


@dataclass(frozen=True, slots=True)
class Curve:
    """A curve with the quota it is read against; the quota is null if there is none."""

    quota: int | None
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Invited:
    """One invited participant; `work` is null for who did none this season."""

    participant: str
    study_grade: int
    work: Work | None
    grounds: tuple[Code, ...]


async def draw_curve(
    session: AsyncSession,
    season: str,
    subject: str,
    grade: int,
    stage: Stage,
    quota: int | None,
    territories: Territories,
) -> Curve:
    """Draw the curve of a subject and grade; without a given quota the stored one is taken.

    The curve is of the whole region; people by municipality are of the caller's territories only.
    """
    await require_season(session, season)
    if subject not in await registry.load_subjects(session):
        raise SubjectNotFound(subject)
    scored_at = stage_before(stage)
    before = previous_season(season)
    async with whole_region(session):
        found = await entrants.groups_of(session, season, (stage, scored_at), subject, grade)
        last = await results.tally_cell(session, before, scored_at, subject, grade)
    groups = [Competitors(g.score, g.study_grade, g.municipality, g.people, g.gone) for g in found]
    if quota is None:
        stored = await quotas.list_quotas(session, season)
        own = [q for q in stored if (q.stage, q.subject, q.grades) == (stage, subject, (grade,))]
        quota = own[0].places if own else None
    steps = admission_curve(groups, last or None, quota)
    return Curve(quota, tuple(_of_territories(step, territories) for step in steps))


def _of_territories(step: Step, territories: Territories) -> Step:
    places = step.by_municipality.items()
    return replace(step, by_municipality={p: n for p, n in places if territories.allow(p)})


async def invite(
    session: AsyncSession, season: str, subject: str, stage: Stage
) -> Sequence[Invited]:
    """List everybody admitted to a stage who has not refused, by reference.

    Each is admitted by the same rule as in `eligibility`, with all grounds that apply. A diploma
    holder whose grade nobody knows, or who would be past the last grade, cannot be invited. A
    caller bound to territories gets those with a result there.
    """
    scored_at, before = stage_before(stage), previous_season(season)
    await require_season(session, season)
    stages = (stage, scored_at)
    async with whole_region(session):
        candidates = await entrants.candidates_of(session, season, before, stages, subject)
        gone = await entrants.refused(session, season, stage, subject)
    own = await _own(session, [name for name, _ in candidates])
    asked = [
        (name, grade) for name, grade in candidates if name in own and grade and grade <= LAST_GRADE
    ]
    verdicts = await decide_admission(session, season, subject, asked, stage)
    names = [name for name, _ in asked]
    async with whole_region(session):
        works = await entrants.works_of(session, season, scored_at, subject, names)
    invited = []
    for (name, grade), verdict in zip(asked, verdicts, strict=True):
        if verdict.admitted and name not in gone:
            grounds = tuple(r.code for r in verdict.reasons if r.code in GROUNDS)
            invited.append(Invited(name, grade, works.get(name), grounds))
    return invited


async def _own(session: AsyncSession, names: Sequence[str]) -> frozenset[str]:
    """Return those of the caller's territories; everybody for a caller who is not bound."""
    if not await is_bound(session):
        return frozenset(names)
    return await people.with_results(session, names)
