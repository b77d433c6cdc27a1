"""Layouts of the programme's own registries: head counts, events, the active, measures."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial

import msgspec

from services.training.domain.calendar import Span
from shared.imports.columns import Column, Context, Layout, RowDefect, RowRule, Type

CODE = r"[A-Za-z0-9_.\-]{1,100}"
YEAR = r"(19|20|21)[0-9]{2}"
WHEN = rf"{YEAR}-[0-9]{{2}}(-[0-9]{{2}})?"
WINDOW = rf"{YEAR}-[12]"
KINDS = ("kpk", "congress", "camp", "master_class", "milestone")
TIERS = ("profile", "subject", "olympiad")
LONGEST_ITEM = 200
STATES = ("planned", "held", "cancelled")


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
    name: str, title: str, example: str, explanation: str, *, required: bool = True
) -> Column:
    """Return a column of codes."""
    return Column(
        name=name,
        title=title,
        example=example,
        explanation=explanation,
        required=required,
        pattern=CODE,
        max_length=100,
    )


def title_column(example: str) -> Column:
    """Return the column of titles for people."""
    told = "Как показывать людям."
    return Column(name="title", title="Название", example=example, explanation=told, max_length=500)


def list_column(name: str, title: str, example: str, explanation: str) -> Column:
    """Return an optional column of lists."""
    return Column(
        name=name,
        title=title,
        type=Type.LIST,
        example=example,
        explanation=explanation,
        required=False,
    )


HEADCOUNTS = Layout(
    columns=(
        Column(
            name="year", title="Год", explanation="Год циклограммы.", example="2023", pattern=YEAR
        ),
        code_column("subject", "Предмет", "mathematics", "Код предмета."),
        title_column("Математика"),
        Column(
            name="headcount",
            title="Учителей",
            explanation="Сколько учителей предмета в регионе.",
            type=Type.INTEGER,
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
        ),
        title_column("КПК учителей математики, профильный и углублённый уровень"),
        Column(name="kind", title="Вид", explanation="Вид события.", example="kpk", choices=KINDS),
        code_column(
            "programme",
            "Программа",
            "ppk-mathematics-profile",
            "Код программы обучения, по которой идёт событие.",
            required=False,
        ),
        code_column(
            "measure",
            "Мероприятие",
            "courses",
            "Код мероприятия программы развития.",
            required=False,
        ),
        code_column("subject", "Предмет", "mathematics", "Код предмета.", required=False),
        list_column(
            "tiers", "Уровни", "profile", "Для учителей каких уровней: profile, subject, olympiad."
        ),
        Column(
            name="from",
            title="Начало",
            explanation="День ГГГГ-ММ-ДД или месяц ГГГГ-ММ.",
            example="2022-11",
            required=False,
            pattern=WHEN,
        ),
        Column(
            name="to",
            title="Окончание",
            explanation="В той же точности, что начало.",
            example="2022-12",
            required=False,
            pattern=WHEN,
        ),
        list_column("venues", "Места", "Хабаровск", "Где проходит."),
        Column(
            name="zone",
            title="Зона проезда",
            explanation="ОКТМО места, до которого считать дорогу.",
            example="08701000",
            required=False,
        ),
        Column(
            name="seats",
            title="Мест",
            explanation="Сколько человек может участвовать.",
            type=Type.INTEGER,
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
        ),
        Column(
            name="state",
            title="Состояние",
            explanation="Что с этим сейчас.",
            example="planned",
            choices=STATES,
        ),
        list_column(
            "doubts",
            "Сомнения",
            "mathematics_course_year",
            "Коды допущений, если документ чего-то не говорит.",
        ),
    ),
    key=("code",),
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
        ),
        code_column("code", "Код", "route_building", "Код функции или направления."),
        title_column("Построение ИОМ"),
        list_column("maps_to", "Соответствует", "03", "Коды другой версии, которым отвечает."),
    ),
    key=("version", "code"),
    row_rule=partial(check_all, lists=("maps_to",)),
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
        Column(
            name="from",
            title="Начало",
            explanation="День ГГГГ-ММ-ДД или месяц ГГГГ-ММ.",
            type=Type.DATE,
            example="2022-11-01",
            required=False,
        ),
        Column(
            name="to",
            title="Срок",
            explanation="Последний день.",
            type=Type.DATE,
            example="2022-12-27",
            required=False,
        ),
        Column(
            name="role",
            title="Ответственный",
            explanation="Кто отвечает.",
            example="Минобрнауки края",
            required=False,
        ),
        Column(
            name="result",
            title="Результат",
            explanation="Что будет сделано.",
            example="Дорожная карта",
            required=False,
        ),
        list_column("indicators", "Показатели", "2.2", "Коды показателей, на которые влияет."),
        Column(
            name="state",
            title="Состояние",
            explanation="Что с этим сейчас.",
            example="planned",
            required=False,
            choices=("planned", "running", "done", "cancelled"),
        ),
    ),
    key=("code",),
    row_rule=partial(check_all, lists=("indicators",), rules=(check_order,)),
)
