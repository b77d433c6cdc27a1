"""Seasons, subjects with their dated names, and registered shared maxima."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

SEASONS = text("SELECT code, starts, ends FROM season ORDER BY code DESC")
SEASON = text("SELECT code, starts, ends FROM season WHERE code = :code")
ADD_SEASON = text("""
    INSERT INTO season (code, starts, ends) VALUES (:code, :starts, :ends)
    ON CONFLICT (code) DO NOTHING RETURNING code
""")
SUBJECTS = text("""
    SELECT s.code, s.sort, s.in_programme, t.title, t.short_title, t.valid_from, t.valid_to
    FROM subject s JOIN subject_title t ON t.subject = s.code
    ORDER BY s.sort, t.valid_from NULLS FIRST
""")
SHARED = text("SELECT subject FROM shared_maximum WHERE season = :season AND stage = :stage")
SHARE = text("""
    INSERT INTO shared_maximum (season, stage, subject, basis)
    VALUES (:season, :stage, :subject, :basis)
    ON CONFLICT (season, stage, subject) DO UPDATE SET basis = excluded.basis
""")
SHARED_LIST = text("""
    SELECT season, stage, subject, basis FROM shared_maximum WHERE season = :season
    ORDER BY stage, subject
""")


@dataclass(frozen=True, slots=True)
class Season:
    """A registered season: an academic year."""

    code: str
    starts: date
    ends: date


@dataclass(frozen=True, slots=True)
class Title:
    """A name of a subject while it held; open ends are null."""

    title: str
    short_title: str | None
    valid_from: date | None
    valid_to: date | None

    def held_on(self, day: date) -> bool:
        """Whether the subject was called so on a day, both ends included."""
        starts, ends = self.valid_from or date.min, self.valid_to or date.max
        return starts <= day <= ends


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject with every name it has had, oldest first."""

    code: str
    sort: int
    in_programme: bool
    titles: tuple[Title, ...]

    def title_on(self, day: date) -> str:
        """Name the subject as on a day; the newest name where none is dated so."""
        held = [t.title for t in self.titles if t.held_on(day)]
        return held[0] if held else self.titles[-1].title


async def load_seasons(session: AsyncSession) -> Sequence[Season]:
    """Return every season, newest first."""
    return [Season(*row) for row in await session.execute(SEASONS)]


async def find_season(session: AsyncSession, code: str) -> Season | None:
    """Return one season, or None."""
    row = (await session.execute(SEASON, {"code": code})).one_or_none()
    return None if row is None else Season(*row)


async def add_season(session: AsyncSession, code: str, starts: date, ends: date) -> bool:
    """Register a season; False if it is there already."""
    row = {"code": code, "starts": starts, "ends": ends}
    return (await session.execute(ADD_SEASON, row)).one_or_none() is not None


async def load_subjects(session: AsyncSession) -> Mapping[str, Subject]:
    """Return the subjects by code, in alphabetical order of their names."""
    titles: dict[str, list[Title]] = {}
    heads: dict[str, tuple[int, bool]] = {}
    for row in await session.execute(SUBJECTS):
        heads[row.code] = (row.sort, row.in_programme)
        titles.setdefault(row.code, []).append(
            Title(row.title, row.short_title, row.valid_from, row.valid_to)
        )
    return {code: Subject(code, *head, tuple(titles[code])) for code, head in heads.items()}


async def shared_subjects(session: AsyncSession, season: str, stage: str) -> frozenset[str]:
    """Return the subjects whose grades share one maximum at a stage by a registered fact."""
    rows = await session.execute(SHARED, {"season": season, "stage": stage})
    return frozenset(rows.scalars())


async def register_shared(
    session: AsyncSession, season: str, stage: str, subject: str, basis: str
) -> None:
    """Register or restate the fact that a subject's grades share one maximum."""
    row = {"season": season, "stage": stage, "subject": subject, "basis": basis}
    await session.execute(SHARE, row)


async def list_shared(session: AsyncSession, season: str) -> Sequence[Mapping[str, str]]:
    """Return the registered shared maxima of a season."""
    rows = await session.execute(SHARED_LIST, {"season": season})
    return [dict(row) for row in rows.mappings()]
