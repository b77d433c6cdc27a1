"""Mentors in life: suggestions, decisions of people, matching again, load."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from services.region_rights import requires_region
from services.training.schemas.mentor_pairs import (
    DecidedPair,
    LoadReport,
    MentorLoad,
    MentorSuggestion,
    PairDecision,
    PairList,
    SuggestionList,
)
from services.training.schemas.plans import QueuedJob
from services.training.usecases import mentoring
from services.training.usecases.mentoring import Decision
from services.training.usecases.signatures import Signer
from shared.jobs import enqueue
from shared.web import (
    Caller,
    Idempotency,
    Limit,
    LongPaging,
    ReadSession,
    WriteSession,
    acting_person,
    requires,
)

router = APIRouter(prefix="/v1/training/mentoring", tags=["training"])
Reader = Annotated[Caller, Depends(requires("training:read"))]
Writer = Annotated[Caller, Depends(requires("training:write"))]
RegionWriter = Annotated[Caller, Depends(requires_region("training:write"))]
REMATCH = "rematch_mentors"
TeacherRef = Annotated[
    str, Query(min_length=1, max_length=128, description="Непрозрачная ссылка на учителя.")
]


@router.get(
    "/suggestions",
    summary="Наставники для учителя",
    description="По порядку: больше дефицитов, меньше нагрузка, прежний наставник, ближе.",
)
async def list_suggestions(
    session: ReadSession,
    _caller: Reader,
    teacher: TeacherRef,
    limit: Limit = 20,
) -> SuggestionList:
    """Rank the mentors of one teacher."""
    found = await mentoring.suggestions(session, teacher)
    return SuggestionList(
        items=[
            MentorSuggestion.model_validate({**asdict(one), "covers": list(one.covers)})
            for one in found[:limit]
        ]
    )


@router.get(
    "/pairs",
    summary="Пары учителя",
    description="Последнее решение о каждой паре учителя и наставника.",
)
async def list_pairs(session: ReadSession, _caller: Reader, teacher: TeacherRef) -> PairList:
    """List the last word about every pair of a teacher."""
    found = await mentoring.pairs_of(session, teacher)
    return PairList(
        items=[DecidedPair(teacher=w.teacher, mentor=w.mentor, state=w.state) for w in found]
    )


@router.get(
    "/load",
    summary="Нагрузка наставников",
    description="Норма, подтверждённые и предложенные пары каждого наставника.",
)
async def get_load(session: ReadSession, _caller: Reader, page: LongPaging) -> LoadReport:
    """Report the load of mentors, the busiest first."""
    loads = await mentoring.loads(session)
    shown, following = page.cut_sorted(loads, lambda load: list(load.rank))
    items = [MentorLoad.model_validate(asdict(load)) for load in shown]
    return LoadReport(items=items, next=following)


@router.post(
    "/confirm",
    summary="Подтвердить наставника",
    description="Решают учитель, наставник или куратор муниципалитета; норма соблюдается.",
    response_model=DecidedPair,
)
async def confirm_pair(
    body: PairDecision, session: WriteSession, once: Idempotency, caller: Writer
) -> Response:
    """Confirm a pair."""
    return await _decide(body, session, once, caller, "confirmed")


@router.post(
    "/decline",
    summary="Отказаться от наставника",
    description="Отклонённый наставник больше не предлагается этому учителю.",
    response_model=DecidedPair,
)
async def decline_pair(
    body: PairDecision, session: WriteSession, once: Idempotency, caller: Writer
) -> Response:
    """Decline a pair."""
    return await _decide(body, session, once, caller, "declined")


@router.post(
    "/end",
    summary="Завершить наставничество",
    description="Завершает подтверждённую пару; наставник остаётся прежним при новом подборе.",
    response_model=DecidedPair,
)
async def end_pair(
    body: PairDecision, session: WriteSession, once: Idempotency, caller: Writer
) -> Response:
    """End a confirmed pair."""
    return await _decide(body, session, once, caller, "ended")


async def _decide(
    body: PairDecision, session: WriteSession, once: Idempotency, caller: Caller, decision: Decision
) -> Response:
    signer = Signer(caller.subject, acting_person(caller))

    async def effect() -> DecidedPair:
        await mentoring.decide(session, body.teacher, body.mentor, decision, signer, body.reason)
        return DecidedPair(teacher=body.teacher, mentor=body.mentor, state=decision)

    return await once(effect, status=200)


@router.post(
    "/rematch",
    status_code=202,
    summary="Подобрать наставников заново",
    description="Подтверждённые пары остаются, отклонённые не предлагаются; итог — предложения. "
    "Нужен клиент, привязанный ко всему региону.",
    response_model=QueuedJob,
)
async def rematch(session: WriteSession, once: Idempotency, caller: RegionWriter) -> Response:
    """Queue the matching of everybody."""

    async def effect() -> Response:
        job = await enqueue(session, REMATCH, "mentors", {}, caller=caller.subject)
        return Response(
            QueuedJob(job=job).model_dump_json(),
            202,
            headers={"Location": f"/v1/training/jobs/{job}"},
            media_type="application/json",
        )

    return await once(effect)
