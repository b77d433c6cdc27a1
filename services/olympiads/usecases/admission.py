"""Decide the admission of many participants of one subject at once."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from services.olympiads.domain.eligibility import Applicant, Result, Verdict, decide
from services.olympiads.domain.thresholds import Stage, Status, previous_season, stage_before
from services.olympiads.errors import SubjectNotFound
from services.olympiads.store import people, registry, thresholds
from services.olympiads.store.people import Record
from services.olympiads.usecases.seasons import require_season
from shared.access_errors import TerritoryForbidden
from shared.row_access import is_bound, whole_region

UNRECORDED = Record(None, None, None, abroad=False)


async def refuse_foreign(session: AsyncSession, names: Sequence[str]) -> None:
    """Raise `TerritoryForbidden` where somebody's results are of other territories only."""
    if not await is_bound(session):
        return
    own = await people.with_results(session, names)
    async with whole_region(session):
        known = await people.with_results(session, names)
    if known - own:
        raise TerritoryForbidden


async def decide_admission(
    session: AsyncSession,
    season_code: str,
    subject_code: str,
    asked: Sequence[tuple[str, int]],
    stage: Stage = Stage.REGIONAL,
) -> list[Verdict]:
    """Return the verdicts on (participant, study grade) pairs, in their order.

    A caller bound to territories asks about participants with results there, or with none at all.
    Reads published thresholds, current results of the stage before, the organiser's records and
    last season's diplomas of the stage: four queries whatever the number of participants.
    """
    season = await require_season(session, season_code)
    subject = (await registry.load_subjects(session)).get(subject_code)
    if subject is None:
        raise SubjectNotFound(subject_code)
    names = sorted({participant for participant, _ in asked})
    scored_at = stage_before(stage)
    await refuse_foreign(session, names)
    before = previous_season(season.code)
    async with whole_region(session):
        results = await people.results_of(session, season.code, scored_at, subject.code, names)
        records = await people.records_of(session, season.code, names)
        holders = await people.diploma_holders(session, before, stage, subject.code, names)
    limits = await _limits(session, season.code, subject.code, stage)
    return [
        decide(
            _applicant(name, grade, results.get(name), records.get(name, UNRECORDED), holders),
            limits,
        )
        for name, grade in asked
    ]


async def _limits(
    session: AsyncSession, season: str, subject: str, stage: Stage
) -> Mapping[int, Decimal]:
    published = await thresholds.list_thresholds(session, season, Status.PUBLISHED)
    return {t.grade: t.score for t in published if (t.subject, t.stage) == (subject, stage)}


def _applicant(
    name: str,
    grade: int,
    found: tuple[Result, bool] | None,
    record: Record,
    holders: Mapping[str, int | None],
) -> Applicant:
    result, consent = found or (None, None)
    refused = consent is False or record.consent is False
    return Applicant(
        asked_grade=grade,
        known_grade=record.study_grade,
        consent=False if refused else consent or record.consent,
        enrolled=record.enrolled,
        abroad=record.abroad,
        diploma=name in holders,
        diploma_grade=holders.get(name),
        result=result,
    )
