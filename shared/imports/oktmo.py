"""Codes of municipalities in the classifier of municipal territories (ОКТМО).

Two digits name the region; the third one the kind of municipality: 3 within a city of federal
significance, 5 a municipal okrug, 6 a district, 7 a city okrug. An autonomous okrug inside a region
is known by its third digit.
"""

import json
import re
from collections.abc import Sequence

import polars as pl

from shared import synthetic
from shared.imports.columns import Check, Column
from shared.imports.defects import DATA

CODES: dict[str, list[str]] = json.loads((DATA / "oktmo_prefixes.json").read_bytes())
MUNICIPALITY = "(?:(?:{}[3567]|{})[0-9]{{5}}|{})".format(
    f"(?:{'|'.join(CODES['regions'])})", "|".join(CODES["okrugs"]), synthetic.MUNICIPALITY
)
LOST_ZERO = re.compile(r"[0-9]{7}")
UNKNOWN = "TERRITORY_UNKNOWN"
DETAIL = "Это не код муниципалитета: ожидаются восемь цифр ОКТМО, например 08701000."


def municipality_column(
    name: str, title: str, explanation: str, *, required: bool = True, example: str = "08709000"
) -> Column:
    """Return a column of codes of municipalities; `municipality_check` belongs to it."""
    return Column(
        name=name,
        title=title,
        example=example,
        explanation=explanation,
        required=required,
        max_length=40,
    )


def municipality_check(name: str) -> Check:
    """Return the check that a column (by its wire name) holds codes of municipalities."""
    known = pl.col(name.replace(".", "_")).str.contains(f"^{MUNICIPALITY}$")
    return Check(UNKNOWN, name, DETAIL, ~known, _with_zero)


def _with_zero(text: str) -> Sequence[str]:
    """Offer the code with the leading zero that a spreadsheet took."""
    padded = f"0{text}"
    whole = LOST_ZERO.fullmatch(text) and re.fullmatch(MUNICIPALITY, padded)
    return [padded] if whole else []
