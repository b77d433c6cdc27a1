"""Erasure of a participant (152-ФЗ) in this schema."""

from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from services.olympiads.store.participants import participant_seen
from services.olympiads.tables import METADATA
from services.olympiads.topics import PERSON_ERASED
from services.olympiads.usecases.import_types import KINDS
from shared.access_errors import TerritoryForbidden
from shared.ledger.kinds import LEDGER_KINDS
from shared.persons.columns import read_columns
from shared.persons.eraser import Eraser
from shared.row_access import is_bound


async def require_own_participant(session: AsyncSession, ref: str) -> None:
    """Raise `TerritoryForbidden` where a bound caller names a participant not theirs."""
    if await is_bound(session) and not await participant_seen(session, ref):
        raise TerritoryForbidden


ERASER = Eraser(
    service="olympiads",
    metadata=METADATA,
    columns=read_columns(METADATA, Path(__file__).parents[1] / "data" / "person_columns.csv"),
    topic=PERSON_ERASED,
    import_kinds=[kind.code for kind in (*KINDS, *LEDGER_KINDS)],
    require_own=require_own_participant,
)
