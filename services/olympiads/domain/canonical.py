"""Canonical bytes of a public answer: the same facts give the same bytes, whoever computes them."""

import json
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256

from shared.figures.decimals import RoundingMode, decimal_text, round_to


def canonical_json(answer: Mapping[str, object]) -> bytes:
    """Write an answer as compact UTF-8 JSON, members in the order of the wire format."""
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()


def digest(content: bytes) -> str:
    """Return the SHA-256 of bytes in hexadecimal."""
    return sha256(content).hexdigest()


def plain(value: Decimal | Fraction | None) -> str | None:
    """Write an exact decimal without an exponent or trailing zeros: 12.50 → «12.5»; null stays."""
    if isinstance(value, Decimal) and value:
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return None if value is None else decimal_text(value)


def rounded(value: Fraction | None, digits: int = 2) -> str | None:
    """Write a fraction rounded half up to `digits` decimals, those digits retained; null stays."""
    if value is None:
        return None
    return decimal_text(round_to(value, digits, RoundingMode.HALF_UP), digits)
