"""Claims and printed figures made by hand, for the tests of rules and checks."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from itertools import count

from shared.figures.claims import Claim, Concept, Locator, key_of
from shared.figures.decimals import RoundingMode, decimal_text, round_to
from shared.figures.parse import parse_place
from shared.figures.places import Place
from shared.figures.reading import Printed
from shared.figures.rules.finding import Change, Finding
from shared.figures.rules.ranks import Ranked
from shared.ledger.layouts import scope_kind

LINES = count(1)


def claim(
    concept: str,
    raw: str,
    *,
    territory: str | None = None,
    scope: str = "rum",
    table: str | None = None,
    **key: object,
) -> Claim:
    """Make a claim that stands on a line of its own."""
    return Claim(
        scope_kind(scope),
        scope,
        territory,
        Concept(concept),
        key_of(key),
        raw,
        "d",
        Locator(next(LINES), 1, table),
    )


def figure(raw: str, concept: str = "index", **about: object) -> Printed:
    """Make a printed number, `raw` with a decimal comma or point."""
    key: Mapping[str, object] = about
    territory = about.get("territory")
    rest = {name: value for name, value in key.items() if name != "territory"}
    made = claim(concept, raw, territory=None if territory is None else str(territory), **rest)  # type: ignore[arg-type]  # Keys of a claim take any value.
    value = Decimal(raw.replace(",", "."))
    exponent = value.as_tuple().exponent
    return Printed(made, value, -int(exponent))


def changes(finding: Finding) -> list[Change]:
    """Return the changes of all repairs of a finding, one after the other."""
    return [change for repair in finding.repairs for change in repair.changes]


def ranked(territory: str, label: str, concept: str = "place") -> Ranked:
    """Make a printed place of a territory."""
    place = parse_place(label)
    assert isinstance(place, Place)
    return Ranked(claim(concept, label, territory=territory, indicator="total"), place)


def printed_text(value: Fraction, digits: int, mode: RoundingMode) -> str:
    """Print a true value under a rounding mode."""
    return decimal_text(round_to(value, digits, mode), digits).replace(".", ",")
