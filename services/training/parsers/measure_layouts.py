"""Layouts of the programme's measures: how their units are chosen, whom they reached."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import partial

import msgspec
import polars as pl

from services.training.parsers.layout_columns import flag_column, whole_column
from services.training.parsers.programme_layouts import (
    check_all,
    check_order,
    code_column,
    list_column,
    title_column,
)
from shared.imports.columns import Check, Column, Context, Layout, RowDefect, Type, Unit
from shared.imports.oktmo import DETAIL, MUNICIPALITY, UNKNOWN

UNIT_LEVELS = ("municipality", "school", "teacher")
RULES = ("chosen", "random", "threshold", "universal")
REACHES = ("attendance", "routes", "mentoring", "import")
SIDES = ("below", "at_or_below", "above", "at_or_above")
PERIOD = r"\d{4}(-\d{4})?"
NUMBER = r"-?\d{1,9}([.,]\d{1,9})?"
OUTCOME = re.compile(rf"\S{{1,40}} \S{{1,100}} (up|down)( {NUMBER})?( {NUMBER})?")
LARGEST_SEED = 99_999_999_999
"""What a sheet shows with all its digits."""

NEEDED = {
    "random": ("assignment.seed",),
    "threshold": (
        "assignment.indicator",
        "assignment.period",
        "assignment.cut",
        "assignment.side",
    ),
    "chosen": ("assignment.why",),
}
"""What each rule of choice must state; an unstated choice could be passed off for a lottery."""


def check_assignment_rule(row: Mapping[str, str | None], _context: Context) -> Iterable[RowDefect]:
    """Demand what the rule of choice rests on, and a unit level where there is a rule."""
    rule = row["assignment_rule"]
    for name in NEEDED.get(rule or "", ()):
        if row[name.replace(".", "_")] is None:
            yield RowDefect(name, "REQUIRED", "Это правило выбора требует заполнить поле.")
    if rule is not None and row["unit_level"] is None:
        yield RowDefect("unit_level", "REQUIRED", "Укажите, кого охватывает мера.")
    if row["assignment_selected_on"] is not None and row["assignment_selected_period"] is None:
        yield RowDefect(
            "assignment.selected_period", "REQUIRED", "Укажите период, по которому выбирали."
        )


def check_outcomes(row: Mapping[str, str | None], _context: Context) -> Iterable[RowDefect]:
    """Demand «programme indicator up|down», the size expected and the least worth having."""
    for text in msgspec.json.decode(row["outcomes"] or "[]"):
        if OUTCOME.fullmatch(str(text)) is None:
            told = "Ожидается «программа показатель up|down величина наименьшая»."
            yield RowDefect("outcomes", "OUTCOME", told)


def exposure_checks(context: Context) -> Sequence[Check]:
    """Demand units of the measure's level; a teacher is nobody's row of exposures."""
    levels: Mapping[str, str | None] = context["unit_levels"]
    level = pl.col("measure").replace_strict(levels, default=None, return_dtype=pl.String)
    told = "Охват учителей считается по зачислению и посещению и не загружается."
    return [
        Check("EXPOSURE_OF_TEACHER", "measure", told, level == "teacher"),
        Check(
            UNKNOWN,
            "unit",
            DETAIL,
            (level == "municipality") & ~pl.col("unit").str.contains(f"^{MUNICIPALITY}$"),
        ),
    ]


def check_dose(row: Mapping[str, str | None], _context: Context) -> Iterable[RowDefect]:
    """Demand that no more are trained than there are, and none where nobody was exposed."""
    trained, need = row["trained"], row["need"]
    if trained is not None and need is not None and int(trained) > int(need):
        yield RowDefect("trained", "RANGE", "Обученных больше, чем тех, кому нужно.")
    if row["exposed"] == "false" and int(trained or 0) > 0:
        yield RowDefect("exposed", "CONTRADICTION", "Мера не действовала, а обученные есть.")
    if row["exposed"] == "true" and trained is not None and int(trained) == 0:
        yield RowDefect("exposed", "CONTRADICTION", "Мера действовала, а обученных нет.")


def _day(name: str, title: str, explanation: str, example: str) -> Column:
    return Column(
        name=name,
        title=title,
        explanation=explanation,
        type=Type.DATE,
        example=example,
        required=False,
    )


def _text(name: str, title: str, explanation: str, example: str) -> Column:
    return Column(name=name, title=title, explanation=explanation, example=example, required=False)


def _choice(
    name: str, title: str, explanation: str, choices: tuple[str, ...], titles: tuple[str, ...]
) -> Column:
    return Column(
        name=name,
        title=title,
        explanation=explanation,
        example=choices[0],
        required=False,
        choices=choices,
        choice_titles=titles,
    )


def _period(name: str, title: str, explanation: str, *, required: bool = False) -> Column:
    return Column(
        name=name,
        title=title,
        explanation=explanation,
        type=Type.CODE,
        example="2023",
        required=required,
        pattern=PERIOD,
        form="год или два соседних года через дефис",
    )


def _number(name: str, title: str, explanation: str, example: str) -> Column:
    return Column(
        name=name,
        title=title,
        explanation=explanation,
        type=Type.DECIMAL,
        example=example,
        required=False,
    )


MEASURES = Layout(
    columns=(
        code_column("code", "Код", "roadmap", "Код мероприятия, по нему оно обновляется."),
        code_column(
            "parent",
            "Часть программы",
            "part-5",
            "Код части, в которую мероприятие входит.",
            required=False,
        ),
        title_column("Разработка дорожной карты"),
        _day("from", "Начало", "Первый день.", "2022-11-01"),
        _day("to", "Срок", "Последний день.", "2022-12-27"),
        _text("role", "Ответственный", "Кто отвечает.", "Министерство образования"),
        _text("result", "Результат", "Что будет сделано.", "Дорожная карта"),
        list_column("indicators", "Показатели", "2.2", "Коды показателей, на которые влияет."),
        _choice(
            "state",
            "Состояние",
            "Что с этим сейчас.",
            ("planned", "running", "done", "cancelled"),
            ("запланировано", "идёт|выполняется", "выполнено", "отменено"),
        ),
        _choice(
            "unit_level",
            "Кого охватывает",
            "Единица, которой достаётся мера.",
            UNIT_LEVELS,
            ("муниципалитет", "школа", "учитель"),
        ),
        _choice(
            "reached_by",
            "Откуда известен охват",
            "Посещение событий меры, завершённые маршруты, наставники или только загрузка.",
            REACHES,
            ("посещение", "маршруты", "наставники", "загрузка"),
        ),
        _number(
            "least_share",
            "Охваченной считать от доли, %",
            "Доля обученных от потребности, с которой единица охвачена; пусто — от одного.",
            "50",
        ),
        _choice(
            "assignment.rule",
            "Как выбраны",
            "Выбраны кем-то, жребием, по порогу или все.",
            RULES,
            ("выбраны", "жребий", "порог", "все"),
        ),
        _text("assignment.why", "Почему выбраны", "Основание выбора.", "Низкие результаты"),
        _text(
            "assignment.selected_on",
            "Выбраны по показателю",
            "«программа показатель», если выбирали из-за плохого значения.",
            "rum 1.3",
        ),
        _period("assignment.selected_period", "Период выбора", "Период этого значения."),
        _text("assignment.indicator", "Показатель порога", "«программа показатель».", "rum 1.3"),
        _period("assignment.period", "Период порога", "Период показателя порога."),
        _number("assignment.cut", "Порог", "Значение порога.", "30,5"),
        _choice(
            "assignment.side",
            "Сторона порога",
            "По какую сторону порога мера.",
            SIDES,
            ("ниже", "не выше", "выше", "не ниже"),
        ),
        whole_column(
            "assignment.seed",
            "Начало жребия",
            "2026",
            "Открытое начало случайного ряда, по которому жребий повторит любой.",
            high=LARGEST_SEED,
        ),
        list_column(
            "outcomes",
            "Ожидаемые результаты",
            "rum 1.3 up 3 1",
            "«программа показатель up|down величина наименьшая».",
        ),
    ),
    key=("code",),
    row_rule=partial(
        check_all,
        lists=("indicators", "outcomes"),
        rules=(check_order, check_assignment_rule, check_outcomes),
    ),
)
EXPOSURES = Layout(
    columns=(
        code_column("measure", "Мероприятие", "courses", "Код меры.", registry="closed_measure"),
        Column(
            name="unit",
            title="Единица",
            explanation="ОКТМО муниципалитета или код школы.",
            example="08709000",
            pattern=r"[A-Za-z0-9_.\-]{1,40}",
            form="до 40 латинских букв, цифр и знаков . _ -",
        ),
        _period("period", "Период", "Год или учебный год.", required=True),
        flag_column("exposed", "Мера действовала", "нет — единица участвовала в выборе без меры."),
        whole_column("trained", "Обучено", "12", "Сколько человек.", units=(Unit.PEOPLE,)),
        whole_column("need", "Потребность", "20", "Скольким нужно.", units=(Unit.PEOPLE,)),
        whole_column("hours", "Часов", "72", "Сколько часов всего.", units=(Unit.HOURS,)),
        Column(
            name="stratum",
            title="Страта",
            explanation="Слой, внутри которого тянули жребий.",
            example="north",
            required=False,
            max_length=100,
        ),
        flag_column("neighbour", "Сосед", "Меры нет, но площадка или наставник общие."),
    ),
    key=("measure", "unit", "period"),
    checks=exposure_checks,
    row_rule=check_dose,
)
