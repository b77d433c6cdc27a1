"""Registries of the measures of the programme and of whom they reached."""

from collections.abc import Callable

from sqlalchemy import BigInteger, Boolean, Column, Date, Integer, Text

MakeColumn = Callable[[str], Column[object]]


def add_measure_tables(
    registry: Callable[..., object], code: MakeColumn, items: MakeColumn
) -> None:
    """Declare measures and their exposures.

    `registry` declares a table by name and key; `code` and `items` make its columns of codes and
    lists.
    """
    registry(
        "measure",
        ("code",),
        code("code"),
        Column("parent", Text),
        code("title"),
        Column("from", Date),
        Column("to", Date),
        Column("role", Text),
        Column("result", Text),
        items("indicators"),
        Column("state", Text),
        Column("unit_level", Text),
        Column("reached_by", Text),
        Column("least_share", Text),
        Column("assignment_rule", Text),
        Column("assignment_why", Text),
        Column("assignment_selected_on", Text),
        Column("assignment_selected_period", Text),
        Column("assignment_indicator", Text),
        Column("assignment_period", Text),
        Column("assignment_cut", Text),
        Column("assignment_side", Text),
        Column("assignment_seed", BigInteger),
        items("outcomes"),
    )
    registry(
        "exposure",
        ("measure", "unit", "period"),
        code("measure"),
        code("unit"),
        code("period"),
        Column("exposed", Boolean),
        Column("trained", Integer),
        Column("need", Integer),
        Column("hours", Integer),
        Column("stratum", Text),
        Column("neighbour", Boolean),
    )
