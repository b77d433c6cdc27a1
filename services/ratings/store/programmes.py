"""Programmes of monitoring, their registered peers and the passports of their indicators."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

LIST = text("SELECT id, code, title, description, computed FROM programme ORDER BY code")
PEERS = text("""
    SELECT peers FROM programme_peers WHERE programme = :programme AND period = :period
""")
ALL_PEERS = text("SELECT programme, period, peers FROM programme_peers ORDER BY programme, period")
ADD = text("""
    INSERT INTO programme (code, title, description, computed)
    VALUES (:code, :title, :description, false) ON CONFLICT (code) DO NOTHING RETURNING id
""")
MARK_COMPUTED = text("UPDATE programme SET computed = true WHERE code = :code")
SET_PEERS = text("""
    INSERT INTO programme_peers (programme, period, peers) VALUES (:programme, :period, :peers)
    ON CONFLICT (programme, period) DO UPDATE SET peers = excluded.peers
""")
KEEP_INDICATOR = text("""
    INSERT INTO indicator (programme, code, title, definition, unit, digits, domain_low,
        domain_high, topics, responsible, source)
    VALUES (:programme, :code, :title, :definition, :unit, :digits, :domain_low, :domain_high,
        :topics, :responsible, :source)
    ON CONFLICT (programme, code) DO UPDATE SET title = excluded.title,
        definition = excluded.definition, unit = excluded.unit, digits = excluded.digits,
        domain_low = excluded.domain_low, domain_high = excluded.domain_high,
        topics = excluded.topics, responsible = excluded.responsible, source = excluded.source
""")
INDICATOR_IDS = text("SELECT code, id FROM indicator WHERE programme = :programme")
ALL_INDICATORS = text("SELECT programme || ' ' || code AS name, id FROM indicator")
DOMAINS = text("""
    SELECT id, domain_low, domain_high FROM indicator
    WHERE domain_low IS NOT NULL OR domain_high IS NOT NULL
""")
PASSPORTS = text("""
    SELECT programme, code, title, definition, unit, digits, domain_low, domain_high, topics,
        responsible, source
    FROM indicator WHERE programme = :programme ORDER BY id
""")


@dataclass(frozen=True, slots=True)
class ProgrammeRow:
    """A programme as registered."""

    id: int
    code: str
    title: str
    description: str
    computed: bool


@dataclass(frozen=True, slots=True)
class Passport:
    """The passport of an indicator."""

    programme: str
    code: str
    title: str
    definition: str
    unit: str
    digits: int
    domain_low: Decimal | None
    domain_high: Decimal | None
    topics: list[str]
    responsible: str | None
    source: str | None


async def listed(session: AsyncSession) -> Sequence[ProgrammeRow]:
    """Return all programmes, by code."""
    return [ProgrammeRow(*row) for row in await session.execute(LIST)]


async def add(session: AsyncSession, code: str, title: str, description: str) -> bool:
    """Register a programme; False if its code is taken."""
    row = {"code": code, "title": title, "description": description}
    return (await session.execute(ADD, row)).scalar_one_or_none() is not None


async def mark_computed(session: AsyncSession, code: str) -> None:
    """Record that a programme has a published methodology."""
    await session.execute(MARK_COMPUTED, {"code": code})


async def set_peers(session: AsyncSession, code: str, period: str, peers: int) -> None:
    """Register how many peers a programme has in a period."""
    row = {"programme": code, "period": period, "peers": peers}
    await session.execute(SET_PEERS, row)


async def peers_by_programme(session: AsyncSession) -> Mapping[str, Mapping[str, int]]:
    """Return programme → period → registered number of peers."""
    found: dict[str, dict[str, int]] = {}
    for row in await session.execute(ALL_PEERS):
        found.setdefault(row.programme, {})[row.period] = row.peers
    return found


async def keep_passports(session: AsyncSession, passports: Sequence[Passport]) -> None:
    """Register indicators; one that is registered gets the new passport."""
    for passport in passports:
        await session.execute(KEEP_INDICATOR, asdict(passport))


async def registered_peers(session: AsyncSession, programme: str, period: str) -> int | None:
    """Return how many peers are registered for a period, None where nobody said."""
    asked = {"programme": programme, "period": period}
    return (await session.execute(PEERS, asked)).scalar_one_or_none()


async def indicator_ids(session: AsyncSession, programme: str) -> Mapping[str, int]:
    """Return the numbers of a programme's indicators by code."""
    rows = await session.execute(INDICATOR_IDS, {"programme": programme})
    return {row.code: row.id for row in rows}


async def all_indicators(session: AsyncSession) -> Mapping[str, int]:
    """Return the numbers of all indicators by «programme code»."""
    return {row.name: row.id for row in await session.execute(ALL_INDICATORS)}


async def domains(session: AsyncSession) -> Sequence[tuple[int, float | None, float | None]]:
    """Return number, least and greatest possible value of the indicators that have bounds."""
    return [
        (row.id, _number(row.domain_low), _number(row.domain_high))
        for row in await session.execute(DOMAINS)
    ]


async def passports(session: AsyncSession, programme: str) -> Sequence[Passport]:
    """Return the passports of a programme's indicators, in the order of registration."""
    rows = await session.execute(PASSPORTS, {"programme": programme})
    return [Passport(*row) for row in rows]


def _number(bound: Decimal | None) -> float | None:
    return None if bound is None else float(bound)
