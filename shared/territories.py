"""Which territories a caller may work with: OKTMO codes, each with everything beneath it.

Pure. A code has 8 digits, or 11 for a settlement's part: 2 of the region, 3 of the municipality,
3 of the settlement, 3 of its part; zeros mean «all of it».
"""

from collections.abc import Iterable
from dataclasses import dataclass

EVERYWHERE = "*"
PATTERN = r"^(\*|[0-9]{8}|[0-9]{11})$"
MOST = 50
# Autonomous districts are regions of their own, though their codes begin with another region's:
# Nenets in Arkhangelsk's 11, Khanty-Mansi and Yamal-Nenets in Tyumen's 71.
AUTONOMOUS = ("118", "718", "719")
# Digits up to which a code is compared when all digits after them are zeros.
LEVELS = (2, 5, 8)


def subtree_prefix(code: str) -> str:
    """Return the digits that every code beneath this one begins with."""
    if code[:3] in AUTONOMOUS and not code[3:].strip("0"):
        return code[:3]
    for level in LEVELS:
        if not code[level:].strip("0"):
            return code[:level]
    return code


def contains(upper: str, lower: str) -> bool:
    """Tell whether a code is the other one or lies beneath it."""
    prefix = subtree_prefix(upper)
    if len(prefix) == LEVELS[0] and lower[:3] in AUTONOMOUS:
        return False
    return lower.startswith(prefix)


@dataclass(frozen=True, slots=True)
class Territories:
    """The subtrees a caller is bound to; none at all where nothing was given."""

    codes: frozenset[str] = frozenset()

    @classmethod
    def of(cls, codes: Iterable[str]) -> "Territories":
        """Return the territories of a claim or a stored list."""
        return cls(frozenset(codes))

    @property
    def everywhere(self) -> bool:
        """Tell whether the caller is bound to no territory."""
        return EVERYWHERE in self.codes

    def allow(self, code: str | None) -> bool:
        """Tell whether a row of this territory may be read or written.

        A row of no territory, or of a country or federal district (codes that are no OKTMO), is
        only for callers who are bound to none.
        """
        if self.everywhere:
            return True
        if code is None or not code.isdecimal():
            return False
        return any(contains(upper, code) for upper in self.codes)

    def meet(self, cap: "Territories") -> "Territories":
        """Return what lies within both."""
        if cap.everywhere:
            return self
        if self.everywhere:
            return cap
        inside = {code for code in self.codes if cap.allow(code)}
        return Territories(frozenset(inside | {code for code in cap.codes if self.allow(code)}))

    def cover(self, other: "Territories") -> bool:
        """Tell whether everything within the other lies within these."""
        if self.everywhere or not other.codes:
            return True
        return not other.everywhere and all(self.allow(code) for code in other.codes)

    def regex(self) -> str:
        """Return the regular expression of PostgreSQL for codes within, for row-level security.

        It agrees with `allow`. Everywhere is `^`, which policies know; nothing is the empty text.
        """
        if self.everywhere:
            return "^"
        parts = sorted(_expression(subtree_prefix(code)) for code in self.codes)
        return f"^(?:{'|'.join(parts)})[0-9]*$" if parts else ""


def _expression(prefix: str) -> str:
    """Return the beginning of codes as an expression: a region without its autonomous districts."""
    apart = [code[2] for code in AUTONOMOUS if code[:2] == prefix]
    return f"{prefix}(?![{''.join(apart)}])" if apart else prefix
