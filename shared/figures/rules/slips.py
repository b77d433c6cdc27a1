"""What a slip of the pen or the keyboard makes of a number: one digit, two exchanged, a blank 0."""

from collections.abc import Iterator
from decimal import Decimal

from shared.figures.reading import Printed

MOST_DIGITS = 12


def slipped(printed: Printed) -> Iterator[Decimal]:
    """Yield the numbers that one wrong, missing or exchanged digit could have made into this one.

    Nearest units come first; each number once, the printed one not at all, none negative where
    the printed one is not.
    """
    exponent = Decimal(1).scaleb(-printed.digits)
    steps = abs(int(printed.value / exponent))
    text = str(steps)
    sign = -1 if printed.value < 0 else 1
    seen = {text}
    if len(text) > MOST_DIGITS:
        return
    for other in (*_units(steps), *_digits(text), *_exchanged(text), *_shorter(text)):
        if other not in seen:
            seen.add(other)
            yield sign * Decimal(other) * exponent


def _units(steps: int) -> Iterator[str]:
    yield str(steps + 1)
    if steps > 0:
        yield str(steps - 1)


def _digits(text: str) -> Iterator[str]:
    for place, digit in enumerate(text):
        for other in "0123456789":
            leading = place == 0 and other == "0" and len(text) > 1
            if other != digit and not leading:
                yield text[:place] + other + text[place + 1 :]


def _exchanged(text: str) -> Iterator[str]:
    for place in range(len(text) - 1):
        swapped = text[:place] + text[place + 1] + text[place] + text[place + 2 :]
        if swapped[0] != "0":
            yield swapped


def _shorter(text: str) -> Iterator[str]:
    """Yield the numbers with a digit too many or too few at the end."""
    if len(text) > 1:
        yield text[:-1]
    yield f"{text}0"
