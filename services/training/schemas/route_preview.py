"""`routes/preview`: deficits, activities and windows in, the best route out."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from services.training.domain import route
from services.training.domain.route_building import Built
from services.training.errors import RangeInvalid
from services.training.schemas.fields import Code, Day, refuse_repeats, span
from shared.web import RequestModel, ResponseModel

Codes = Annotated[list[Code], Field(max_length=1000)]


class RouteDeficit(RequestModel):
    """Дефицит учителя."""

    code: Code
    kind: Literal["subject", "methodical"]


class RouteActivity(RequestModel):
    """Мероприятие, которое может войти в маршрут; без дат — в любое время."""

    code: Code
    addresses: Codes
    hours: Annotated[int, Field(strict=True, ge=0, le=10_000, description="Объём в часах.")]
    first: Annotated[Day | None, Field(alias="from")] = None
    last: Annotated[Day | None, Field(alias="to")] = None
    requires: Codes = Field(default_factory=list)


class RouteWindow(RequestModel):
    """Отрезок дней, в котором учитель может учиться; оба конца включены."""

    first: Annotated[Day, Field(alias="from")]
    last: Annotated[Day, Field(alias="to")]


class RouteTask(RequestModel):
    """Дефициты, мероприятия и окна одного учителя; без окон ограничений нет."""

    deficits: Annotated[list[RouteDeficit], Field(max_length=500)]
    activities: Annotated[list[RouteActivity], Field(max_length=2_000)]
    windows: Annotated[list[RouteWindow], Field(max_length=500)] | None = None

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "example": {
                "deficits": [
                    {"code": "mathematics.geometry", "kind": "subject"},
                    {"code": "methods.assessment", "kind": "methodical"},
                ],
                "activities": [
                    {
                        "code": "kpk-mathematics-subject-03",
                        "addresses": ["mathematics.geometry"],
                        "hours": 36,
                        "from": "2023-03-13",
                        "to": "2023-03-24",
                        "requires": [],
                    },
                    {
                        "code": "master-class-assessment",
                        "addresses": ["methods.assessment"],
                        "hours": 8,
                        "from": "2023-04-10",
                        "to": "2023-04-10",
                        "requires": ["kpk-mathematics-subject-03"],
                    },
                ],
                "windows": [{"from": "2023-01-09", "to": "2023-05-31"}],
            }
        },
    )

    def task(self) -> route.Task:
        """Return the domain's task; refuses repeats, reversed and half-open ranges."""
        refuse_repeats((row.code for row in self.deficits), "/body/deficits/{}/code")
        refuse_repeats((row.code for row in self.activities), "/body/activities/{}/code")
        windows = []
        for place, row in enumerate(self.windows or ()):
            days = span(str(row.first), str(row.last), f"/body/windows/{place}/from")
            windows.append(route.Window(days.first, days.last))
        return route.Task.of(
            {row.code: row.kind for row in self.deficits},
            [_activity(row, place) for place, row in enumerate(self.activities)],
            windows,
        )


def _activity(row: RouteActivity, place: int) -> route.Activity:
    pointer = f"/body/activities/{place}/from"
    if (row.first is None) != (row.last is None):
        raise RangeInvalid(pointer, "Укажите обе даты или ни одной.")
    if row.first is not None:
        span(str(row.first), str(row.last), pointer)
    return route.Activity(
        row.code,
        frozenset(row.addresses),
        row.hours,
        row.first,
        row.last,
        frozenset(row.requires),
    )


class UncoveredDeficit(ResponseModel):
    """Дефицит, который маршрут не закрывает, и причина."""

    deficit: Code
    reason: route.Reason


class BuiltRoute(ResponseModel):
    """Построенный маршрут."""

    steps: Annotated[list[Code], Field(max_length=2_000, description="Шаги по порядку.")]
    hours: Annotated[int, Field(ge=0, le=2**53)]
    last_day: Day | None
    uncovered: Annotated[list[UncoveredDeficit], Field(max_length=500)]
    status: Literal["optimal", "feasible"]
    gap: Annotated[float, Field(ge=0, description="Относительное расстояние до границы.")]


def built_answer(built: Built) -> BuiltRoute:
    """Show a route: optimal when every level was proved."""
    return BuiltRoute(
        steps=list(built.steps),
        hours=built.hours,
        last_day=built.last_day,
        uncovered=[
            UncoveredDeficit(deficit=deficit, reason=reason) for deficit, reason in built.uncovered
        ],
        status="feasible" if built.gap else "optimal",
        gap=built.gap,
    )
