"""Which codes are made up: the example region's territories, programmes, seasons and years.

OKTMO codes never begin with 00, and nothing real is published for the years from 2090 on, so a
code alone tells whether its data are invented. No stored flag can be forgotten.
"""

from collections.abc import Mapping, Sequence
from typing import cast

TERRITORIES = "00"
PROGRAMMES = "example"
FIRST_YEAR = "2090"
REGION = "00000000"
# The twelve municipalities of the made-up region, and no other code that begins with 00.
MUNICIPALITY = r"006(?:0[1-9]|1[0-2])000"
NOTICE = "Учебные данные: вымышлены, к отчётам непригодны"


def is_synthetic_territory(code: str) -> bool:
    """Tell whether a territory's code is made up."""
    return code.startswith(TERRITORIES)


def is_synthetic_programme(code: str) -> bool:
    """Tell whether a monitoring programme or a document is the example's."""
    return code.startswith(PROGRAMMES)


def is_synthetic_year(code: str) -> bool:
    """Tell whether a year «2098» or a season «2097-2098» is the example's."""
    year = code[: len(FIRST_YEAR)]
    return year.isdigit() and year >= FIRST_YEAR


def region_of(period: str, home: str) -> str:
    """Return whose data a year or season holds: the home region's, or the example's."""
    return REGION if is_synthetic_year(period) else home


def is_synthetic_part(part: str) -> bool:
    """Tell whether one segment of an address or of a subject is made up."""
    return is_synthetic_programme(part) or is_synthetic_year(part) or is_synthetic_territory(part)


def is_synthetic_path(path: str) -> bool:
    """Tell whether an address of a document or the subject of an event names made-up data."""
    return any(is_synthetic_part(part) for part in path.split("/"))


def is_synthetic_finding(finding: Mapping[str, object]) -> bool:
    """Tell whether a finding is about the example: by its subject or its documents."""
    subject = cast("Mapping[str, object]", finding.get("subject") or {})
    proofs = cast("Sequence[Mapping[str, object]]", finding.get("evidence") or ())
    named = [*subject.values(), *(proof.get("document") for proof in proofs)]
    texts = [text for value in named for text in (value if isinstance(value, list) else [value])]
    return any(isinstance(text, str) and is_synthetic_part(text) for text in texts)
