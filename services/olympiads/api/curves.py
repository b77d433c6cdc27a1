"""From a threshold to the people: curves and the list of the invited."""

import csv
from collections.abc import Sequence
from io import StringIO
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Query, Response

from services.olympiads.api.tables import SeasonPath, SubjectPath
from services.olympiads.domain.admission_curve import Step
from services.olympiads.domain.canonical import plain
from services.olympiads.domain.thresholds import Stage
from services.olympiads.schemas.curves import (
    AdmissionCurve,
    CurveStep,
    GradePeople,
    Invitation,
    InvitationList,
    PlacePeople,
)
from services.olympiads.schemas.numbers import CODE, StageCode
from services.olympiads.usecases.curves import Invited, draw_curve, invite
from shared.web import Caller, ReadSession, requires
from shared.web.errors import RepresentationUnknown
from shared.web.problems import documented

router = APIRouter(prefix="/v1/olympiads/{season}", tags=["olympiads"])
Reader = Annotated[Caller, Depends(requires("olympiads:read"))]
StageQuery = Annotated[StageCode, Query(description="Этап, на который допускают.")]
COLUMNS = ("participant", "study_grade", "task_grade", "municipality", "school", "score", "grounds")


@router.get(
    "/curves/{subject}/{grade}",
    summary="Сколько человек допускает каждый возможный порог",
    description="Для каждого набранного балла: допущено всего, по классам обучения и по "
    "муниципалитетам, рядом с прошлым сезоном, и сколько мест остаётся после отказов. "
    "Кривая всегда по региону; муниципалитеты — те, к которым привязан клиент.",
)
async def read_curve(
    season: SeasonPath,
    subject: SubjectPath,
    grade: Annotated[int, Path(ge=1, le=11, description="Класс задания.")],
    session: ReadSession,
    caller: Reader,
    stage: StageQuery = "regional",
    quota: Annotated[
        int | None,
        Query(ge=0, le=100_000_000, description="Мест; по умолчанию сохранённая квота класса."),
    ] = None,
) -> AdmissionCurve:
    """Draw the curve of a subject and task grade."""
    curve = await draw_curve(
        session, season, subject, grade, Stage(stage), quota, caller.territories
    )
    return AdmissionCurve(
        season=season,
        subject=subject,
        grade=grade,
        quota=curve.quota,
        items=[_step(step) for step in curve.steps],
    )


def _step(step: Step) -> CurveStep:
    return CurveStep(
        score=plain(step.score) or "",
        admitted=step.admitted,
        tied=step.tied,
        refused=step.refused,
        seats_left=step.seats_left,
        previous=step.previous,
        by_grade=[GradePeople(grade=g, admitted=n) for g, n in step.by_grade.items()],
        by_municipality=[
            PlacePeople(territory=place, admitted=n) for place, n in step.by_municipality.items()
        ],
    )


@router.get(
    "/invitations",
    summary="Список приглашённых на этап",
    description="Все допущенные, кто не отказался: непрозрачные ссылки с основаниями. JSON или "
    "CSV по заголовку Accept. Клиент, привязанный к территориям, получает только их участников.",
    response_model=InvitationList,
    responses={
        200: {"content": {"text/csv": {"schema": {"type": "string", "maxLength": 1 << 28}}}},
        **documented(406),
    },
)
async def list_invitations(
    season: SeasonPath,
    subject: Annotated[str, Query(pattern=CODE, max_length=64, description="Код предмета.")],
    session: ReadSession,
    _caller: Reader,
    stage: StageQuery = "regional",
    accept: Annotated[str, Header(max_length=1000)] = "application/json",
) -> Response:
    """List the invited of a subject."""
    invited = await invite(session, season, subject, Stage(stage))
    if "text/csv" in accept:
        name = f"attachment; filename=invitations-{season}-{subject}.csv"
        headers = {"Content-Disposition": name, "Vary": "Accept"}
        return Response(written(invited), headers=headers, media_type="text/csv; charset=utf-8")
    if "json" not in accept and "*/*" not in accept:
        raise RepresentationUnknown("Список есть в application/json и text/csv.")
    items = InvitationList(items=[_invitation(one) for one in invited])
    return Response(
        items.model_dump_json(), headers={"Vary": "Accept"}, media_type="application/json"
    )


def _invitation(one: Invited) -> Invitation:
    work = one.work
    return Invitation(
        participant=one.participant,
        study_grade=one.study_grade,
        task_grade=work.task_grade if work else None,
        municipality=work.municipality if work else None,
        school=work.school if work else None,
        score=plain(work.score) if work else None,
        grounds=[code.value for code in one.grounds],
    )


def written(invited: Sequence[Invited]) -> str:
    """Write the list as CSV; references never begin with a sign a spreadsheet would compute."""
    out = StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    for one in invited:
        row = _invitation(one).model_dump()
        writer.writerow({**row, "grounds": "|".join(row["grounds"])})
    return out.getvalue()
