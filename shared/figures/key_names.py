"""Names of the parts of a key that rules know: their words for people, and their nature."""

import csv
from collections.abc import Mapping
from importlib.resources import files

_ROWS = list(
    csv.DictReader(
        (files("shared.figures") / "data" / "key_names.csv").read_text("utf-8").splitlines()
    )
)
TITLES: Mapping[str, str] = {row["name"]: row["title"] for row in _ROWS}
PARTITIONS = frozenset(row["name"] for row in _ROWS if row["shares"] == "parts")
"""Parts of a key whose values divide everybody by their nature."""
REPEATING = frozenset(row["name"] for row in _ROWS if row["shares"] == "repeated")
"""Parts of a key along which shares are each of its own whole, or may overlap."""
SYNONYMS: Mapping[str, str] = {
    word: row["name"] for row in _ROWS for word in row["synonyms"].split()
}
