"""What files of claims, facts and assumptions look like: pure, sent to the reading child.

The natural key of each kind is `id`, the hash that names the claim, fact or assumption for good.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from typing import Any

import polars as pl

from shared.figures.claims import Claim, Concept, Locator, ScopeKind, key_of
from shared.figures.rules.finding import assumption_id, claim_id
from shared.imports.columns import Column, Context, Layout, RowDefect, Type
from shared.ledger.fact_rows import TERRITORY
from shared.ledger.facts import FACTS, FactFault, FactRow, check_fact
from shared.ledger.inline_facts import MEMBERS

Row = Mapping[str, Any]

CODE = r"[\w.\-]{1,100}"
CODE_FORM = "до 100 букв, цифр и знаков . _ -"
PERIOD_LENGTH, SEASON_LENGTH = 4, 9

DOCUMENT = Column(
    name="document",
    title="Документ",
    pattern=CODE,
    form=CODE_FORM,
    example="programme-407",
    explanation="Код документа, в котором напечатано число.",
)
LOCATOR = (
    Column(
        name="locator.line",
        title="Строка",
        type=Type.INTEGER,
        required=False,
        aliases=("line",),
        low=1,
        high=10_000_000,
        example="80",
        explanation="Строка текста документа, с 1.",
    ),
    Column(
        name="locator.cell",
        title="Ячейка",
        type=Type.INTEGER,
        required=False,
        aliases=("cell",),
        low=1,
        high=100_000,
        example="3",
        explanation="Ячейка строки между знаками табуляции, с 1.",
    ),
    Column(
        name="locator.table",
        title="Таблица",
        required=False,
        aliases=("table",),
        example="Рейтингование субъектов РФ, 2022",
        explanation="Название таблицы документа.",
    ),
)
KEY = Column(
    name="key",
    title="О чём",
    type=Type.OBJECT,
    required=False,
    max_length=4000,
    example="indicator=total;period=2022",
    explanation="О чём число: показатель, предмет, класс, уровень, период — имя=значение.",
)
CONCEPTS = tuple(concept.value for concept in Concept)
CONCEPT_TITLES = (
    "балл",
    "индекс",
    "место",
    "место в группе",
    "число",
    "мест",
    "максимум",
    "доля",
    "название",
    "дата",
)


def scope_kind(scope: str) -> ScopeKind:
    """Tell what a scope is by its form: 2022-2023 a season, 2023 a year, else a programme."""
    if len(scope) == PERIOD_LENGTH and scope.isdecimal():
        return ScopeKind.YEAR
    years = scope.split("-")
    season = len(scope) == SEASON_LENGTH and len(years) == 2 and all(map(str.isdecimal, years))  # noqa: PLR2004 -- two years
    return ScopeKind.SEASON if season else ScopeKind.PROGRAMME


def claim_of(row: Row) -> Claim:
    """Return the claim of a row of the frame or of the table; a blank cell has no text."""
    key = row["key"]
    parts = json.loads(key) if isinstance(key, str) else (key or {})
    return Claim(
        scope_kind(row["scope"]),
        row["scope"],
        row["territory"],
        Concept(row["concept"]),
        key_of(parts),
        row["raw"] or "",
        row["document"],
        Locator(_whole(row["locator_line"]), _whole(row["locator_cell"]), row["locator_table"]),
    )


def fact_of(row: Row) -> FactRow:
    """Return the fact of a row of the frame or of the table."""
    key = row["key"]
    parts = json.loads(key) if isinstance(key, str) else (key or {})
    return FactRow(
        row["fact"],
        row["code"] or "",
        row["concept"],
        key_of(parts),
        tuple((row["members"] or "").split()),
        row["value"] or "",
        row["source"] or "",
    )


def _key_faults(row: Row, _context: Context) -> Iterator[RowDefect]:
    """Refuse a key that holds anything but texts and numbers."""
    parts = json.loads(row["key"]) if row["key"] else {}
    plain = all(
        value is None or (isinstance(value, str | int | float) and not isinstance(value, bool))
        for value in parts.values()
    )
    if not plain:
        yield RowDefect("key", "KEY_NOT_PLAIN", "Значения key — текст или число.")


def _subject_faults(row: Row, context: Context) -> Iterator[RowDefect]:
    for fault in _key_faults({"key": row["subject"]}, context):
        yield RowDefect("subject", fault.code, "Значения subject — текст или число.")


def _fact_faults(row: Row, context: Context) -> Iterator[RowDefect]:
    yield from _key_faults(row, context)
    try:
        check_fact(fact_of(row))
    except FactFault as fault:
        yield RowDefect("fact", "FACT_INVALID", str(fault))


def _derive_claims(frame: pl.DataFrame, _context: Context) -> pl.DataFrame:
    """Name every claim and write its key in one form, values as text."""
    return _named(frame, lambda row: claim_id(claim_of(row)), "key")


def _derive_facts(frame: pl.DataFrame, _context: Context) -> pl.DataFrame:
    return _named(frame, _fact_id, "key")


def _derive_assumptions(frame: pl.DataFrame, _context: Context) -> pl.DataFrame:
    return _named(frame, lambda row: assumption_id(row["document"], row["code"]), "subject")


def _named(frame: pl.DataFrame, name: Callable[[Row], str], parts: str) -> pl.DataFrame:
    rows = list(frame.iter_rows(named=True))
    written = [_written(row[parts]) for row in rows]
    return frame.with_columns(
        pl.Series("id", [name(row) for row in rows], dtype=pl.String),
        pl.Series(parts, written, dtype=pl.String),
    )


def _fact_id(row: Row) -> str:
    fact = fact_of(row)
    parts = (row["document"] or "", fact.fact, fact.code, fact.concept or "", str(fact.key))
    return sha256("\n".join(parts).encode()).hexdigest()[:32]


def _written(key: str | None) -> str:
    parts = key_of(json.loads(key) if key else {})
    return json.dumps(dict(parts), ensure_ascii=False)


def _whole(value: object) -> int | None:
    return None if value is None else int(str(value))


CLAIMS_LAYOUT = Layout(
    columns=(
        Column(
            name="scope",
            title="Программа, сезон или год",
            type=Type.CODE,
            pattern=CODE,
            form=CODE_FORM,
            aliases=("programme", "season", "year"),
            example="rum",
            explanation="Программа мониторинга, сезон олимпиады или год.",
        ),
        Column(
            name="territory",
            title="Территория",
            required=False,
            pattern=TERRITORY,
            form="код территории, например восемь цифр ОКТМО",
            example="08000000",
            explanation="Код ОКТМО; пусто, если число не о территории.",
        ),
        Column(
            name="concept",
            title="Понятие",
            choices=CONCEPTS,
            choice_titles=CONCEPT_TITLES,
            example="place",
            explanation="Чем напечатанное число является.",
        ),
        KEY,
        Column(
            name="raw",
            title="Напечатано",
            multiline=True,
            type=Type.CODE,
            required=False,
            max_length=4000,
            example="12",
            explanation="Текст ячейки как напечатан; пустая ячейка остаётся пустой.",
        ),
        DOCUMENT,
        *LOCATOR,
    ),
    key=("id",),
    row_rule=_key_faults,
    derive=_derive_claims,
    rows_member="claims",
    extras=("document", "title", *MEMBERS),
    shared_members=("document", "scope", "programme", "season", "year", "territory"),
    affected_keys=("document",),
)

FACTS_LAYOUT = Layout(
    columns=(
        Column(
            name="document",
            title="Документ",
            required=False,
            pattern=CODE,
            form=CODE_FORM,
            example="programme-407",
            explanation="Код документа; пусто, если факт верен для всех документов сервиса.",
        ),
        Column(
            name="fact",
            title="Факт",
            choices=tuple(FACTS),
            example="peers",
            explanation="Вид факта, на который опираются правила.",
        ),
        Column(
            name="code",
            title="Код",
            required=False,
            example="dfo",
            explanation="Код группы, окна, узла или имя части ключа.",
        ),
        Column(
            name="concept",
            title="Понятие",
            required=False,
            choices=CONCEPTS,
            choice_titles=CONCEPT_TITLES,
            example="index",
            explanation="О каких числах факт.",
        ),
        KEY,
        Column(
            name="members",
            title="Состав",
            multiline=True,
            required=False,
            max_length=20_000,
            example="08000000 05000000",
            explanation="Коды через пробел.",
        ),
        Column(
            name="value",
            title="Значение",
            required=False,
            max_length=20_000,
            example="85",
            explanation="Число, шкала, окно, направление, способ или JSON отношения.",
        ),
        Column(
            name="source",
            title="Источник",
            multiline=True,
            required=False,
            max_length=2000,
            example="Результаты ЕГЭ 2022 года по стране",
            explanation="Откуда факт известен.",
        ),
    ),
    key=("id",),
    row_rule=_fact_faults,
    derive=_derive_facts,
    affected_keys=("document",),
)

ASSUMPTIONS_LAYOUT = Layout(
    columns=(
        DOCUMENT,
        Column(
            name="code",
            title="Код допущения",
            pattern=r"[a-z0-9_]{1,100}",
            form="до 100 строчных латинских букв, цифр и подчёркиваний",
            example="peers_2022",
            explanation="Постоянный код допущения в документе.",
        ),
        Column(
            name="subject",
            title="О чём",
            type=Type.OBJECT,
            required=False,
            max_length=4000,
            example="programme=rum;period=2022",
            explanation="О чём допущение: имя=значение.",
        ),
        Column(
            name="default",
            title="Принято",
            multiline=True,
            max_length=2000,
            example="85",
            explanation="Какое значение принято.",
        ),
        Column(
            name="text",
            title="Пояснение",
            multiline=True,
            max_length=4000,
            example="Число субъектов в рейтинге в документе не названо.",
            explanation="Что документ оставляет неясным.",
        ),
        *LOCATOR,
    ),
    key=("id",),
    row_rule=_subject_faults,
    derive=_derive_assumptions,
    affected_keys=("document",),
)
