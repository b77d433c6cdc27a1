"""Layouts of what is known about people and learning: teachers, deficits, programmes, mentors."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import partial

import msgspec
import polars as pl

from services.training.domain.deficits import LevelSetUnusable, read_level_set
from services.training.parsers.measurement_layouts import ERROR
from services.training.parsers.programme_layouts import (
    TIERS,
    WHEN,
    check_all,
    check_span,
    check_tiers,
    code_column,
    list_column,
    title_column,
)
from shared.imports.columns import Check, Column, Context, Layout, RowDefect, Type

REF = r"[A-Za-z0-9_.:\-]{1,128}"
OKTMO = r"[0-9]{8}"
COMPETENCY_KINDS = ("subject", "methodical", "psychological", "communicative")
ROLES = ("mentor", "tutor")
PARTS = ("methodical.subject", "methodical.direction", "managerial.omsu", "managerial.school")
ATTENDANCE = ("enrolled", "attended", "completed", "absent")


def _ref(name: str, title: str, example: str, explanation: str, *, required: bool = True) -> Column:
    return Column(
        name=name,
        title=title,
        example=example,
        explanation=explanation,
        required=required,
        pattern=REF,
        max_length=128,
    )


def _municipality(
    name: str = "municipality",
    title: str = "Муниципалитет (ОКТМО)",
    explanation: str = "Код муниципалитета, восемь цифр.",
) -> Column:
    return Column(
        name=name, title=title, example="08709000", explanation=explanation, pattern=OKTMO
    )


def _flag(name: str, title: str, explanation: str) -> Column:
    return Column(
        name=name,
        title=title,
        type=Type.BOOLEAN,
        required=False,
        example="нет",
        explanation=explanation,
    )


def _day(name: str, title: str, explanation: str, *, required: bool = False) -> Column:
    return Column(
        name=name,
        title=title,
        type=Type.DATE,
        required=required,
        example="2023-03-01",
        explanation=explanation,
    )


def _whole(
    name: str,
    title: str,
    example: str,
    explanation: str,
    *,
    required: bool = False,
    high: int = 1_000_000,
) -> Column:
    return Column(
        name=name,
        title=title,
        type=Type.INTEGER,
        required=required,
        example=example,
        explanation=explanation,
        low=0,
        high=high,
    )


def check_busy(row: Mapping[str, str | None], _context: Context) -> Iterable[RowDefect]:
    """Demand that busy days are pairs `начало..конец` in order."""
    for text in msgspec.json.decode(row["busy"] or "[]"):
        first, _, last = str(text).partition("..")
        try:
            ordered = date.fromisoformat(first) <= date.fromisoformat(last)
        except ValueError:
            ordered = False
        if not ordered:
            yield RowDefect("busy", "RANGE", "Ожидаются отрезки ГГГГ-ММ-ДД..ГГГГ-ММ-ДД.")


TEACHERS = Layout(
    columns=(
        _ref("ref", "Учитель", "t-000001", "Непрозрачная ссылка исходной системы, не имя."),
        _municipality(),
        Column(
            name="school",
            title="Школа",
            explanation="Непрозрачная ссылка на школу.",
            example="s-0123",
            required=False,
            max_length=128,
        ),
        list_column("subjects", "Предметы", "mathematics", "Коды предметов."),
        Column(
            name="tier",
            title="Уровень",
            explanation="Уровень учителя.",
            example="profile",
            choices=TIERS,
        ),
        _whole("experience", "Стаж, лет", "12", "Полных лет.", high=80),
        _flag("young_specialist", "Молодой специалист", "Признан ли молодым специалистом."),
        _flag("shnor_school", "Школа ШНОР", "Из школы с низкими образовательными результатами."),
        _day("attestation_due", "Аттестация до", "Последний день действия аттестации."),
        _flag("required", "Обучение обязательно", "Направить на курсы в первую очередь."),
        _ref(
            "superior",
            "Руководитель",
            "t-000002",
            "Ссылка на руководителя: он не может быть наставником.",
            required=False,
        ),
        _day("waiting_since", "Ждёт обучения с", "День, когда учителя поставили в очередь."),
        list_column(
            "busy", "Занят", "2023-03-01..2023-03-10", "Отрезки дней, когда учиться нельзя."
        ),
    ),
    key=("ref",),
    row_rule=partial(check_all, lists=("subjects", "busy"), rules=(check_busy,)),
)
COMPETENCIES = Layout(
    columns=(
        code_column("code", "Код", "mathematics.geometry", "Код компетенции."),
        title_column("Геометрия"),
        code_column(
            "parent",
            "Родитель",
            "mathematics",
            "Код компетенции, в которую входит.",
            required=False,
        ),
        Column(
            name="kind",
            title="Вид",
            explanation="Вид компетенции.",
            example="subject",
            choices=COMPETENCY_KINDS,
        ),
        code_column("subject", "Предмет", "mathematics", "Код предмета.", required=False),
        list_column(
            "topics",
            "Темы показателей",
            "mathematics",
            "Темы показателей мониторинга, к которым относится.",
        ),
    ),
    key=("code",),
    row_rule=partial(check_all, lists=("topics",)),
)


def known_competency(context: Context) -> Sequence[Check]:
    """Demand that the competency of a diagnostic is registered."""
    known = pl.col("competency").is_in(context["competencies"])
    return [Check("UNKNOWN_COMPETENCY", "competency", "Нет такой компетенции.", ~known)]


def check_levels(row: Mapping[str, str | None], _context: Context) -> Iterable[RowDefect]:
    """Demand that the levels partition the scale and the required one is among them."""
    try:
        levels = read_level_set(msgspec.json.decode(row["level_set"] or "{}"))
    except LevelSetUnusable as error:
        yield RowDefect("level_set", "LEVELS", f"Уровни не делят шкалу: {error}.")
        return
    if row["required"] not in {band.code for band in levels.bands}:
        yield RowDefect("required", "UNKNOWN_LEVEL", "Такого уровня нет.")


DIAGNOSTICS = Layout(
    columns=(
        code_column("code", "Код", "geometry-2023", "Код диагностики."),
        title_column("Диагностика по геометрии"),
        code_column(
            "competency",
            "Компетенция",
            "mathematics.geometry",
            "Код компетенции, которую измеряет.",
        ),
        Column(
            name="level_set",
            title="Уровни",
            explanation="Уровни шкалы: bands с границами, domain, step.",
            type=Type.OBJECT,
            example='{"bands":[{"code":"low","from":"0","to":"49"},{"code":"base","from":"50",'
            '"to":"100"}],"domain":["0","100"],"step":"1"}',
            max_length=20_000,
        ),
        code_column(
            "required", "Требуемый уровень", "base", "Код уровня, ниже которого есть дефицит."
        ),
        ERROR,
    ),
    key=("code",),
    checks=known_competency,
    row_rule=check_levels,
)


def known_diagnostic(context: Context) -> Sequence[Check]:
    """Demand that the diagnostic of a result is registered."""
    known = pl.col("diagnostic").is_in(list(context["scales"]))
    return [Check("UNKNOWN_DIAGNOSTIC", "diagnostic", "Нет такой диагностики.", ~known)]


def check_score(row: Mapping[str, str | None], context: Context) -> Iterable[RowDefect]:
    """Demand that the score lies on the scale of its diagnostic."""
    low, high = context["scales"][row["diagnostic"]]
    if not Decimal(low) <= Decimal(row["score"] or "0") <= Decimal(high):
        yield RowDefect("score", "RANGE", f"Балл вне шкалы {low}…{high}.")


RESULTS = Layout(
    columns=(
        _ref("teacher", "Учитель", "t-000001", "Непрозрачная ссылка исходной системы, не имя."),
        code_column("diagnostic", "Диагностика", "geometry-2023", "Код диагностики."),
        _day("taken_on", "Дата", "День диагностики.", required=True),
        Column(
            name="score",
            title="Балл",
            explanation="На шкале диагностики.",
            type=Type.DECIMAL,
            example="42",
        ),
    ),
    key=("teacher", "diagnostic", "taken_on"),
    checks=known_diagnostic,
    row_rule=check_score,
)
PROGRAMMES = Layout(
    columns=(
        code_column("code", "Код", "ppk-mathematics-profile", "Код программы обучения."),
        title_column("Профильная математика"),
        _whole("hours", "Часов", "36", "Объём программы.", high=10_000),
        Column(
            name="form",
            title="Форма",
            explanation="Форма обучения.",
            example="очная",
            required=False,
        ),
        list_column(
            "competencies",
            "Компетенции",
            "mathematics.geometry",
            "Коды компетенций, которые развивает.",
        ),
        list_column("subjects", "Предметы", "mathematics", "Коды предметов."),
        list_column(
            "tiers", "Уровни", "profile", "Для учителей каких уровней: profile, subject, olympiad."
        ),
        list_column(
            "requires",
            "Требует программ",
            "ppk-mathematics-subject",
            "Коды программ, которые надо пройти раньше.",
        ),
    ),
    key=("code",),
    row_rule=partial(
        check_all, lists=("competencies", "subjects", "tiers", "requires"), rules=(check_tiers,)
    ),
)
ACTIVISTS = Layout(
    columns=(
        _ref("ref", "Активист", "m-0001", "Непрозрачная ссылка исходной системы, не имя."),
        Column(
            name="part",
            title="Часть актива",
            explanation="К какой части относится.",
            example="methodical.subject",
            choices=PARTS,
        ),
        _municipality(),
        Column(
            name="role",
            title="Роль",
            explanation="Наставник или тьютор.",
            example="mentor",
            choices=ROLES,
        ),
        list_column(
            "capabilities",
            "Компетенции",
            "mathematics.geometry",
            "Коды компетенций, с которыми поможет.",
        ),
        list_column("functions", "Функции", "route_building", "Коды функций актива."),
        list_column("directions", "Направления", "03", "Коды направлений работы."),
        _whole(
            "norm",
            "Норма нагрузки",
            "5",
            "Скольких учителей ведёт одновременно.",
            required=True,
            high=1000,
        ),
        _flag("remote", "Дистанционно", "Готов ли помогать на расстоянии."),
        _flag("consent", "Согласие", "Дано ли согласие на обработку данных."),
    ),
    key=("ref",),
    row_rule=partial(check_all, lists=("capabilities", "functions", "directions")),
)
ATTENDANCES = Layout(
    columns=(
        code_column("event", "Курсы", "kpk-mathematics-profile", "Код события циклограммы."),
        _ref("teacher", "Учитель", "t-000001", "Непрозрачная ссылка исходной системы, не имя."),
        Column(
            name="state",
            title="Состояние",
            explanation="Чем кончилось участие.",
            example="completed",
            choices=ATTENDANCE,
        ),
        _day("completed_on", "Завершил", "День окончания обучения."),
        Column(
            name="certificate",
            title="Удостоверение",
            explanation="Номер документа об обучении.",
            example="27-0001",
            required=False,
        ),
    ),
    key=("event", "teacher"),
)
TRAVEL = Layout(
    columns=(
        _municipality("origin", "Откуда (ОКТМО)", "Код муниципалитета, из которого едут."),
        _municipality("destination", "Куда (ОКТМО)", "Код муниципалитета, в который едут."),
        _whole(
            "cost",
            "Стоимость",
            "360",
            "Цена дороги в одну сторону, в единицах вашего плана.",
            required=True,
            high=10**9,
        ),
    ),
    key=("origin", "destination"),
)
FIXED_DATES = Layout(
    columns=(
        code_column("code", "Код", "ege-2023-mathematics", "Код даты."),
        title_column("ЕГЭ по математике"),
        Column(
            name="kind",
            title="Вид",
            explanation="Вид компетенции.",
            example="ege",
            choices=("ege", "olympiad"),
        ),
        code_column("subject", "Предмет", "mathematics", "Код предмета.", required=False),
        Column(
            name="from",
            title="Начало",
            explanation="День ГГГГ-ММ-ДД или месяц ГГГГ-ММ.",
            example="2023-06-01",
            pattern=WHEN,
        ),
        Column(
            name="to",
            title="Окончание",
            explanation="В той же точности, что начало.",
            example="2023-06-01",
            pattern=WHEN,
        ),
    ),
    key=("code",),
    row_rule=check_span,
)
