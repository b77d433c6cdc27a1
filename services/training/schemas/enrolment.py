"""`enrolment/preview`: a whole enrolment problem in, its optimum out."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from services.training.domain import eligibility
from services.training.domain.enrolment import Plan
from services.training.domain.lottery import Lottery, lottery_view
from services.training.schemas.fields import (
    Code,
    Ref,
    Travel,
    When,
    Zone,
    refuse_repeats,
    span,
)
from shared.web import RequestModel, ResponseModel

Tier = Annotated[str, Field(min_length=1, max_length=100, description="Уровень учителей.")]


class EnrolmentTeacher(RequestModel):
    """Учитель, который ищет место на курсах."""

    ref: Ref
    subject: Code
    tier: Tier
    zone: Zone
    required: Annotated[bool, Field(strict=True, description="Обучение обязательно.")]
    priority: Annotated[int, Field(strict=True, ge=1, le=100, description="Важность, 1…100.")]
    busy: Annotated[
        list[Annotated[list[When], Field(min_length=2, max_length=2)]],
        Field(max_length=1000, description="Занятые дни: отрезки, оба конца включены."),
    ] = Field(default_factory=list)


class EnrolmentSession(RequestModel):
    """Курсы: один поток с местами."""

    code: Code
    subject: Code
    tiers: Annotated[list[Tier], Field(max_length=100, description="Кому адресованы.")]
    zone: Zone
    first: Annotated[When, Field(alias="from")]
    last: Annotated[When, Field(alias="to")]
    seats: Annotated[int, Field(strict=True, ge=0, le=10**6, description="Число мест.")]


class LotteryBody(RequestModel):
    """Жребий среди равных; его начало открыто."""

    seed: Annotated[int, Field(strict=True, ge=0, le=2**53, description="Начало случайного ряда.")]

    model_config = ConfigDict(
        extra="forbid", frozen=True, json_schema_extra={"example": {"seed": 2023}}
    )


class StratumRow(ResponseModel):
    """Страта: равные учителя, среди которых тянули жребий."""

    subjects: Annotated[list[Code], Field(max_length=100)]
    tier: Tier
    zone: Zone
    required: bool
    priority: Annotated[int, Field(ge=1, le=100)]
    drawn: Annotated[int, Field(ge=1, le=2**53, description="Сколько в страте.")]
    placed: Annotated[int, Field(ge=0, le=2**53, description="Скольким досталось место.")]


class LotteryRow(ResponseModel):
    """Зарегистрированный жребий: порядок — по SHA-256 от «seed:ссылка»."""

    seed: Annotated[int, Field(ge=0, le=2**53)]
    strata: Annotated[list[StratumRow], Field(max_length=200_000)]


class EnrolmentProblem(RequestModel):
    """Учителя, курсы и стоимость проезда."""

    teachers: Annotated[list[EnrolmentTeacher], Field(max_length=20_000)]
    sessions: Annotated[list[EnrolmentSession], Field(max_length=2_000)]
    travel: Travel = Field(default_factory=dict)
    lottery: LotteryBody | None = Field(
        None, description="Жребий среди равных вместо порядка ссылок."
    )

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "example": {
                "teachers": [
                    {
                        "ref": "t-0001",
                        "subject": "chemistry",
                        "tier": "profile",
                        "zone": "08709000",
                        "required": True,
                        "priority": 80,
                        "busy": [["2023-03-01", "2023-03-10"]],
                    }
                ],
                "sessions": [
                    {
                        "code": "kpk-chemistry-profile",
                        "subject": "chemistry",
                        "tiers": ["profile"],
                        "zone": "08701000",
                        "from": "2023-10-02",
                        "to": "2023-10-13",
                        "seats": 20,
                    }
                ],
                "travel": {"08709000|08701000": 360},
            }
        },
    )

    def problem(self) -> tuple[list[eligibility.Teacher], list[eligibility.Session]]:
        """Return the domain's values; refuses repeats and reversed ranges with their places."""
        refuse_repeats((teacher.ref for teacher in self.teachers), "/body/teachers/{}/ref")
        refuse_repeats((session.code for session in self.sessions), "/body/sessions/{}/code")
        teachers = [_teacher(row, place) for place, row in enumerate(self.teachers)]
        return teachers, [_session(row, place) for place, row in enumerate(self.sessions)]


def _teacher(row: EnrolmentTeacher, place: int) -> eligibility.Teacher:
    busy = [
        span(first, last, f"/body/teachers/{place}/busy/{number}")
        for number, (first, last) in enumerate(row.busy)
    ]
    return eligibility.Teacher(
        row.ref,
        frozenset({row.subject}),
        row.tier,
        row.zone,
        row.required,
        row.priority,
        tuple((days.first, days.last) for days in busy),
    )


def _session(row: EnrolmentSession, place: int) -> eligibility.Session:
    days = span(row.first, row.last, f"/body/sessions/{place}/from")
    return eligibility.Session(
        row.code,
        row.subject,
        frozenset(row.tiers),
        row.zone,
        days.first,
        days.last,
        row.seats,
        days.precision,
    )


class Placed(ResponseModel):
    """Учитель и его курсы."""

    ref: Ref
    session: Code


class Waits(ResponseModel):
    """Учитель без места и причина."""

    ref: Ref
    reason: Literal["NO_SESSION", "BUSY", "SEATS_TAKEN"]


class Objective(ResponseModel):
    """Что достигнуто на каждом уровне цели."""

    required_placed: Annotated[int, Field(ge=0, le=2**53)]
    priority: Annotated[int, Field(ge=0, le=2**53)]
    cost: Annotated[int, Field(ge=0, le=2**53)]


class ShortageCertificate(ResponseModel):
    """Доказательство нехватки: эти учителя могут попасть только на эти курсы."""

    refs: Annotated[list[Ref], Field(max_length=20_000)]
    teachers: Annotated[int, Field(ge=1, le=2**53)]
    sessions: Annotated[list[Code], Field(max_length=2_000)]
    seats: Annotated[int, Field(ge=0, le=2**53)]
    shortage: Annotated[int, Field(ge=1, le=2**53)]


class EnrolmentPlan(ResponseModel):
    """Лучшее зачисление с доказательствами."""

    placed: Annotated[list[Placed], Field(max_length=20_000)]
    waiting: Annotated[list[Waits], Field(max_length=20_000)]
    objective: Objective
    certificates: Annotated[list[ShortageCertificate], Field(max_length=20_000)]
    status: Literal["optimal", "feasible"]
    gap: Annotated[float, Field(ge=0, description="Расстояние до доказанной границы.")]
    lottery: LotteryRow | None = Field(None, description="Жребий; только если его просили.")


def plan_answer(plan: Plan) -> EnrolmentPlan:
    """Show a plan; the three levels are always proved, so the gap is 0."""
    drawn = {} if plan.lottery is None else {"lottery": _lottery_row(plan.lottery)}
    return EnrolmentPlan(
        placed=[Placed(ref=ref, session=code) for ref, code in plan.placed],
        waiting=[Waits(ref=one.ref, reason=one.reason) for one in plan.waiting],
        objective=Objective(
            required_placed=plan.required_placed, priority=plan.priority, cost=plan.cost
        ),
        certificates=[
            ShortageCertificate(
                refs=list(proof.refs),
                teachers=len(proof.refs),
                sessions=list(proof.sessions),
                seats=proof.seats,
                shortage=proof.shortage,
            )
            for proof in plan.certificates
        ],
        status="optimal",
        gap=0,
        **drawn,
    )


def _lottery_row(lottery: Lottery) -> LotteryRow:
    return LotteryRow.model_validate(lottery_view(lottery))
