"""The level set of a methodology as JSON: read, and proved to partition its scale."""

from fractions import Fraction

from services.ratings.domain.json_fields import Fields, exact_decimal, finite
from shared.figures.levels import Band, BandSet, LevelOn, prove_partition


def read_levels(fields: Fields, nodes: set[str]) -> BandSet | None:
    """Read the optional member `levels`; `nodes` are the groups a set may be about.

    Every gap, overlap and wrong end is a fault with its range (`docs/rules/figures.md`, Levels).
    """
    levels = fields.members("levels", required=False)
    if levels is None:
        return None
    before = len(levels.faults)
    node, on = levels.text("node"), levels.choice("on", LevelOn)
    low, high = _read_ends(levels)
    step = Fraction(exact_decimal(levels.number("step"))) if levels.has("step") else None
    bands = tuple(
        _read_band(Fields(band, f"{levels.at('bands')}/{index}", levels.faults))
        for index, band in enumerate(levels.sequence("bands"))
    )
    levels.finish()
    if node and node not in nodes:
        levels.fault("node", "UNKNOWN_NODE", f"в дереве нет группы с кодом «{node}»")
    read = BandSet(node, on, low, high, step, bands)
    if len(levels.faults) == before:
        _prove(levels, read)
    return read


def _prove(levels: Fields, read: BandSet) -> None:
    codes = [band.code for band in read.bands]
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        levels.fault("bands", "DUPLICATE_CODE", f"уровень «{code}» встречается больше одного раза")
    for defect in prove_partition(read):
        levels.fault("bands", defect.code.value, defect.detail)


def _read_ends(levels: Fields) -> tuple[Fraction, Fraction]:
    ends = [finite(end) for end in levels.sequence("domain")]
    numbers = [Fraction(exact_decimal(end)) for end in ends if end is not None]
    if len(ends) != 2 or len(numbers) != 2:  # noqa: PLR2004 -- a domain has two ends.
        if levels.has("domain"):
            levels.fault("domain", "DOMAIN", "ожидаются два числа: начало и конец шкалы")
        return Fraction(0), Fraction(1)
    return numbers[0], numbers[1]


def _read_band(band: Fields) -> Band:
    read = Band(
        code=band.text("code"),
        title=band.optional_text("title"),
        colour=band.optional_text("colour"),
        low=Fraction(exact_decimal(band.number("from"))),
        high=Fraction(exact_decimal(band.number("to"))),
    )
    band.finish()
    return read
