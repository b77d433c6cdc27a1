"""Claims out of their stored rows."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from shared.figures.claims import Claim
from shared.ledger.layouts import claim_of


def effective(row: Mapping[str, Any]) -> Claim:
    """Return the claim the rules take: the corrected text where a correction is in force."""
    claim = claim_of(row)
    return claim if row["corrected_at"] is None else replace(claim, raw=row["corrected_raw"] or "")
