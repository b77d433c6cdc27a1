"""Pages of the registries as they are now, or were at an instant."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, RowMapping, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from services.training.tables import METADATA

Columns = ReadOnlyColumnCollection[str, Column[Any]]


@dataclass(frozen=True, slots=True)
class Registry:
    """A table, its natural key and the columns returned; names are ours, never a caller's.

    `holding` names the list column that must hold the value of a filter.
    """

    table: str
    key: tuple[str, ...]
    shown: tuple[str, ...]
    filters: tuple[str, ...] = ()
    where: str = "true"
    holding: Mapping[str, str] = field(default_factory=dict)


REGISTRIES: Mapping[str, Registry] = {
    "teachers": Registry(
        "teacher",
        ("ref",),
        (
            "ref",
            "municipality",
            "school",
            "subjects",
            "tier",
            "experience",
            "young_specialist",
            "shnor_school",
            "attestation_due",
            "required",
            "superior",
            "waiting_since",
            "busy",
        ),
        ("municipality", "tier"),
    ),
    "competencies": Registry(
        "competency",
        ("code",),
        ("code", "title", "parent", "kind", "subject", "topics"),
        ("kind", "subject"),
    ),
    "diagnostics": Registry(
        "diagnostic", ("code",), ("code", "title", "competency", "level_set", "required", "error")
    ),
    "programmes": Registry(
        "programme",
        ("code",),
        ("code", "title", "hours", "form", "competencies", "subjects", "tiers", "requires"),
    ),
    "sessions": Registry(
        "event",
        ("code",),
        (
            "code",
            "year",
            "title",
            "programme",
            "measure",
            "subject",
            "tiers",
            "from",
            "to",
            "venues",
            "zone",
            "seats",
            "window",
            "state",
        ),
        ("year", "subject"),
        "kind = 'kpk'",
    ),
    "events": Registry(
        "event",
        ("code",),
        ("code", "year", "title", "kind", "measure", "subject", "from", "to", "window", "state"),
        ("year", "kind"),
        "kind <> 'kpk'",
    ),
    "active": Registry(
        "activist",
        ("ref",),
        (
            "ref",
            "part",
            "municipality",
            "role",
            "capabilities",
            "functions",
            "directions",
            "norm",
            "remote",
            "consent",
        ),
        ("part", "municipality"),
        holding={"function": "functions", "direction": "directions"},
    ),
    "assignments": Registry(
        "assignment",
        ("code",),
        (
            "code",
            "direction",
            "function",
            "activist",
            "for_kind",
            "for_ref",
            "from",
            "to",
            "hours",
            "state",
            "evidence",
        ),
        ("code", "direction", "function", "activist", "state"),
        "(direction IS DISTINCT FROM '11' OR :f_person IN (activist, for_ref))",
    ),
    "groups": Registry(
        "study_group",
        ("code",),
        ("code", "title", "leader", "members", "size", "meetings", "activity", "material"),
        ("code", "leader"),
    ),
    "schools": Registry(
        "school",
        ("code",),
        ("code", "title", "oktmo", "kind", "low_share", "since", "curator"),
        ("code", "oktmo"),
    ),
    "attendance": Registry(
        "attendance",
        ("event", "teacher"),
        ("event", "teacher", "state", "completed_on", "certificate"),
        ("event", "state"),
    ),
    "directions": Registry(
        "class_entry", ("version", "code"), ("version", "code", "title", "maps_to"), ("version",)
    ),
    "measures": Registry(
        "measure",
        ("code",),
        ("code", "parent", "title", "from", "to", "role", "result", "indicators", "state"),
        ("code",),
    ),
    "quotas": Registry("quota", ("code",), ("code", "title", "parent", "headcount")),
}


async def list_rows(
    session: AsyncSession,
    registry: Registry,
    chosen: Mapping[str, str],
    after: Sequence[Any] | None = None,
    *,
    limit: int,
    as_of: datetime | None = None,
) -> Sequence[RowMapping]:
    """Return rows in order of the natural key, after a key, as known at an instant or now.

    A chosen name that is no filter is a bind value of the registry's own condition.
    """
    columns = METADATA.tables[f"{METADATA.schema}.{registry.table}"].columns
    key = [columns[name] for name in registry.key]
    statement = (
        select(*(columns[name] for name in registry.shown))
        .where(text(registry.where), _known(columns, as_of), *_filters(registry, columns, chosen))
        .order_by(*key)
        .limit(limit)
    )
    if after is not None:
        statement = statement.where(tuple_(*key) > tuple_(*after))
    known = {*registry.filters, *registry.holding}
    own = {f"f_{name}": value for name, value in chosen.items() if name not in known}
    return (await session.execute(statement, own)).mappings().all()


def _known(columns: Columns, as_of: datetime | None) -> ColumnElement[bool]:
    if as_of is None:
        return columns["known_to"] == text("'infinity'")
    return (columns["known_from"] <= as_of) & (columns["known_to"] > as_of)


def _filters(
    registry: Registry, columns: Columns, chosen: Mapping[str, str]
) -> Iterator[ColumnElement[bool]]:
    for name, value in chosen.items():
        if name in registry.holding:
            yield columns[registry.holding[name]].contains([value])
        elif name in registry.filters:
            yield columns[name] == value
