"""Layouts of what is known about people and learning: teachers, deficits, programmes, mentors."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import partial

import msgspec

from services.training.domain.deficits import LevelSetUnusable, read_level_set
from services.training.parsers.programme_layouts import (
    TIER_TITLES,
    TIERS,
    check_all,
    check_span,
    check_tiers,
    code_column,
    list_column,
    title_column,
    when_column,
)
from shared.imports.columns import Check, Column, Context, Layout, RowDefect, Type, Unit
from shared.imports.oktmo import municipality_check, municipality_column

REF = r"[A-Za-z0-9_.:\-]{1,128}"
REF_FORM = "до 128 латинских букв, цифр и знаков . _ : -"
MUNICIPALITY = ("municipality", "Муниципалитет (ОКТМО)", "Код муниципалитета, восемь цифр.")
COMPETENCY_KIND_TITLES = ("предметная", "методическая", "психологическая", "коммуникативная")
COMPETENCY_KINDS = ("subject", "methodical", "psychological", "communicative")
ROLES = ("mentor", "tutor")
PARTS = ("methodical.subject", "methodical.direction", "managerial.omsu", "managerial.school")
PART_TITLES = (
    "методический, по предметным областям",
    "методический, по направлениям",
    "управленческий, ОМСУ",
    "управленческий, школы",
)
ATTENDANCE_TITLES = ("зачислен", "посещал", "завершил|завершила|обучен", "не явился|не явилась")
ATTENDANCE = ("enrolled", "attended", "completed", "absent")


def _ref(
    name: str,
    title: str,
    example: str,
    explanation: str,
    *,
    required: bool = True,
    registry: str | None = None,
) -> Column:
    return Column(
        name=name,
        title=title,
        example=example,
        explanation=explanation,
        required=required,
        registry=registry,
        pattern=REF,
        form=REF_FORM,
        max_length=128,
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
    units: tuple[Unit, ...] = (),
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
        units=units,
    )


def municipality_checks(_context: Context) -> Sequence[Check]:
    """Demand that the municipality is one."""
    return [municipality_check("municipality")]


TEACHER = _ref(
    "teacher",
    "Учитель",
    "t-000001",
    "Непрозрачная ссылка исходной системы, не имя.",
    registry="teacher",
)
TEACHERS = Layout(
    columns=(
        _ref("ref", "Учитель", "t-000001", "Непрозрачная ссылка исходной системы, не имя."),
        municipality_column(*MUNICIPALITY),
        Column(
            name="school",
            title="Школа",
            explanation="Непрозрачная ссылка на школу.",
            example="s-0123",
            required=False,
            max_length=128,
        ),
        list_column(
            "subjects", "Предметы", "mathematics", "Коды или названия предметов.", "subject"
        ),
        Column(
            name="tier",
            title="Уровень",
            explanation="Уровень учителя.",
            example="profile",
            choices=TIERS,
            choice_titles=TIER_TITLES,
        ),
        _whole("experience", "Стаж, лет", "12", "Полных лет.", high=80, units=(Unit.YEARS,)),
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
        Column(
            name="busy",
            title="Занят",
            type=Type.SPANS,
            required=False,
            example="2023-03-01..2023-03-10",
            explanation="Отрезки дней, когда учиться нельзя.",
            max_length=10_000,
        ),
    ),
    key=("ref",),
    checks=municipality_checks,
    row_rule=partial(check_all, lists=("subjects", "busy")),
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
            choice_titles=COMPETENCY_KIND_TITLES,
        ),
        code_column(
            "subject",
            "Предмет",
            "mathematics",
            "Код или название предмета.",
            required=False,
            registry="subject",
        ),
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
            registry="competency",
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
    ),
    key=("code",),
    row_rule=check_levels,
)


def check_score(row: Mapping[str, str | None], context: Context) -> Iterable[RowDefect]:
    """Demand that the score lies on the scale of its diagnostic."""
    low, high = context["scales"][row["diagnostic"]]
    if not Decimal(low) <= Decimal(row["score"] or "0") <= Decimal(high):
        yield RowDefect("score", "RANGE", f"Балл вне шкалы {low}…{high}.")


RESULTS = Layout(
    columns=(
        TEACHER,
        code_column(
            "diagnostic",
            "Диагностика",
            "geometry-2023",
            "Код диагностики.",
            registry="diagnostic",
        ),
        _day("taken_on", "Дата", "День диагностики.", required=True),
        Column(
            name="score",
            title="Балл",
            explanation="На шкале диагностики.",
            type=Type.DECIMAL,
            units=(Unit.POINTS, Unit.PERCENT),
            example="42",
        ),
    ),
    key=("teacher", "diagnostic", "taken_on"),
    row_rule=check_score,
)
PROGRAMMES = Layout(
    columns=(
        code_column("code", "Код", "ppk-mathematics-profile", "Код программы обучения."),
        title_column("Профильная математика"),
        _whole("hours", "Часов", "36", "Объём программы.", high=10_000, units=(Unit.HOURS,)),
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
            "open_competency",
        ),
        list_column(
            "subjects", "Предметы", "mathematics", "Коды или названия предметов.", "subject"
        ),
        list_column(
            "tiers",
            "Уровни",
            "profile",
            "Для учителей каких уровней: profile, subject, olympiad.",
            "tier",
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
            choice_titles=PART_TITLES,
        ),
        municipality_column(*MUNICIPALITY),
        Column(
            name="role",
            title="Роль",
            explanation="Наставник или тьютор.",
            example="mentor",
            choices=ROLES,
            choice_titles=("наставник", "тьютор"),
        ),
        list_column(
            "capabilities",
            "Компетенции",
            "mathematics.geometry",
            "Коды компетенций, с которыми поможет.",
            "open_competency",
        ),
        list_column("functions", "Функции", "route_building", "Коды функций актива.", "function"),
        list_column("directions", "Направления", "03", "Коды направлений работы.", "direction"),
        _whole(
            "norm",
            "Норма нагрузки",
            "5",
            "Скольких учителей ведёт одновременно.",
            required=True,
            high=1000,
            units=(Unit.PEOPLE,),
        ),
        _flag("remote", "Дистанционно", "Готов ли помогать на расстоянии."),
        _flag("consent", "Согласие", "Дано ли согласие на обработку данных."),
    ),
    key=("ref",),
    checks=municipality_checks,
    row_rule=partial(check_all, lists=("capabilities", "functions", "directions")),
)
ATTENDANCES = Layout(
    columns=(
        code_column(
            "event",
            "Курсы",
            "kpk-mathematics-profile",
            "Код события циклограммы.",
            registry="event",
        ),
        TEACHER,
        Column(
            name="state",
            title="Состояние",
            explanation="Чем кончилось участие.",
            example="completed",
            choices=ATTENDANCE,
            choice_titles=ATTENDANCE_TITLES,
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


def road_checks(_context: Context) -> Sequence[Check]:
    """Demand that a road joins municipalities."""
    return [municipality_check("origin"), municipality_check("destination")]


TRAVEL = Layout(
    columns=(
        municipality_column("origin", "Откуда (ОКТМО)", "Код муниципалитета, из которого едут."),
        municipality_column("destination", "Куда (ОКТМО)", "Код муниципалитета, в который едут."),
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
    checks=road_checks,
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
            choice_titles=("ЕГЭ", "олимпиада"),
        ),
        code_column(
            "subject",
            "Предмет",
            "mathematics",
            "Код или название предмета.",
            required=False,
            registry="subject",
        ),
        when_column("from", "Начало", "2023-06-01", "День или месяц.", required=True),
        when_column(
            "to", "Окончание", "2023-06-01", "В той же точности, что начало.", required=True
        ),
    ),
    key=("code",),
    row_rule=check_span,
)
