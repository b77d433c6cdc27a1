"""Erasure of a person (152-ФЗ) in this schema, which knows people only by their acts."""

from pathlib import Path

from services.ratings.tables import METADATA
from services.ratings.topics import PERSON_ERASED
from services.ratings.usecases.import_types import KINDS
from shared.persons.columns import read_columns
from shared.persons.eraser import Eraser, require_whole_region

ERASER = Eraser(
    service="ratings",
    metadata=METADATA,
    columns=read_columns(METADATA, Path(__file__).parents[1] / "data" / "person_columns.csv"),
    topic=PERSON_ERASED,
    import_kinds=[kind.code for kind in KINDS],
    require_own=require_whole_region,
)
