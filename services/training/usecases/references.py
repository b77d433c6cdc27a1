"""What the rows of an import may refer to, and what is said of an unknown code."""

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.parsers.programme_layouts import TIER_TITLES, TIERS
from services.training.store import registries
from shared.imports.columns import Context, Registry, registry_of

SUBJECTS = Path(__file__).parents[1] / "data" / "subjects.csv"
LATER = frozenset({"programme", "measure"})
"""Registries that may be loaded after what refers to them."""
SENTENCES = {
    "competency": ("UNKNOWN_COMPETENCY", "Нет такой компетенции.", "/v1/training/competencies"),
    "diagnostic": ("UNKNOWN_DIAGNOSTIC", "Нет такой диагностики.", ""),
    "event": ("EVENT_UNKNOWN", "Нет такого события циклограммы.", "/v1/training/events"),
    "measure": ("MEASURE_UNKNOWN", "Нет такого мероприятия.", "/v1/training/measures"),
    "programme": ("PROGRAMME_UNKNOWN", "Нет такой программы.", "/v1/training/programmes"),
    "teacher": ("TEACHER_UNKNOWN", "Учитель не зарегистрирован.", ""),
    "function": ("FUNCTION_UNKNOWN", "Нет такой функции актива.", ""),
    "direction": ("DIRECTION_UNKNOWN", "Нет такого направления.", "/v1/training/directions"),
}


@cache
def _school_subjects() -> tuple[tuple[str, str], ...]:
    with SUBJECTS.open(encoding="utf-8", newline="") as file:
        return tuple((row["code"], row["title"]) for row in csv.DictReader(file))


async def load_registries(session: AsyncSession, *names: str) -> Context:
    """Return the context with registries by name; `open_` ones also take unknown codes."""
    found = {name: await _registry(session, name) for name in names}
    return {"registries": found}


async def _registry(session: AsyncSession, name: str) -> Registry:
    if name == "subject":
        return await _subjects(session)
    if name == "tier":
        titles = dict(zip(TIERS, TIER_TITLES, strict=True))
        return registry_of(titles, "CHOICE", "Нет такого уровня.")
    plain = name.removeprefix("open_").removeprefix("closed_")
    titles = dict(await registries.titles(session, plain))
    code, detail, source = SENTENCES[plain]
    closed = name not in LATER and not name.startswith("open_")
    if name in ("function", "direction"):
        closed = bool(titles)
    if name == "teacher":
        return Registry(titles, {}, code, detail, source, personal=True)
    return registry_of(titles, code, detail, source=source, closed=closed)


async def _subjects(session: AsyncSession) -> Registry:
    """Return the school subjects and those whose teachers are counted."""
    counted: Mapping[str, str] = await registries.titles(session, "headcount")
    titles = dict(_school_subjects()) | dict(counted)
    return registry_of(
        titles,
        "SUBJECT_UNKNOWN",
        "Предмет не зарегистрирован.",
        other_names=[(title, code) for code, title in _school_subjects()],
    )
