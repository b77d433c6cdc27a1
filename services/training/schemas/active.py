"""The active at work on the wire."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import ConfigDict, Field

from services.training.domain.direction_rules import DirectionNumber
from services.training.domain.roadmap import RoadmapTask
from services.training.domain.schools import RULE, RULE_TEXT, standing
from services.training.schemas.registries import Text, Texts, Whole
from services.training.store.active import Staff, StaffTotal
from shared.web import ResponseModel

Next = Annotated[str | None, Field(max_length=2000)]


class AssignmentTarget(ResponseModel):
    """Кому или чему поручение."""

    kind: Text
    ref: Text


class AssignmentRow(ResponseModel):
    """Поручение человеку актива."""

    code: Text
    direction: Text | None
    function: Text | None
    activist: Text
    target: Annotated[AssignmentTarget, Field(alias="for")]
    first: Annotated[date | None, Field(alias="from")]
    last: Annotated[date | None, Field(alias="to")]
    hours: Whole | None
    state: Text
    evidence: Texts


class AssignmentPage(ResponseModel):
    """Страница поручений."""

    items: Annotated[list[AssignmentRow], Field(max_length=1000)]
    next: Next


def assignment_row(row: Mapping[str, Any]) -> AssignmentRow:
    """Show an assignment with its target as one object."""
    plain = {name: value for name, value in row.items() if not name.startswith("for_")}
    target = {"kind": row["for_kind"], "ref": row["for_ref"]}
    return AssignmentRow.model_validate({**plain, "for": target})


class GroupRow(ResponseModel):
    """Группа: руководитель, участники, встречи, материал до занятия."""

    code: Text
    title: Text
    leader: Text
    members: Texts
    size: Whole | None
    meetings: Texts
    activity: Text | None
    material: Text | None


class LowResults(ResponseModel):
    """Стоит ли школа в списке ШНОР по объявленному правилу; null — доля неизвестна."""

    rule: Text
    text: Text
    listed: bool | None
    since: date | None
    curator: Text | None
    boundary: Annotated[
        bool, Field(description="Граница правила лежит внутри точности напечатанной доли.")
    ]


class SchoolRow(ResponseModel):
    """Школа."""

    code: Text
    title: Text | None
    oktmo: Text
    kind: Text
    low_share: Text | None
    shnor: LowResults


class SchoolPage(ResponseModel):
    """Страница школ."""

    items: Annotated[list[SchoolRow], Field(max_length=1000)]
    next: Next


def school_row(row: Mapping[str, Any]) -> SchoolRow:
    """Show a school and its state by the rule."""
    judged = standing(row["low_share"])
    return SchoolRow(
        code=row["code"],
        title=row["title"],
        oktmo=row["oktmo"],
        kind=row["kind"],
        low_share=row["low_share"],
        shnor=LowResults(
            rule=RULE,
            text=RULE_TEXT,
            listed=judged.listed,
            since=row["since"],
            curator=row["curator"],
            boundary=judged.boundary,
        ),
    )


class StaffingTotal(ResponseModel):
    """Часть актива: по программе, назначено, вакантно."""

    part: Text
    title: Text
    planned: Whole
    appointed: Whole
    vacant: Whole


class StaffingRow(ResponseModel):
    """Люди части актива в муниципалитете; без плана planned и vacant — null."""

    municipality: Text
    part: Text
    area: Annotated[Text, Field(description="Предмет, направление, функция или all.")]
    planned: Whole | None
    appointed: Whole
    vacant: Whole | None


class Staffing(ResponseModel):
    """Численность актива: итоги программы и строки по муниципалитетам."""

    totals: Annotated[list[StaffingTotal], Field(max_length=100)]
    items: Annotated[list[StaffingRow], Field(max_length=1000)]
    next: Next

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "example": {
                "totals": [
                    {
                        "part": "methodical",
                        "title": "Методический актив",
                        "planned": 220,
                        "appointed": 0,
                        "vacant": 220,
                    }
                ],
                "items": [],
                "next": None,
            }
        },
    )


def total_row(row: StaffTotal) -> StaffingTotal:
    """Show a total; more people than planned leave no vacancy."""
    return StaffingTotal(
        part=row.part,
        title=row.title,
        planned=row.planned,
        appointed=row.appointed,
        vacant=max(0, row.planned - row.appointed),
    )


def staff_row(row: Staff) -> StaffingRow:
    """Show a row of the staff."""
    return StaffingRow(
        municipality=row.municipality,
        part=row.part,
        area=row.area,
        planned=row.planned,
        appointed=row.appointed,
        vacant=None if row.planned is None else max(0, row.planned - row.appointed),
    )


class TaskRow(ResponseModel):
    """Задача дорожной карты; overdue — срок прошёл, а она не сделана."""

    code: Text
    title: Text
    owner_role: Text | None
    term: date | None
    depends: Texts
    indicator: Text | None
    expected: Text | None
    evidence: Texts
    state: Text
    overdue: bool


class Roadmap(ResponseModel):
    """Страница задач дорожной карты."""

    items: Annotated[list[TaskRow], Field(max_length=1000)]
    next: Next


def task_row(task: RoadmapTask, today: date) -> TaskRow:
    """Show a task as it is on a day."""
    return TaskRow(
        code=task.code,
        title=task.title,
        owner_role=task.owner_role,
        term=task.term,
        depends=list(task.depends),
        indicator=task.indicator,
        expected=task.expected,
        evidence=list(task.evidence),
        state=task.state,
        overdue=task.overdue(today),
    )


class DirectionNumberRow(ResponseModel):
    """Число направления: скольких достигло из скольких поручений."""

    direction: Text
    title: Text
    reached: Whole
    of: Whole


class DirectionNumbers(ResponseModel):
    """Числа двенадцати направлений."""

    items: Annotated[list[DirectionNumberRow], Field(max_length=100)]


def number_row(number: DirectionNumber) -> DirectionNumberRow:
    """Show the number of a direction."""
    return DirectionNumberRow(
        direction=number.direction, title=number.title, reached=number.reached, of=number.of
    )
