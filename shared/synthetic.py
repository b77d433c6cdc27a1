"""Which codes are made up: the example region's territories, programmes, seasons and years.

OKTMO codes never begin with 00, and nothing real is published for the years from 2090 on, so a
code alone tells whether its data are invented. No stored flag can be forgotten.
"""

import re
from collections.abc import Mapping, Sequence
from typing import cast

TERRITORIES = "00"
PROGRAMMES = "example-"
FIRST_YEAR = "2090"
REGION = "00000000"
# The twelve municipalities of the made-up region, and no other code that begins with 00.
MUNICIPALITY = r"006(?:0[1-9]|1[0-2])000"
# Whole codes only: an identifier that merely begins like one is real.
_TERRITORY = re.compile(rf"{REGION}|{MUNICIPALITY}|00p[0-9]{{2}}|00[ew]")
_PERIOD = re.compile(r"[0-9]{4}(-[0-9]{4})?")
NOTICE = "Учебные данные: вымышлены, к отчётам непригодны"


def is_synthetic_territory(code: str) -> bool:
    """Tell whether a territory's code is made up."""
    return code.startswith(TERRITORIES)


def is_synthetic_programme(code: str) -> bool:
    """Tell whether a monitoring programme or a document is the example's."""
    return code.startswith(PROGRAMMES)


def is_synthetic_year(code: str) -> bool:
    """Tell whether a year «2098» or a season «2097-2098» is the example's."""
    return _PERIOD.fullmatch(code) is not None and code >= FIRST_YEAR


def region_of(period: str, home: str) -> str:
    """Return whose data a year or season holds: the home region's, or the example's."""
    return REGION if is_synthetic_year(period) else home


def is_synthetic_path(path: str) -> bool:
    """Tell whether an address of a document or the subject of an event names made-up data."""
    return any(
        is_synthetic_programme(part)
        or is_synthetic_year(part)
        or _TERRITORY.fullmatch(part) is not None
        for part in path.split("/")
    )


def is_synthetic_finding(finding: Mapping[str, object]) -> bool:
    """Tell whether a finding is about the example: by its subject or its documents.

    Only members that name a territory, a period or a programme count: another code may begin alike.
    """
    subject = cast("Mapping[str, object]", finding.get("subject") or {})
    proofs = cast("Sequence[Mapping[str, object]]", finding.get("evidence") or ())
    several = subject.get("territories")
    territories = [subject.get("territory"), *(several if isinstance(several, list) else ())]
    periods = [subject.get(name) for name in ("year", "season", "period")]
    programmes = [subject.get("programme"), *(proof.get("document") for proof in proofs)]
    return (
        any(isinstance(code, str) and is_synthetic_territory(code) for code in territories)
        or any(isinstance(code, str) and is_synthetic_year(code) for code in periods)
        or any(isinstance(code, str) and is_synthetic_programme(code) for code in programmes)
    )
