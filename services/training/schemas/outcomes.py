"""Outcomes of routes on the wire."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from services.training.domain.outcome_report import By, OutcomeRow
from services.training.schemas.fields import Code
from services.training.usecases.route_outcomes import RouteResult, rounded
from shared.web import ResponseModel

Number = Annotated[str, Field(max_length=40)]
Count = Annotated[int, Field(ge=0, le=2**53)]


class Measurement(ResponseModel):
    """Балл и уровень одной диагностики."""

    diagnostic: Code
    score: Number
    level: Code
    taken_on: date


class DeficitOutcome(ResponseModel):
    """Один дефицит до маршрута и после; null — неизвестно."""

    competency: Code
    required: Code
    before: Measurement
    after: Measurement
    closed: bool
    measurement_error: Annotated[
        Number | None, Field(description="Стандартная ошибка измерения, баллов.")
    ]
    expected_without: Annotated[
        Number | None,
        Field(description="Балл, который ожидался бы без обучения: возврат к среднему."),
    ]


class RouteOutcome(ResponseModel):
    """Чем кончился маршрут по последнему измерению и какой маршрут предложен следом."""

    kind: Literal["closed", "completed_without_result"]
    deficits: Annotated[list[DeficitOutcome], Field(max_length=1000)]
    next_route: UUID | None


def route_outcome(result: RouteResult) -> RouteOutcome | None:
    """Show the last measurement of a route; None when nothing was measured."""
    if not result.outcomes:
        return None
    last = result.outcomes[-1].version
    rows = [outcome for outcome in result.outcomes if outcome.version == last]
    deficits = [
        DeficitOutcome(
            competency=row.competency,
            required=row.required,
            before=Measurement(
                diagnostic=row.before_diagnostic,
                score=row.before_score,
                level=row.before_level,
                taken_on=row.before_on,
            ),
            after=Measurement(
                diagnostic=row.after_diagnostic,
                score=row.after_score,
                level=row.after_level,
                taken_on=row.after_on,
            ),
            closed=row.closed,
            measurement_error=row.error,
            expected_without=row.expected,
        )
        for row in rows
    ]
    closed = all(row.closed for row in rows)
    return RouteOutcome(
        kind="closed" if closed else "completed_without_result",
        deficits=deficits,
        next_route=result.next_route,
    )


class OutcomeReportRow(ResponseModel):
    """Измеренные дефициты одного курса, наставника, тьютора или направления."""

    by: By
    code: Code
    finished: Annotated[Count, Field(description="Дефицитов измерено после маршрута.")]
    closed: Annotated[Count, Field(description="Из них закрыто.")]
    expected_without: Annotated[
        Number | None,
        Field(description="Сколько закрылось бы без обучения; null — оценить нельзя."),
    ]
    unmeasured: Annotated[Count, Field(description="Завершено без повторной диагностики.")]
    text: Annotated[str, Field(max_length=500)]


class OutcomeReport(ResponseModel):
    """Страница отчёта об итогах маршрутов."""

    items: Annotated[list[OutcomeReportRow], Field(max_length=1000)]
    next: Annotated[str | None, Field(max_length=2000)]

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "example": {
                "items": [
                    {
                        "by": "course",
                        "code": "kpk-mathematics-subject-03",
                        "finished": 12,
                        "closed": 7,
                        "expected_without": "4.1",
                        "unmeasured": 3,
                        "text": "Из 12 с дефицитом закрыли 7; без обучения ожидалось бы около 4. "
                        "Без повторной диагностики: 3.",
                    }
                ],
                "next": None,
            }
        },
    )


def report_row(row: OutcomeRow) -> OutcomeReportRow:
    """Show a row of the report with its sentence."""
    expected = None if row.expected_without is None else rounded(row.expected_without)
    return OutcomeReportRow(
        by=row.by,
        code=row.code,
        finished=row.finished,
        closed=row.closed,
        expected_without=expected,
        unmeasured=row.unmeasured,
        text=_sentence(row),
    )


def _sentence(row: OutcomeRow) -> str:
    if row.finished == 0:
        said = "Повторных диагностик нет: сказать, помог ли маршрут, нельзя."
    elif row.expected_without is None:
        said = (
            f"Из {row.finished} с дефицитом закрыли {row.closed}; сколько закрылось бы без "
            "обучения, неизвестно."
        )
    else:
        said = (
            f"Из {row.finished} с дефицитом закрыли {row.closed}; без обучения ожидалось бы "
            f"около {round(row.expected_without)}."
        )
    return said + (f" Без повторной диагностики: {row.unmeasured}." if row.unmeasured else "")
