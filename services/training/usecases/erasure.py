"""Erasure of a person (152-ФЗ) in this schema: routes take their evidence with them."""

from collections.abc import Mapping
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.store import routes
from services.training.tables import METADATA
from services.training.topics import PERSON_ERASED
from services.training.usecases.import_types import KINDS
from services.training.usecases.territory_rights import require_own_person
from shared.persons.columns import read_columns
from shared.persons.eraser import Eraser


async def remove_orphans(session: AsyncSession) -> Mapping[str, int]:
    """Remove evidence, archives and notes of routes that are gone; lines of history stay."""
    return {"evidence.route": await routes.forget_orphans(session)}


ERASER = Eraser(
    service="training",
    metadata=METADATA,
    columns=read_columns(METADATA, Path(__file__).parents[1] / "data" / "person_columns.csv"),
    topic=PERSON_ERASED,
    import_kinds=[kind.code for kind in KINDS],
    require_own=require_own_person,
    further=remove_orphans,
)
