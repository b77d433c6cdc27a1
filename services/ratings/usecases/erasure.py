"""Erasure of a person (152-ФЗ) in this schema."""

from pathlib import Path

from services.ratings.tables import METADATA
from services.ratings.topics import PERSON_ERASED
from services.ratings.usecases.import_types import KINDS
from shared.persons.eraser import eraser_of

ERASER = eraser_of(
    "ratings",
    METADATA,
    Path(__file__).parents[1] / "data" / "person_columns.csv",
    PERSON_ERASED,
    [kind.code for kind in KINDS],
)
