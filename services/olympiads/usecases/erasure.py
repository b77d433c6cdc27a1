"""Erasure of a person (152-ФЗ) in this schema."""

from pathlib import Path

from services.olympiads.tables import METADATA
from services.olympiads.topics import PERSON_ERASED
from services.olympiads.usecases.import_types import KINDS
from shared.ledger.kinds import LEDGER_KINDS
from shared.persons.eraser import eraser_of

ERASER = eraser_of(
    "olympiads",
    METADATA,
    Path(__file__).parents[1] / "data" / "person_columns.csv",
    PERSON_ERASED,
    [kind.code for kind in (*KINDS, *LEDGER_KINDS)],
)
