"""Pages of the registries as they are now, or were at an instant."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncSession


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


async def page(
    session: AsyncSession,
    registry: Registry,
    chosen: Mapping[str, str],
    after: Sequence[Any] | None,
    limit: int,
    as_of: datetime | None = None,
) -> Sequence[RowMapping]:
    """Return rows in order of the natural key, after a key, as known at an instant or now."""
    key = ", ".join(f'"{name}"' for name in registry.key)
    parts = [registry.where, _validity(as_of)]
    parts += [f'"{name}" = :f_{name}' for name in chosen if name in registry.filters]
    parts += [
        f'"{column}" @> to_jsonb(CAST(:f_{name} AS text))'
        for name, column in registry.holding.items()
        if name in chosen
    ]
    row: dict[str, Any] = {f"f_{name}": value for name, value in chosen.items()}
    if after is not None:
        marks = ", ".join(f":k_{number}" for number in range(len(registry.key)))
        parts.append(f"({key}) > ({marks})")
        row |= {f"k_{number}": value for number, value in enumerate(after)}
    shown = ", ".join(f'"{name}"' for name in registry.shown)
    statement = (
        f"SELECT {shown} FROM {registry.table} WHERE {' AND '.join(parts)}"  # noqa: S608 -- names of our tables.
        f" ORDER BY {key} LIMIT :limit"
    )
    found = await session.execute(text(statement), {**row, "limit": limit, "as_of": as_of})
    return found.mappings().all()


def _validity(as_of: datetime | None) -> str:
    if as_of is None:
        return "known_to = 'infinity' AND CAST(:as_of AS timestamptz) IS NULL"
    return "known_from <= :as_of AND :as_of < known_to"
