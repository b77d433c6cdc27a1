"""Layouts of what the active does: assignments, groups, schools, planned staff, the roadmap."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import partial

import msgspec

from services.training.parsers.layout_columns import day_column, ref_column, whole_column
from services.training.parsers.programme_layouts import (
    check_all,
    check_order,
    code_column,
    list_column,
    title_column,
)
from shared.imports.columns import Check, Column, Context, Layout, RowDefect, Unit
from shared.imports.oktmo import municipality_check, municipality_column

TARGETS = ("teacher", "school", "session", "event", "measure", "group")
TARGET_TITLES = ("учитель", "школа", "поток курсов", "событие", "мероприятие", "группа")
STATES = ("planned", "running", "done", "cancelled")
STATE_TITLES = ("запланировано", "идёт", "сделано", "отменено")
SCHOOL_KINDS = ("school", "gymnasium", "lyceum", "other")
SCHOOL_KIND_TITLES = ("школа", "гимназия", "лицей", "другое")
PARTS = ("methodical.subject", "methodical.direction", "managerial.omsu", "managerial.school")


def _text(name: str, title: str, example: str, explanation: str) -> Column:
    return Column(name=name, title=title, example=example, explanation=explanation, required=False)


def _state() -> Column:
    return Column(
        name="state",
        title="Состояние",
        explanation="Что с этим сейчас.",
        example="planned",
        choices=STATES,
        choice_titles=STATE_TITLES,
    )


def check_assignment(row: Mapping[str, str | None], context: Context) -> Iterable[RowDefect]:
    """Demand a direction or a function, a target the direction is for, and evidence of a kind."""
    if (row["direction"] is None) == (row["function"] is None):
        yield RowDefect("direction", "ONE_OF", "Укажите либо направление, либо функцию.")
        return
    rule = context["direction_rules"].get(row["direction"])
    if rule is not None:
        refused = rule.refused(row["for_kind"], row["for_ref"], context["facts"])
        if refused is not None:
            yield RowDefect("for.ref", *refused)
    for line in msgspec.json.decode(row["evidence"] or "[]"):
        if len(str(line).split(maxsplit=1)) < 2:  # noqa: PLR2004 -- a kind and what shows it
            yield RowDefect("evidence", "EVIDENCE", "Ожидается «вид день пояснение».")


def school_checks(_context: Context) -> Sequence[Check]:
    """Demand that a school is in a municipality."""
    return [municipality_check("oktmo")]


def staffing_checks(_context: Context) -> Sequence[Check]:
    """Demand that staff is planned for a municipality."""
    return [municipality_check("municipality")]


def check_share(row: Mapping[str, str | None], _context: Context) -> Iterable[RowDefect]:
    """Demand a share of 0 to 100 per cent."""
    share = row["low_share"]
    if share is not None and Decimal(share.replace(",", ".")) > 100:  # noqa: PLR2004 -- per cent
        yield RowDefect("low_share", "RANGE", "Доля — от 0 до 100 %.")


ASSIGNMENTS = Layout(
    columns=(
        code_column("code", "Код", "a-0001", "Код поручения."),
        code_column(
            "direction",
            "Направление",
            "01",
            "Код из двенадцати.",
            required=False,
            registry="direction",
        ),
        code_column(
            "function",
            "Функция",
            "route_building",
            "Код из семи.",
            required=False,
            registry="function",
        ),
        ref_column("activist", "Активист", "m-0001", "Кто выполняет: непрозрачная ссылка."),
        Column(
            name="for.kind",
            title="Для кого: вид",
            explanation="Кому или чему поручение.",
            example="teacher",
            choices=TARGETS,
            choice_titles=TARGET_TITLES,
        ),
        ref_column("for.ref", "Для кого", "t-000001", "Ссылка или код."),
        day_column("from", "Начало", "Первый день."),
        day_column("to", "Окончание", "Последний день."),
        whole_column("hours", "Часов", "8", "Сколько часов занимает.", units=(Unit.HOURS,)),
        _state(),
        list_column(
            "evidence",
            "Свидетельства",
            "lesson_observed 2023-04-01 урок посещён",
            "Строки «вид день пояснение».",
        ),
    ),
    key=("code",),
    row_rule=partial(check_all, lists=("evidence",), rules=(check_order, check_assignment)),
)
GROUPS = Layout(
    columns=(
        code_column("code", "Код", "g-001", "Код группы."),
        title_column("Методическое объединение учителей математики"),
        ref_column("leader", "Руководитель", "m-0001", "Человек актива: непрозрачная ссылка."),
        list_column("members", "Участники", "t-000001", "Непрозрачные ссылки."),
        whole_column(
            "size", "Размер", "12", "Сколько человек может участвовать.", units=(Unit.PEOPLE,)
        ),
        list_column("meetings", "Встречи", "2023-02-01", "Дни встреч."),
        code_column(
            "activity",
            "Занятие",
            "ppk-group",
            "Код программы, если группа — занятие маршрута.",
            required=False,
        ),
        _text("material", "Материал до занятия", "geometry-1", "Что изучить заранее."),
    ),
    key=("code",),
    row_rule=partial(check_all, lists=("members", "meetings")),
)
SCHOOLS = Layout(
    columns=(
        code_column("code", "Код", "s-0123", "Код школы."),
        _text("title", "Название", "Школа № 1", "Как показывать людям."),
        municipality_column("oktmo", "Муниципалитет (ОКТМО)", "Код муниципалитета."),
        Column(
            name="kind",
            title="Вид",
            explanation="Вид организации.",
            example="school",
            choices=SCHOOL_KINDS,
            choice_titles=SCHOOL_KIND_TITLES,
        ),
        Column(
            name="low_share",
            title="Доля низких результатов, %",
            explanation="Как напечатана: её знаки — точность.",
            example="30,4",
            required=False,
            pattern=r"[0-9]{1,3}([.,][0-9]{1,6})?",
            form="число от 0 до 100, знаки после запятой — как напечатано",
        ),
        day_column("since", "В списке ШНОР с", "День включения в список."),
        ref_column(
            "curator", "Куратор", "m-0001", "Человек актива: непрозрачная ссылка.", required=False
        ),
    ),
    key=("code",),
    checks=school_checks,
    row_rule=check_share,
)
STAFFING = Layout(
    columns=(
        municipality_column("municipality", "Муниципалитет (ОКТМО)", "Код муниципалитета."),
        Column(
            name="part",
            title="Часть актива",
            explanation="К какой части относится.",
            example="methodical.subject",
            choices=PARTS,
        ),
        code_column(
            "area",
            "Предмет, направление или функция",
            "mathematics",
            "Код; all — на всю часть.",
        ),
        whole_column(
            "planned",
            "По плану",
            "6",
            "Сколько человек нужно.",
            required=True,
            units=(Unit.PEOPLE,),
        ),
    ),
    key=("municipality", "part", "area"),
    checks=staffing_checks,
)
ROADMAP = Layout(
    columns=(
        code_column("code", "Код", "roadmap", "Код задачи."),
        title_column("Разработка дорожной карты"),
        _text("owner_role", "Ответственный", "Министерство образования", "Роль, не имя."),
        day_column("term", "Срок", "Последний день."),
        list_column("depends", "После задач", "analysis", "Коды задач, которые раньше."),
        _text("indicator", "Показатель", "2.2", "Код показателя, на который влияет."),
        _text("expected", "Ожидаемое значение", "80", "Что должно получиться."),
        list_column("evidence", "Свидетельства", "Приказ", "Чем подтверждено."),
        _state(),
    ),
    key=("code",),
    row_rule=partial(check_all, lists=("depends", "evidence")),
)
