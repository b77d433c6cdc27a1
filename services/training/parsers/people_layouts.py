"""Layouts of what is known about people and learning: teachers, deficits, programmes, mentors."""

from collections.abc import Sequence
from functools import partial

from services.training.parsers.layout_columns import (
    TEACHER,
    day_column,
    flag_column,
    ref_column,
    whole_column,
)
from services.training.parsers.programme_layouts import (
    SUBJECT,
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
from shared.imports.columns import Check, Column, Context, Layout, Type, Unit
from shared.imports.oktmo import municipality_check, municipality_column

MUNICIPALITY = ("municipality", "Муниципалитет (ОКТМО)", "Код муниципалитета, восемь цифр.")
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


def municipality_checks(_context: Context) -> Sequence[Check]:
    """Demand that the municipality is one."""
    return [municipality_check("municipality")]


TEACHERS = Layout(
    columns=(
        ref_column("ref", "Учитель", "t-000001", "Непрозрачная ссылка исходной системы, не имя."),
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
        whole_column("experience", "Стаж, лет", "12", "Полных лет.", high=80, units=(Unit.YEARS,)),
        flag_column("young_specialist", "Молодой специалист", "Признан ли молодым специалистом."),
        flag_column(
            "shnor_school", "Школа ШНОР", "Из школы с низкими образовательными результатами."
        ),
        day_column("attestation_due", "Аттестация до", "Последний день действия аттестации."),
        flag_column("required", "Обучение обязательно", "Направить на курсы в первую очередь."),
        ref_column(
            "superior",
            "Руководитель",
            "t-000002",
            "Ссылка на руководителя: он не может быть наставником.",
            required=False,
        ),
        day_column("waiting_since", "Ждёт обучения с", "День, когда учителя поставили в очередь."),
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
PROGRAMMES = Layout(
    columns=(
        code_column("code", "Код", "ppk-mathematics-profile", "Код программы обучения."),
        title_column("Профильная математика"),
        whole_column("hours", "Часов", "36", "Объём программы.", high=10_000, units=(Unit.HOURS,)),
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
        ref_column("ref", "Активист", "m-0001", "Непрозрачная ссылка исходной системы, не имя."),
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
        whole_column(
            "norm",
            "Норма нагрузки",
            "5",
            "Скольких учителей ведёт одновременно.",
            required=True,
            high=1000,
            units=(Unit.PEOPLE,),
        ),
        flag_column("remote", "Дистанционно", "Готов ли помогать на расстоянии."),
        flag_column("consent", "Согласие", "Дано ли согласие на обработку данных."),
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
        day_column("completed_on", "Завершил", "День окончания обучения."),
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
        whole_column(
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
        SUBJECT,
        when_column("from", "Начало", "2023-06-01", "День или месяц.", required=True),
        when_column(
            "to", "Окончание", "2023-06-01", "В той же точности, что начало.", required=True
        ),
        Column(
            name="source",
            title="Источник",
            explanation="Приказ или письмо, которым дата установлена.",
            example="Приказ от 16.11.2022 № 989/1143",
            required=False,
        ),
        flag_column("confirmed", "Сверено", "Сверена ли дата с текстом приказа."),
    ),
    key=("code",),
    row_rule=check_span,
)
