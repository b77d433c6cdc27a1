"""Erasure of a person (152-ФЗ) in this schema: routes take their evidence with them."""

from collections.abc import Mapping
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.store import routes
from services.training.tables import METADATA
from services.training.topics import PERSON_ERASED
from services.training.usecases.import_types import KINDS
from shared.persons.eraser import eraser_of


async def orphans_of_routes(session: AsyncSession) -> Mapping[str, int]:
    """Remove evidence, archives and notes of routes that are gone; lines of history stay."""
    return {"evidence.route": await routes.forget_orphans(session)}


ERASER = eraser_of(
    "training",
    METADATA,
    Path(__file__).parents[1] / "data" / "person_columns.csv",
    PERSON_ERASED,
    [kind.code for kind in KINDS],
    orphans_of_routes,
)
