"""Layouts of what teachers can and of how it is measured: competencies, diagnostics, results."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import partial

import msgspec

from services.training.domain.deficits import LevelSetUnusable, read_level_set
from services.training.parsers.layout_columns import TEACHER, day_column
from services.training.parsers.programme_layouts import (
    SUBJECT,
    check_all,
    code_column,
    list_column,
    title_column,
)
from shared.imports.columns import Column, Context, Layout, RowDefect, Type, Unit

COMPETENCY_KIND_TITLES = ("предметная", "методическая", "психологическая", "коммуникативная")
COMPETENCY_KINDS = ("subject", "methodical", "psychological", "communicative")

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
        SUBJECT,
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
        Column(
            name="error",
            title="Ошибка измерения",
            explanation="Стандартная ошибка измерения в баллах, если она известна.",
            type=Type.DECIMAL,
            example="4,5",
            required=False,
            low=0,
            high=1_000_000_000,
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
        day_column("taken_on", "Дата", "День диагностики.", required=True),
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
