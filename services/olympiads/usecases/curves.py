"""From a threshold to the people: the curve of a subject and grade, the list of the invited."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from services.olympiads.domain.admission_curve import Competitors, Step, admission_curve
from services.olympiads.domain.eligibility import GROUNDS, LAST_GRADE, Code
from services.olympiads.domain.thresholds import Stage, previous_season, stage_before
from services.olympiads.errors import SubjectNotFound
from services.olympiads.store import entrants, quotas, registry, results
from services.olympiads.store.entrants import Work
from services.olympiads.usecases.admission import decide_admission
from services.olympiads.usecases.seasons import require_season


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
) -> Curve:
    """Draw the curve of a subject and grade; without a given quota the stored one is taken."""
    await require_season(session, season)
    if subject not in await registry.load_subjects(session):
        raise SubjectNotFound(subject)
    scored_at = stage_before(stage)
    found = await entrants.groups_of(session, season, (stage, scored_at), subject, grade)
    groups = [Competitors(g.score, g.study_grade, g.municipality, g.people, g.gone) for g in found]
    last = await results.tally_cell(session, previous_season(season), scored_at, subject, grade)
    if quota is None:
        stored = await quotas.list_quotas(session, season)
        own = [q for q in stored if (q.stage, q.subject, q.grades) == (stage, subject, (grade,))]
        quota = own[0].places if own else None
    return Curve(quota, admission_curve(groups, last or None, quota))


async def invite(
    session: AsyncSession, season: str, subject: str, stage: Stage
) -> Sequence[Invited]:
    """List everybody admitted to a stage who has not refused, by reference.

    Each is admitted by the same rule as in `eligibility`, with all grounds that apply. A diploma
    holder whose grade nobody knows, or who would be past the last grade, cannot be invited.
    """
    scored_at, before = stage_before(stage), previous_season(season)
    await require_season(session, season)
    candidates = await entrants.candidates_of(session, season, before, (stage, scored_at), subject)
    asked = [(name, grade) for name, grade in candidates if grade and grade <= LAST_GRADE]
    verdicts = await decide_admission(session, season, subject, asked, stage)
    gone = await entrants.refused(session, season, stage, subject)
    names = [name for name, _ in asked]
    works = await entrants.works_of(session, season, scored_at, subject, names)
    invited = []
    for (name, grade), verdict in zip(asked, verdicts, strict=True):
        if verdict.admitted and name not in gone:
            grounds = tuple(r.code for r in verdict.reasons if r.code in GROUNDS)
            invited.append(Invited(name, grade, works.get(name), grounds))
    return invited
