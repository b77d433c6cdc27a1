"""Layouts of what is known about people and learning: teachers, deficits, programmes, mentors."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import partial

import msgspec
import polars as pl

from services.training.domain.deficits import LevelSetUnusable, read_level_set
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
from shared.imports.layouts import Check, Column, Context, Layout, RowDefect, Type

REF = r"[A-Za-z0-9_.:\-]{1,128}"
OKTMO = r"[0-9]{8}"
COMPETENCY_KINDS = ("subject", "methodical", "psychological", "communicative")
ROLES = ("mentor", "tutor")
PARTS = ("methodical.subject", "methodical.direction", "managerial.omsu", "managerial.school")
ATTENDANCE = ("enrolled", "attended", "completed", "absent")


def _ref(name: str, title: str, example: str, *, required: bool = True) -> Column:
    return Column(
        name=name, title=title, example=example, required=required, pattern=REF, max_length=128
    )


def _municipality(name: str = "municipality", title: str = "Муниципалитет (ОКТМО)") -> Column:
    return Column(name=name, title=title, example="08709000", pattern=OKTMO)


def _flag(name: str, title: str) -> Column:
    return Column(name=name, title=title, type=Type.BOOLEAN, required=False, example="нет")


def _day(name: str, title: str, *, required: bool = False) -> Column:
    return Column(name=name, title=title, type=Type.DATE, required=required, example="2023-03-01")


def _whole(
    name: str, title: str, example: str, *, required: bool = False, high: int = 1_000_000
) -> Column:
    return Column(
        name=name,
        title=title,
        type=Type.INTEGER,
        required=required,
        example=example,
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
        _ref("ref", "Учитель", "t-000001"),
        _municipality(),
        Column(name="school", title="Школа", example="s-0123", required=False, max_length=128),
        list_column("subjects", "Предметы", "mathematics"),
        Column(name="tier", title="Уровень", example="profile", choices=TIERS),
        _whole("experience", "Стаж, лет", "12", high=80),
        _flag("young_specialist", "Молодой специалист"),
        _flag("shnor_school", "Школа ШНОР"),
        _day("attestation_due", "Аттестация до"),
        _flag("required", "Обучение обязательно"),
        _ref("superior", "Руководитель", "t-000002", required=False),
        _day("waiting_since", "Ждёт обучения с"),
        list_column("busy", "Занят", "2023-03-01..2023-03-10"),
    ),
    key=("ref",),
    row_rule=partial(check_all, lists=("subjects", "busy"), rules=(check_busy,)),
)
COMPETENCIES = Layout(
    columns=(
        code_column("code", "Код", "mathematics.geometry"),
        title_column("Геометрия"),
        code_column("parent", "Родитель", "mathematics", required=False),
        Column(name="kind", title="Вид", example="subject", choices=COMPETENCY_KINDS),
        code_column("subject", "Предмет", "mathematics", required=False),
        list_column("topics", "Темы показателей", "mathematics"),
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
        code_column("code", "Код", "geometry-2023"),
        title_column("Диагностика по геометрии"),
        code_column("competency", "Компетенция", "mathematics.geometry"),
        Column(
            name="level_set",
            title="Уровни",
            type=Type.OBJECT,
            example='{"bands":[{"code":"low","from":"0","to":"49"},{"code":"base","from":"50",'
            '"to":"100"}],"domain":["0","100"],"step":"1"}',
            max_length=20_000,
        ),
        code_column("required", "Требуемый уровень", "base"),
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
        _ref("teacher", "Учитель", "t-000001"),
        code_column("diagnostic", "Диагностика", "geometry-2023"),
        _day("taken_on", "Дата", required=True),
        Column(name="score", title="Балл", type=Type.DECIMAL, example="42"),
    ),
    key=("teacher", "diagnostic", "taken_on"),
    checks=known_diagnostic,
    row_rule=check_score,
)
PROGRAMMES = Layout(
    columns=(
        code_column("code", "Код", "ppk-mathematics-profile"),
        title_column("Профильная математика"),
        _whole("hours", "Часов", "36", high=10_000),
        Column(name="form", title="Форма", example="очная", required=False),
        list_column("competencies", "Компетенции", "mathematics.geometry"),
        list_column("subjects", "Предметы", "mathematics"),
        list_column("tiers", "Уровни", "profile"),
        list_column("requires", "Требует программ", "ppk-mathematics-subject"),
    ),
    key=("code",),
    row_rule=partial(
        check_all, lists=("competencies", "subjects", "tiers", "requires"), rules=(check_tiers,)
    ),
)
ACTIVISTS = Layout(
    columns=(
        _ref("ref", "Активист", "m-0001"),
        Column(name="part", title="Часть актива", example="methodical.subject", choices=PARTS),
        _municipality(),
        Column(name="role", title="Роль", example="mentor", choices=ROLES),
        list_column("capabilities", "Компетенции", "mathematics.geometry"),
        list_column("functions", "Функции", "route_building"),
        list_column("directions", "Направления", "03"),
        _whole("norm", "Норма нагрузки", "5", required=True, high=1000),
        _flag("remote", "Дистанционно"),
        _flag("consent", "Согласие"),
    ),
    key=("ref",),
    row_rule=partial(check_all, lists=("capabilities", "functions", "directions")),
)
ATTENDANCES = Layout(
    columns=(
        code_column("event", "Курсы", "kpk-mathematics-profile"),
        _ref("teacher", "Учитель", "t-000001"),
        Column(name="state", title="Состояние", example="completed", choices=ATTENDANCE),
        _day("completed_on", "Завершил"),
        Column(name="certificate", title="Удостоверение", example="27-0001", required=False),
    ),
    key=("event", "teacher"),
)
TRAVEL = Layout(
    columns=(
        _municipality("origin", "Откуда (ОКТМО)"),
        _municipality("destination", "Куда (ОКТМО)"),
        _whole("cost", "Стоимость", "360", required=True, high=10**9),
    ),
    key=("origin", "destination"),
)
FIXED_DATES = Layout(
    columns=(
        code_column("code", "Код", "ege-2023-mathematics"),
        title_column("ЕГЭ по математике"),
        Column(name="kind", title="Вид", example="ege", choices=("ege", "olympiad")),
        code_column("subject", "Предмет", "mathematics", required=False),
        Column(name="from", title="Начало", example="2023-06-01", pattern=WHEN),
        Column(name="to", title="Окончание", example="2023-06-01", pattern=WHEN),
    ),
    key=("code",),
    row_rule=check_span,
)
