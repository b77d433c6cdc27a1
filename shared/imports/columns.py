"""What a file of one kind looks like and what its rows must keep: pure, sent to the reading child.

A layout crosses into the child process, so its functions are at the top level of modules that
import no framework.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import polars as pl

from shared.imports.names import fold_name

ROW = "import_row"
"""The frame's column of row numbers: as a person counts the rows of the file (see `blocks`)."""

Context = Mapping[str, Any]
"""What checks compare with: registered codes and the like, plain values only (it is sent)."""


class Type(StrEnum):
    """What a cell holds; the frame always carries its canonical text, null where it is blank.

    `FIGURE` is a number as printed (`shared.figures`): decimal point, digits retained, a dash and
    «неприменимо» are «-», «нет данных» is «н/д»; `DECIMAL` and `INTEGER` take a decimal comma and
    grouped digits; `DATE` takes `2023-03-01`, `01.03.2023`, «1 марта 2023» and these at midnight;
    `OBJECT` and `LIST` are JSON text with sorted keys; in a table's cell an object may be written
    `name=value;name=value`, a list with «|» between items. `CODE` is a text that JSON may also
    write as a whole number (`"year": 2023`), `LOCATOR` one that JSON may also write as the object
    `{line, cell, table}` of a claim: «98:3, table». `DAY_OR_MONTH` is a day or, where only it is
    known, a month `2023-03`; `SPANS` a list of closed spans of days `2023-03-01..2023-03-10`.
    """

    TEXT = "text"
    CODE = "code"
    FIGURE = "figure"
    DECIMAL = "decimal"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    DATE = "date"
    OBJECT = "object"
    LIST = "list"
    LOCATOR = "locator"
    DAY_OR_MONTH = "day_or_month"
    SPANS = "spans"


FREE_TEXTS = frozenset({Type.TEXT, Type.CODE, Type.LOCATOR})
"""The types whose text is taken as given."""
NUMBERS = frozenset({Type.FIGURE, Type.DECIMAL, Type.INTEGER})
DATES = frozenset({Type.DATE, Type.DAY_OR_MONTH})


class Unit(StrEnum):
    """What a number counts: its sign may follow the number in a cell."""

    PERCENT = "percent"
    PEOPLE = "people"
    POINTS = "points"
    HOURS = "hours"
    YEARS = "years"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: `name` on the wire (a dot enters an object), Russian heading, bounds, example.

    `aliases` are other names it may come under, in JSON and as headings; the first that is not
    null counts. `choice_titles` are the Russian names of the choices in their order, further names
    of one after «|». `form` says in words what `pattern` demands. `registry` names the registry in
    the context that holds the codes of the column; in a list, of each item. A value of one line
    with a line break in it is a fault unless `multiline`.
    """

    name: str
    title: str
    type: Type = Type.TEXT
    required: bool = True
    example: str = ""
    explanation: str = ""
    aliases: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    choice_titles: tuple[str, ...] = ()
    pattern: str | None = None
    form: str = ""
    registry: str | None = None
    units: tuple[Unit, ...] = ()
    multiline: bool = False
    low: float | None = None
    high: float | None = None
    max_length: int = 1000

    @property
    def stored(self) -> str:
        """Name in frames and tables."""
        return self.name.replace(".", "_")

    def choice_names(self) -> dict[str, str]:
        """Return the choices by every name they may be written under, folded."""
        titled = {
            fold_name(name): code
            for code, titles in zip(self.choices, self.choice_titles, strict=False)
            for name in titles.split("|")
        }
        return titled | {fold_name(code): code for code in self.choices}

    def described_choices(self) -> list[str]:
        """Return the choices for people: the code, and its name where it has one."""
        titles = [titles.split("|")[0] for titles in self.choice_titles]
        titles += [""] * (len(self.choices) - len(titles))
        return [f"{c} ({t})" if t else c for c, t in zip(self.choices, titles, strict=True)]


@dataclass(frozen=True, slots=True)
class Registry:
    """The codes that a column may hold.

    `titles` maps code → title, `names` folded names → code. `unknown` and `detail` are the code and
    the sentence of an unknown one, `source` says where all are given. A registry that is not
    `closed` may be loaded later: an unknown code is then a notice, not a fault. `shared_names` are
    names that several codes have. `personal` codes are references to people.
    """

    titles: Mapping[str, str]
    names: Mapping[str, str]
    unknown: str
    detail: str
    source: str = ""
    closed: bool = True
    shared_names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    personal: bool = False


def registry_of(
    titles: Mapping[str, str],
    unknown: str,
    detail: str,
    *,
    source: str = "",
    other_names: Iterable[tuple[str, str]] = (),
    closed: bool = True,
) -> Registry:
    """Return a registry whose codes go by code, title and other names.

    A name that several codes share names none of them.
    """
    pairs = [(fold_name(title), code) for code, title in titles.items() if title]
    pairs += [(fold_name(name), code) for name, code in other_names]
    owners: dict[str, set[str]] = {}
    for name, code in pairs:
        owners.setdefault(name, set()).add(code)
    own = {fold_name(code): code for code in titles}
    names = {name: next(iter(codes)) for name, codes in owners.items() if len(codes) == 1} | own
    several = {name: tuple(sorted(codes)) for name, codes in owners.items() if len(codes) > 1}
    return Registry(titles, names, unknown, detail, source, closed, several)


Suggest = Callable[[str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Check:
    """A rule over whole columns: `bad` is true where a row breaks it, null obeys it.

    `detail` is a sentence, or an expression that gives the sentence of each row. `suggest` returns
    texts that might be meant instead of a raw one.
    """

    code: str
    column: str
    detail: str | pl.Expr
    bad: pl.Expr
    suggest: Suggest | None = None


@dataclass(frozen=True, slots=True)
class RowDefect:
    """What a row rule found: the column by its wire name, a stable code, a Russian sentence."""

    column: str | None
    code: str
    detail: str
    suggestions: tuple[str, ...] = ()


Checks = Callable[[Context], Sequence[Check]]
RowRule = Callable[[Mapping[str, str | None], Context], Iterable[RowDefect]]
Derive = Callable[[pl.DataFrame, Context], pl.DataFrame]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Columns, natural key (stored names) and rules of a kind, all pure.

    `checks` and then `row_rule` see frames of canonical text; `resolve` may add columns to them
    first (numbers of codes and the like, null where unknown), and `derive` turns the good rows into
    the columns of the table (and keeps `import_row`). A JSON object holds the rows in its member
    `rows_member` (or `rows`), and may have the members `extras` next to it. A member named in
    `shared_members` says once what every row that leaves its column out would say; a file of more
    than 16 MiB says it in each row. `affected_keys` names columns of the derived frame whose
    distinct values the hooks get, as texts. `warnings` are checks of rows without a fault that
    reject none.
    """

    columns: tuple[Column, ...]
    key: tuple[str, ...]
    resolve: Derive | None = None
    checks: Checks | None = None
    row_rule: RowRule | None = None
    derive: Derive | None = None
    rows_member: str = "rows"
    extras: tuple[str, ...] = ()
    shared_members: tuple[str, ...] = ()
    affected_keys: tuple[str, ...] = ()
    warnings: Checks | None = None
