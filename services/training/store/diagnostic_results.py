"""What the imports of people and learning check against, and what plans are made of."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.domain.deficits import Diagnostic, Result, read_level_set

DIAGNOSTICS = text("""
    SELECT code, competency, level_set, required, error FROM diagnostic
    WHERE known_to = 'infinity' ORDER BY code
""")
TEACHER = text("SELECT true FROM teacher WHERE ref = :ref AND known_to = 'infinity'")
TEACHERS = text("SELECT ref FROM teacher WHERE ref = ANY(:refs) AND known_to = 'infinity'")
RESULTS = text("""
    SELECT teacher, diagnostic, taken_on, score FROM diagnostic_result
    WHERE known_to = 'infinity' AND (CAST(:teacher AS text) IS NULL OR teacher = :teacher)
""")


async def list_diagnostics(session: AsyncSession) -> Mapping[str, Diagnostic]:
    """Return every registered diagnostic by its code."""
    rows = await session.execute(DIAGNOSTICS)
    return {
        r.code: Diagnostic(
            r.code,
            r.competency,
            read_level_set(r.level_set),
            r.required,
            None if r.error is None else Decimal(r.error),
        )
        for r in rows
    }


async def results(session: AsyncSession, teacher: str | None = None) -> Sequence[Result]:
    """Return the results of one teacher, or of all."""
    rows = await session.execute(RESULTS, {"teacher": teacher})
    return [Result(r.teacher, r.diagnostic, r.taken_on, Decimal(r.score)) for r in rows]


async def known_teachers(session: AsyncSession, refs: Iterable[str]) -> frozenset[str]:
    """Return those who are registered teachers that the transaction may see."""
    return frozenset((await session.execute(TEACHERS, {"refs": list(refs)})).scalars())


async def teacher_known(session: AsyncSession, ref: str) -> bool:
    """Tell whether a teacher is registered."""
    found = await session.execute(TEACHER, {"ref": ref})
    return found.scalar_one_or_none() is not None
