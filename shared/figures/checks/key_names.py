"""Names of the parts of a key that rules know, and what an unknown one may have meant."""

import csv
from difflib import get_close_matches
from importlib.resources import files

_ROWS = list(
    csv.DictReader(
        (files("shared.figures") / "data" / "key_names.csv").read_text("utf-8").splitlines()
    )
)
TITLES = {row["name"]: row["title"] for row in _ROWS}
PARTITIONS = frozenset(row["name"] for row in _ROWS if row["shares"] == "parts")
"""Parts of a key whose values divide everybody by their nature."""
REPEATING = frozenset(row["name"] for row in _ROWS if row["shares"] == "repeated")
"""Parts of a key along which shares are each of its own whole, or may overlap."""
_SYNONYMS = {word: row["name"] for row in _ROWS for word in row["synonyms"].split()}


def meant_name(name: str) -> str | None:
    """Return the known name that an unknown one may mean; None for a known or a far one."""
    if name in TITLES:
        return None
    synonym = _SYNONYMS.get(name.lower())
    if synonym is not None:
        return synonym
    close = get_close_matches(name.lower(), list(TITLES), n=1, cutoff=0.8)
    return close[0] if close else None
