"""What can be wrong with a file as a whole, and the codes and sentences for its rows."""

from collections.abc import Sequence
from dataclasses import dataclass, field

RAW_SHOWN = 200
NUL, SHOWN_NUL = "\0", "\u2400"

MESSAGES = {
    "REQUIRED": "Обязательное значение не указано.",
    "TOO_LONG": "Значение длиннее допустимого.",
    "CONTROL_CHARACTER": "Значение содержит недопустимый управляющий знак.",
    "TYPE": "Значение другого типа: ожидается {expected}.",
    "NOT_A_FIGURE": "Не число в том виде, как оно напечатано.",
    "NOT_A_NUMBER": "Не десятичное число.",
    "NOT_AN_INTEGER": "Не целое число.",
    "NOT_A_BOOLEAN": "Ожидается да или нет.",
    "NOT_A_DATE": "Не дата вида 2023-03-01 или 01.03.2023.",
    "NOT_AN_OBJECT": "Не объект JSON.",
    "NOT_A_LIST": "Не список.",
    "CHOICE": "Допустимо только: {choices}.",
    "PATTERN": "Значение не соответствует образцу {pattern}.",
    "RANGE": "Значение вне границ {low}…{high}.",
    "UNKNOWN_FIELD": "Неизвестное поле {field}.",
    "MALFORMED_ROW": "Строку не удалось прочитать.",
    "TOO_MANY_CELLS": "В строке больше ячеек, чем колонок.",
    "TOO_FEW_CELLS": "В строке меньше ячеек, чем колонок.",
    "DUPLICATE_KEY": "Один ключ в строках {rows}.",
    "OUTSIDE_SLICE": "Строка не входит в заменяемый срез.",
}


def message_for(code: str, **parts: object) -> str:
    """Return the Russian sentence of a code."""
    return MESSAGES[code].format(**parts)


class FileRefused(Exception):  # noqa: N818 -- it names the fact.
    """The file cannot be read as a whole; `code` is stable, `detail` is Russian."""

    def __init__(self, code: str, detail: str, fields: Sequence[tuple[str, str, str]] = ()) -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail
        self.fields = tuple(fields)


class HeadingMismatch(FileRefused):
    """The heading row differs from the template; every column is compared."""

    def __init__(self, compared: Sequence[tuple[str | None, str | None, bool]]) -> None:
        fields = [
            (
                f"/columns/{i}",
                "HEADING_MATCHES" if fits else "HEADING_MISMATCH",
                f"ожидается: {expected or '—'}; получено: {got or '—'}",
            )
            for i, (expected, got, fits) in enumerate(compared)
        ]
        super().__init__(
            "HEADING_MISMATCH", "Заголовки колонок не совпадают с шаблоном вида данных.", fields
        )


@dataclass(frozen=True, slots=True)
class Defect:
    """One fault of one cell, as the report lists it."""

    row: int
    column: str | None
    code: str
    detail: str
    raw: str | None

    @classmethod
    def of(cls, row: int, column: str | None, code: str, detail: str, raw: str | None) -> "Defect":
        """Make a defect with its raw text cut to what a report shows and can store."""
        shown = None if raw is None else raw[:RAW_SHOWN].replace(NUL, SHOWN_NUL)
        name = None if column is None else column.replace(NUL, SHOWN_NUL)
        return cls(row, name, code, detail.replace(NUL, SHOWN_NUL), shown)


@dataclass(slots=True)
class Rejected:
    """A row that is not taken: its cells in the layout's order (or its raw text), its faults."""

    row: int
    cells: list[str | None]
    defects: list[Defect] = field(default_factory=list)
