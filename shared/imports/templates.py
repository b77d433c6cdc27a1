"""The template of a kind: its headings, and under them what each column means, with an example.

The explanations are in rows that begin with «# », which the readers pass over: a filled-in
template can be sent as it is.
"""

import io

import xlsxwriter

from shared.imports.annotated import csv_line
from shared.imports.columns import Column, Layout, Type

TYPES = {
    Type.TEXT: "текст",
    Type.CODE: "код",
    Type.LOCATOR: "текст",
    Type.FIGURE: "число, как напечатано",
    Type.DECIMAL: "число",
    Type.INTEGER: "целое число",
    Type.BOOLEAN: "да или нет",
    Type.DATE: "дата",
    Type.DAY_OR_MONTH: "день или месяц",
    Type.SPANS: "отрезки дней через «|»",
    Type.OBJECT: "пары имя=значение через «;»",
    Type.LIST: "список через «|»",
}
NEUTRAL = "# "
WIDTH = 28


def template_csv(layout: Layout, *, excel: bool = False) -> bytes:
    """Return the template as semicolon-separated text; `excel` adds a byte order mark."""
    lines = [csv_line(row) for row in _rows(layout)]
    return "".join(lines).encode("utf-8-sig" if excel else "utf-8")


def template_xlsx(layout: Layout) -> bytes:
    """Return the template as a workbook whose cells are text, so that codes keep their zeros."""
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet("Данные")
    as_text = book.add_format({"num_format": "@"})
    heading = book.add_format({"bold": True, "text_wrap": True})
    sheet.set_column(0, len(layout.columns) - 1, WIDTH, as_text)
    for number, row in enumerate(_rows(layout)):
        for place, text in enumerate(row):
            sheet.write_string(number, place, text, as_text if number else heading)
    sheet.freeze_panes(1, 0)
    book.close()
    return content.getvalue()


def _rows(layout: Layout) -> list[list[str]]:
    explained = [_explained(column) for column in layout.columns]
    examples = [column.example for column in layout.columns]
    return [
        [column.title for column in layout.columns],
        [f"{NEUTRAL}{explained[0]}", *explained[1:]],
        [f"{NEUTRAL}Пример: {examples[0]}", *examples[1:]],
    ]


def _explained(column: Column) -> str:
    need = "обязательно" if column.required else "можно оставить пустым"
    said = [column.explanation, TYPES[column.type], need]
    if column.choices:
        said.append("одно из: " + ", ".join(column.described_choices()))
    if column.form:
        said.append(column.form)
    return "; ".join(part for part in said if part)
