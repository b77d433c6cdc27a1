"""A sheet as Apache Parquet: exact decimals stay text, the footer travels as metadata."""

import io

from services.gateway.representations.sheet import Cell, Sheet


def to_parquet(sheet: Sheet) -> bytes:
    """Return a table with the dotted names of the columns; absent values are null.

    A column of one type keeps it; whole and broken numbers together are broken ones; any other
    mixture is text.
    """
    import polars as pl  # noqa: PLC0415 -- loaded by the first request that needs it.

    columns = []
    for i, name in enumerate(sheet.columns):
        cells = _uniform([row[i] for row in sheet.rows])
        known = any(cell is not None for cell in cells)
        columns.append(pl.Series(name, cells, dtype=None if known else pl.String))
    written = io.BytesIO()
    frame = pl.DataFrame(columns)
    frame.write_parquet(written, metadata={"title": sheet.title, **dict(sheet.footer)})
    return written.getvalue()


def _uniform(cells: list[Cell]) -> list[Cell]:
    """Return the cells of a column in one type."""
    kinds = {type(cell) for cell in cells if cell is not None}
    if len(kinds) < 2:  # noqa: PLR2004 -- one type or none.
        return cells
    if kinds == {int, float}:
        return [None if cell is None else float(cell) for cell in cells]
    return [None if cell is None else _text(cell) for cell in cells]


def _text(cell: Cell) -> str:
    return str(cell).lower() if isinstance(cell, bool) else str(cell)
