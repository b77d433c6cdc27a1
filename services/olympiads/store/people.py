"""What is known of participants when their admission is decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Text

from services.olympiads.domain.eligibility import Result

RESULTS = text("""
    SELECT participant, consent, study_grade, task_grade, score, status = 'void' AS void,
        state = 'final' AS final
    FROM result WHERE season = :season AND stage = :stage AND subject = :subject
    AND participant = ANY(:people) AND known_to = 'infinity'
""").bindparams(bindparam("people", type_=ARRAY(Text)))
RECORDS = text("""
    SELECT participant, study_grade, enrolled, consent, coalesce(abroad, false) AS abroad
    FROM participant WHERE season = :season AND participant = ANY(:people)
    AND known_to = 'infinity'
""").bindparams(bindparam("people", type_=ARRAY(Text)))
DIPLOMAS = text("""
    SELECT participant, study_grade FROM diploma WHERE season = :season AND stage = :stage
    AND subject = :subject AND participant = ANY(:people) AND known_to = 'infinity'
""").bindparams(bindparam("people", type_=ARRAY(Text)))
WITH_RESULTS = text("""
    SELECT DISTINCT participant FROM result
    WHERE participant = ANY(:people) AND known_to = 'infinity'
""")


@dataclass(frozen=True, slots=True)
class Record:
    """What the organiser recorded of a participant in a season; null is not recorded."""

    study_grade: int | None
    enrolled: bool | None
    consent: bool | None
    abroad: bool


async def results_of(
    session: AsyncSession,
    season: str,
    stage: str,
    subject: str,
    people: Sequence[str],
) -> Mapping[str, tuple[Result, bool]]:
    """Return each participant's current result and consent."""
    row = {"season": season, "stage": stage, "subject": subject, "people": list(people)}
    rows = await session.execute(RESULTS, row)
    return {participant: (Result(*facts), consent) for participant, consent, *facts in rows}


async def records_of(
    session: AsyncSession, season: str, people: Sequence[str]
) -> Mapping[str, Record]:
    """Return what the organiser recorded of these participants."""
    rows = await session.execute(RECORDS, {"season": season, "people": list(people)})
    return {
        row.participant: Record(row.study_grade, row.enrolled, row.consent, row.abroad)
        for row in rows
    }


async def with_results(session: AsyncSession, people: Sequence[str]) -> frozenset[str]:
    """Return those who have a result that the transaction may see, in any season."""
    return frozenset((await session.execute(WITH_RESULTS, {"people": list(people)})).scalars())


async def diploma_holders(
    session: AsyncSession, season: str, stage: str, subject: str, people: Sequence[str]
) -> Mapping[str, int | None]:
    """Return the holders of a diploma of a stage in a subject, with the grade they studied in."""
    row = {"season": season, "stage": stage, "subject": subject, "people": list(people)}
    return {r.participant: r.study_grade for r in await session.execute(DIPLOMAS, row)}
