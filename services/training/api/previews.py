"""The three previews: a problem in the body, its optimum in the answer, nothing stored."""

from typing import Annotated

from fastapi import APIRouter, Depends

from services.training.domain.eligibility import TravelUnknown
from services.training.domain.enrolment import enrol_seeded
from services.training.domain.mentoring import match
from services.training.domain.preview_cost import (
    ENROLMENT_BOUND,
    MENTORING_BOUND,
    ROUTE_BOUND,
    enrolment_cost,
    mentoring_cost,
    route_cost,
)
from services.training.domain.route_building import build_route
from services.training.errors import PreviewTooCostly, TravelCostTooLarge, TravelCostUnknown
from services.training.schemas.enrolment import EnrolmentPlan, EnrolmentProblem, plan_answer
from services.training.schemas.fields import zone_pairs
from services.training.schemas.mentoring import MatchProblem, MentorMatching, matching_answer
from services.training.schemas.route_preview import BuiltRoute, RouteTask, built_answer
from shared.process_pool import request_pool
from shared.web import Caller, requires

router = APIRouter(prefix="/v1/training", tags=["training"])
Reader = Annotated[Caller, Depends(requires("training:read"))]

BOUNDED = "Больше {} сравнений — 413 до начала расчёта."


def refuse_costly(cost: int, bound: int) -> None:
    """Refuse with the bound what would cost more; nothing was computed yet."""
    if cost > bound:
        raise PreviewTooCostly(cost, bound)


@router.post(
    "/enrolment/preview",
    summary="Рассчитать зачисление без сохранения",
    description="Лексикографический оптимум: сначала больше обязательных учителей, затем больше "
    "сумма важности, затем дешевле проезд. Очередь с причинами и доказательства нехватки мест. "
    + BOUNDED.format(f"{ENROLMENT_BOUND} (учитель и поток одного предмета)"),
    response_model_exclude_unset=True,
)
async def preview_enrolment(problem: EnrolmentProblem, caller: Reader) -> EnrolmentPlan:
    """Solve in a child process; the body is the whole problem."""
    teachers, sessions = problem.problem()
    refuse_costly(enrolment_cost(teachers, sessions), ENROLMENT_BOUND)
    try:
        plan = await request_pool().run(
            enrol_seeded,
            teachers,
            sessions,
            zone_pairs(problem.travel),
            None if problem.lottery is None else problem.lottery.seed,
            caller=caller.subject,
        )
    except TravelUnknown as error:
        raise TravelCostUnknown(error.origin, error.destination) from error
    except OverflowError as error:
        raise TravelCostTooLarge from error
    return plan_answer(plan)


@router.post(
    "/mentoring/preview",
    summary="Рассчитать закрепление наставников без сохранения",
    description="Лексикографический оптимум: больше охваченных, меньше нагрузка самого занятого, "
    "больше сохранённых пар, меньше расстояния. "
    + BOUNDED.format(f"{MENTORING_BOUND} (дефицит учителя и наставник)"),
)
async def preview_mentoring(problem: MatchProblem, caller: Reader) -> MentorMatching:
    """Solve in a child process; the body is the whole problem."""
    teachers, mentors = problem.problem()
    refuse_costly(mentoring_cost(teachers, mentors), MENTORING_BOUND)
    try:
        found = await request_pool().run(
            match, teachers, mentors, zone_pairs(problem.travel), caller=caller.subject
        )
    except TravelUnknown as error:
        raise TravelCostUnknown(error.origin, error.destination) from error
    except OverflowError as error:
        raise TravelCostTooLarge from error
    return matching_answer(found)


@router.post(
    "/routes/preview",
    summary="Построить маршрут без сохранения",
    description="Лексикографический оптимум: больше закрытых дефицитов, меньше часов, раньше "
    "последний день, меньший список кодов. Для незакрытых дефицитов названа причина. "
    + BOUNDED.format(f"{ROUTE_BOUND} (занятие с дефицитами, окнами, занятиями)"),
)
async def preview_route(task: RouteTask, caller: Reader) -> BuiltRoute:
    """Solve in a child process; the body is the whole problem."""
    problem = task.task()
    refuse_costly(route_cost(problem), ROUTE_BOUND)
    return built_answer(await request_pool().run(build_route, problem, caller=caller.subject))
