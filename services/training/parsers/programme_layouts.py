"""Layouts of the programme's own registries: head counts, events, the active, measures."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial

import msgspec

from services.training.domain.calendar import Span
from shared.imports.columns import Check, Column, Context, Layout, RowDefect, RowRule, Type, Unit
from shared.imports.oktmo import municipality_check, municipality_column

CODE = r"[A-Za-z0-9_.\-]{1,100}"
CODE_FORM = "до 100 латинских букв, цифр и знаков . _ -"
YEAR_FORM = "год с 1900 по 2199"
YEAR = r"(19|20|21)[0-9]{2}"
WINDOW = rf"{YEAR}-[12]"
KINDS = ("kpk", "congress", "camp", "master_class", "milestone")
KIND_TITLES = ("КПК|курсы", "съезд", "сборы|сбор", "мастер-класс", "веха|срок")
TIERS = ("profile", "subject", "olympiad")
TIER_TITLES = ("профильный", "предметный", "олимпиадный")
LONGEST_ITEM = 200
STATES = ("planned", "held", "cancelled")
STATE_TITLES = ("запланировано", "проведено", "отменено")


def check_span(row: Mapping[str, str | None], _context: Context) -> Iterable[RowDefect]:
    """Demand two days or two months in order, or neither."""
    first, last = row["from"], row["to"]
    if (first is None) != (last is None):
        yield RowDefect("from", "RANGE", "Укажите обе даты или ни одной.")
    elif first is not None and last is not None:
        try:
            Span.parse(first, last)
        except ValueError:
            yield RowDefect(
                "from", "RANGE", "Ожидаются два дня или два месяца, начало не позже конца."
            )


def check_order(row: Mapping[str, str | None], _context: Context) -> Iterable[RowDefect]:
    """Where both ends are known, the start is not after the end (dates in canonical text)."""
    first, last = row["from"], row["to"]
    if first is not None and last is not None and first > last:
        yield RowDefect("from", "RANGE", "Начало позже окончания.")


def check_texts(row: Mapping[str, str | None], names: Sequence[str]) -> Iterable[RowDefect]:
    """Demand that lists hold short texts and nothing else."""
    for name in names:
        items = msgspec.json.decode(row[name] or "[]")
        if not all(isinstance(item, str) and 0 < len(item) <= LONGEST_ITEM for item in items):
            yield RowDefect(name, "LIST", "Ожидается список непустых текстов.")


def check_tiers(row: Mapping[str, str | None], _context: Context) -> Iterable[RowDefect]:
    """Demand tiers of the programme: seats of an unknown one would count for nobody."""
    for tier in msgspec.json.decode(row["tiers"] or "[]"):
        if tier not in TIERS:
            yield RowDefect("tiers", "CHOICE", f"Нет уровня «{tier}»; есть {', '.join(TIERS)}.")


def check_all(
    row: Mapping[str, str | None],
    context: Context,
    *,
    lists: Sequence[str],
    rules: Sequence[RowRule] = (),
) -> Iterable[RowDefect]:
    """Apply the rule of lists and the kind's own rules."""
    defects = list(check_texts(row, lists))
    yield from defects
    if not defects:
        for rule in rules:
            yield from rule(row, context)


def code_column(
    name: str,
    title: str,
    example: str,
    explanation: str,
    *,
    required: bool = True,
    registry: str | None = None,
) -> Column:
    """Return a column of codes, of a registry's where one is named."""
    return Column(
        name=name,
        title=title,
        example=example,
        explanation=explanation,
        required=required,
        registry=registry,
        pattern=CODE,
        form=CODE_FORM,
        max_length=200 if registry else 100,
    )


SUBJECT = code_column(
    "subject",
    "Предмет",
    "mathematics",
    "Код или название предмета.",
    required=False,
    registry="subject",
)
"""The optional subject of a row, by code or title."""


def when_column(name: str, title: str, example: str, explanation: str, *, required: bool) -> Column:
    """Return a column of days or months."""
    return Column(
        name=name,
        title=title,
        type=Type.DAY_OR_MONTH,
        example=example,
        explanation=explanation,
        required=required,
    )


def title_column(example: str) -> Column:
    """Return the column of titles for people."""
    told = "Как показывать людям."
    return Column(name="title", title="Название", example=example, explanation=told, max_length=500)


def list_column(
    name: str, title: str, example: str, explanation: str, registry: str | None = None
) -> Column:
    """Return an optional column of lists, of a registry's codes where one is named."""
    return Column(
        name=name,
        title=title,
        type=Type.LIST,
        example=example,
        explanation=explanation,
        required=False,
        registry=registry,
    )


HEADCOUNTS = Layout(
    columns=(
        Column(
            name="year",
            title="Год",
            explanation="Год циклограммы.",
            example="2023",
            pattern=YEAR,
            form=YEAR_FORM,
        ),
        code_column("subject", "Предмет", "mathematics", "Код предмета."),
        title_column("Математика"),
        Column(
            name="headcount",
            title="Учителей",
            explanation="Сколько учителей предмета в регионе.",
            type=Type.INTEGER,
            units=(Unit.PEOPLE,),
            example="747",
            low=0,
            high=1_000_000,
        ),
        list_column(
            "assumptions",
            "Допущения",
            "headcounts_are_teachers",
            "Коды допущений, на которых стоит число.",
        ),
    ),
    key=("year", "subject"),
    row_rule=partial(check_all, lists=("assumptions",)),
)


def zone_checks(_context: Context) -> Sequence[Check]:
    """Demand that the zone of travel is a municipality."""
    return [municipality_check("zone")]


EVENTS = Layout(
    columns=(
        code_column(
            "code", "Код", "kpk-mathematics-profile", "Код события, по нему оно обновляется."
        ),
        Column(
            name="year",
            title="Год циклограммы",
            explanation="К циклограмме какого года относится.",
            example="2023",
            pattern=YEAR,
            form=YEAR_FORM,
        ),
        title_column("КПК учителей математики, профильный и углублённый уровень"),
        Column(
            name="kind",
            title="Вид",
            explanation="Вид события.",
            example="kpk",
            choices=KINDS,
            choice_titles=KIND_TITLES,
        ),
        code_column(
            "programme",
            "Программа",
            "ppk-mathematics-profile",
            "Код программы обучения, по которой идёт событие.",
            required=False,
            registry="programme",
        ),
        code_column(
            "measure",
            "Мероприятие",
            "courses",
            "Код мероприятия программы развития.",
            required=False,
            registry="measure",
        ),
        SUBJECT,
        list_column(
            "tiers",
            "Уровни",
            "profile",
            "Для учителей каких уровней: profile, subject, olympiad.",
            "tier",
        ),
        when_column(
            "from", "Начало", "2022-11", "День или месяц: 01.11.2022 или 11.2022.", required=False
        ),
        when_column("to", "Окончание", "2022-12", "В той же точности, что начало.", required=False),
        list_column("venues", "Места", "Краевой центр", "Где проходит."),
        municipality_column(
            "zone",
            "Зона проезда",
            "ОКТМО места, до которого считать дорогу.",
            required=False,
            example="08701000",
        ),
        Column(
            name="seats",
            title="Мест",
            explanation="Сколько человек может участвовать.",
            type=Type.INTEGER,
            units=(Unit.PEOPLE,),
            example="80",
            required=False,
            low=0,
            high=1_000_000,
        ),
        Column(
            name="window",
            title="Окно",
            explanation="Полугодие: год и номер.",
            example="2023-1",
            required=False,
            pattern=WINDOW,
            form="год и номер полугодия через дефис",
        ),
        Column(
            name="state",
            title="Состояние",
            explanation="Что с этим сейчас.",
            example="planned",
            choices=STATES,
            choice_titles=STATE_TITLES,
        ),
        list_column(
            "doubts",
            "Сомнения",
            "mathematics_course_year",
            "Коды допущений, если документ чего-то не говорит.",
        ),
    ),
    key=("code",),
    checks=zone_checks,
    row_rule=partial(
        check_all, lists=("tiers", "venues", "doubts"), rules=(check_span, check_tiers)
    ),
)
QUOTAS = Layout(
    columns=(
        code_column("code", "Код", "methodical.subject", "Код части актива."),
        title_column("По предметным областям"),
        code_column(
            "parent", "Часть чего", "methodical", "Код части, в которую она входит.", required=False
        ),
        Column(
            name="headcount",
            title="Человек",
            explanation="Сколько их в этой части.",
            type=Type.INTEGER,
            units=(Unit.PEOPLE,),
            example="110",
            low=0,
            high=1_000_000,
        ),
    ),
    key=("code",),
)
CLASSES = Layout(
    columns=(
        Column(
            name="version",
            title="Версия",
            explanation="Список функций или список направлений.",
            example="functions",
            choices=("functions", "directions"),
            choice_titles=("функции", "направления"),
        ),
        code_column("code", "Код", "route_building", "Код функции или направления."),
        title_column("Построение ИОМ"),
        list_column("maps_to", "Соответствует", "03", "Коды другой версии, которым отвечает."),
    ),
    key=("version", "code"),
    row_rule=partial(check_all, lists=("maps_to",)),
)
