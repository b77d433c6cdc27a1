"""Registries of what the active does."""

from collections.abc import Callable

from sqlalchemy import Column, Date, Integer, Text

MakeColumn = Callable[[str], Column[object]]


def add_active_tables(registry: Callable[..., object], code: MakeColumn, items: MakeColumn) -> None:
    """Declare assignments, groups, schools, planned staff and tasks of the roadmap.

    `registry` declares a table by name and key; `code` and `items` make its columns of codes and
    lists.
    """
    registry(
        "assignment",
        ("code",),
        code("code"),
        Column("direction", Text),
        Column("function", Text),
        code("activist"),
        code("for_kind"),
        code("for_ref"),
        Column("from", Date),
        Column("to", Date),
        Column("hours", Integer),
        code("state"),
        items("evidence"),
    )
    registry(
        "study_group",
        ("code",),
        code("code"),
        code("title"),
        code("leader"),
        items("members"),
        Column("size", Integer),
        items("meetings"),
        Column("activity", Text),
        Column("material", Text),
    )
    _add_organisation_tables(registry, code, items)


def _add_organisation_tables(
    registry: Callable[..., object], code: MakeColumn, items: MakeColumn
) -> None:
    registry(
        "school",
        ("code",),
        code("code"),
        Column("title", Text),
        code("oktmo"),
        code("kind"),
        Column("low_share", Text),
        Column("since", Date),
        Column("curator", Text),
    )
    registry(
        "staffing_plan",
        ("municipality", "part", "area"),
        code("municipality"),
        code("part"),
        code("area"),
        Column("planned", Integer, nullable=False),
    )
    registry(
        "roadmap_task",
        ("code",),
        code("code"),
        code("title"),
        Column("owner_role", Text),
        Column("term", Date),
        items("depends"),
        Column("indicator", Text),
        Column("expected", Text),
        items("evidence"),
        code("state"),
    )
