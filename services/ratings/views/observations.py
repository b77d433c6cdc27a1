"""Observations on the wire, each with its source and its import."""

from decimal import Decimal

from services.ratings.parsers.observation_layout import MARKS
from services.ratings.schemas.observations import (
    ImportShown,
    ObservationShown,
    SourceShown,
)
from services.ratings.schemas.tables import FigureShown
from services.ratings.store.observation_rows import ObservationRow

_STATUSES = {number: status for status, number in MARKS.items()}


def observation_view(row: ObservationRow) -> ObservationShown:
    """Return an observation: a value as printed, or the status that represents it."""
    return ObservationShown(
        territory=row.territory,
        indicator=row.indicator,
        value=_figure(row) if row.status == 0 else None,
        status=_STATUSES.get(row.status),
        source=None
        if row.source_document is None and row.source_locator is None
        else SourceShown(document=row.source_document, locator=row.source_locator),
        imported=ImportShown(id=row.import_id, row=row.import_row, at=row.imported_at),
        known_from=row.known_from,
        known_to=row.known_to,
    )


def _figure(row: ObservationRow) -> FigureShown:
    value = f"{Decimal(row.scaled).scaleb(-row.digits):f}"
    return FigureShown(raw=value, value=value, digits=row.digits)
