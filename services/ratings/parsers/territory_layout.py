"""What a file of territories looks like: the register's own rows, codes confirmed or corrected."""

import json
from collections.abc import Iterable

import polars as pl

from shared.imports.columns import Check, Column, Context, Layout, Type
from shared.imports.names import fold_name

CODE = r"[0-9A-Za-z_-]{1,20}"
CODE_FORM = "до 20 латинских букв, цифр, дефисов и подчёркиваний"
KINDS = ("country", "federal_district", "region", "municipality", "organisation")
"""Kinds of territory, each below those before it."""

COLUMNS = (
    Column(
        name="code",
        title="Код ОКТМО",
        explanation="Ключ территории",
        pattern=CODE,
        form=CODE_FORM,
        example="08606000",
    ),
    Column(
        name="kind",
        title="Вид",
        explanation="Что это за территория",
        choices=KINDS,
        choice_titles=(
            "страна",
            "федеральный округ",
            "регион|субъект|субъект федерации",
            "муниципалитет|муниципальное образование",
            "организация",
        ),
        example="municipality",
    ),
    Column(
        name="parent",
        title="Код вышестоящей",
        explanation="Территория, в которую входит; нет только у страны",
        required=False,
        pattern=CODE,
        form=CODE_FORM,
        example="08000000",
    ),
    Column(
        name="title",
        title="Официальное название",
        explanation="Как писать в документах",
        max_length=500,
        example="Аяно-Майский муниципальный район",
    ),
    Column(
        name="register_name",
        title="Название в реестре",
        explanation="Как значится в реестре адресов",
        required=False,
        max_length=500,
    ),
    Column(
        name="aliases",
        title="Другие названия",
        explanation="Под какими ещё названиями встречается",
        type=Type.LIST,
        required=False,
        max_length=4000,
        example="Аяно-Майский район",
    ),
    Column(
        name="okato",
        title="Код ОКАТО",
        explanation="Цифрами",
        required=False,
        pattern=r"[0-9]{2,11}",
        form="от двух до одиннадцати цифр",
    ),
    Column(
        name="iso_code", title="Код ISO", explanation="Если он есть", required=False, max_length=10
    ),
    Column(
        name="code_confirmed",
        title="Код подтверждён",
        explanation="Сверен ли код с общероссийским классификатором",
        type=Type.BOOLEAN,
        example="да",
    ),
    Column(
        name="valid_from",
        title="Существует с",
        explanation="Первый день; пусто, если неизвестен",
        type=Type.DATE,
        required=False,
    ),
    Column(
        name="valid_to",
        title="Существует по",
        explanation="Последний день; пусто, если существует",
        type=Type.DATE,
        required=False,
    ),
    Column(
        name="successors",
        title="Коды преемников",
        explanation="Какие территории её заменили",
        type=Type.LIST,
        required=False,
        max_length=1000,
    ),
    Column(
        name="replaces",
        title="Прежний код",
        required=False,
        pattern=CODE,
        form=CODE_FORM,
        explanation="Код, под которым территория значилась до исправления",
    ),
)


def rules(_context: Context) -> list[Check]:
    """Return what a row must keep beyond the form of its cells."""
    top = pl.col("kind") == KINDS[0]
    return [
        Check(
            "PARENT_REQUIRED",
            "parent",
            "Вышестоящей территории нет только у страны.",
            (~top & pl.col("parent").is_null()) | (top & pl.col("parent").is_not_null()),
        ),
        Check(
            "VALIDITY",
            "valid_to",
            "Последний день раньше первого.",
            pl.col("valid_to") < pl.col("valid_from"),
        ),
    ]


def stored(frame: pl.DataFrame, _context: Context) -> pl.DataFrame:
    """Return the rows as columns of the table `territory_record`."""
    names = [
        names_of(row["title"], row["register_name"], json.loads(row["aliases"] or "[]"))
        for row in frame.iter_rows(named=True)
    ]
    return frame.with_columns(
        pl.Series("names", names, dtype=pl.String),
        pl.col("code_confirmed") == "true",
        pl.col("successors").fill_null("[]"),
    ).drop("aliases")


def names_of(title: str, register_name: str | None, aliases: Iterable[str]) -> str:
    """Return all names of a territory as JSON: pairs of the comparison form and the name."""
    names = [name for name in (*aliases, register_name, title) if name]
    folded = {fold_name(name): name for name in names}
    return json.dumps(sorted(folded.items()), ensure_ascii=False)


LAYOUT = Layout(columns=COLUMNS, key=("code",), checks=rules, derive=stored)
