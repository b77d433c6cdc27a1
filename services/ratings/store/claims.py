"""What documents state about slices: the ledger's claims, as far as a rating shows them."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.ratings.parsers.declared import Stated
from shared.ledger.store import WITH_CORRECTION

STATED = text(f"""
    SELECT c.territory, c.key->>'indicator' AS node, c.concept,
        coalesce(CASE WHEN k.made_at IS NULL THEN c.raw ELSE k.raw END, '') AS raw
    FROM claim AS c {WITH_CORRECTION} JOIN territory ON territory.code = c.territory
    WHERE c.known_to = 'infinity' AND c.scope = :programme
    AND c.key->>'period' = :period AND c.key->>'indicator' IS NOT NULL
    ORDER BY c.known_from, c.import_row, c.id
""")  # noqa: S608 -- a constant of the ledger.
SLICES_OF_DOCUMENT = text("""
    SELECT claim.scope, claim.key->>'period' AS period,
        max(greatest(claim.known_from, nullif(claim.known_to, 'infinity'),
                     claim_correction.made_at)) AS known_at
    FROM claim JOIN programme ON programme.code = claim.scope
    LEFT JOIN claim_correction ON claim_correction.claim_id = claim.id
    WHERE claim.document = :document AND claim.key->>'period' ~ '^[0-9]{4}(-[0-9]{4})?$'
    AND claim.key->>'indicator' IS NOT NULL
    GROUP BY 1, 2 ORDER BY 1, 2
""")
BENCHMARKS = text("""
    SELECT key->>'period' AS period, key->>'subject' AS subject, value, source
    FROM document_fact
    WHERE known_to = 'infinity' AND fact = 'benchmark' AND key->>'subject' IS NOT NULL
""")


async def stated(session: AsyncSession, programme: str, period: str) -> Sequence[Stated]:
    """Return the current claims about the nodes of a slice, corrected ones as corrected."""
    asked = {"programme": programme, "period": period}
    return [Stated(*row) for row in await session.execute(STATED, asked)]


async def slices_of(session: AsyncSession, document: str) -> Sequence[tuple[str, str, datetime]]:
    """Return programme, period and the last change of the slices a document speaks of, or did."""
    rows = await session.execute(SLICES_OF_DOCUMENT, {"document": document})
    return [(row.scope, row.period, row.known_at) for row in rows]


async def benchmarks(session: AsyncSession) -> Mapping[tuple[str, str], dict[str, object]]:
    """Return the registered figures of the country by period and subject."""
    rows = await session.execute(BENCHMARKS)
    return {(r.period, r.subject): {"value": r.value, "source": r.source} for r in rows}
