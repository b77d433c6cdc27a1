"""The text a person sees in a spreadsheet cell that holds a number.

Spreadsheets keep fifteen digits and round halves away from zero. The decimal sign is written as a
point, groups of digits are parted by a no-break space. What cannot be displayed faithfully, or is
hidden by its format, is `CellUnreadable`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal

from shared.imports.date_formats import display_date
from shared.imports.defects import CellUnreadable, message_for
from shared.imports.format_codes import (
    COMMA,
    DATE,
    DIGIT,
    ELAPSED,
    EXPONENT,
    FRACTION,
    GENERAL,
    LITERAL,
    PERCENT,
    POINT,
    TEXT,
    WHOLE,
    Section,
    Token,
    parse_format,
    unsupported,
)

KEPT = Context(prec=15, rounding=ROUND_HALF_UP)
EXACTLY = Context(prec=400, rounding=ROUND_HALF_UP)
GENERAL_DIGITS = Context(prec=10, rounding=ROUND_HALF_UP)
GENERAL_WIDTH = 11
SMALLEST_PLAIN = Decimal("1e-4")
GROUP, GROUP_MARK = 3, "\u00a0"
ZERO = Decimal(0)
MOST_SECTIONS_OF_NUMBERS = 3


@dataclass(frozen=True, slots=True)
class Displayed:
    """What a cell shows; `date` is the same as an ISO day, month, year or instant, if it is one."""

    text: str
    date: str | None = None


def display_number(value: float | str, code: str, *, since_1904: bool) -> Displayed:
    """Return what a cell with this number and format shows."""
    number = KEPT.create_decimal(str(value))
    if not number.is_finite():
        raise CellUnreadable("CELL_ERROR", message_for("CELL_ERROR", error=str(value)))
    if code == GENERAL:
        return Displayed(_general(number))
    section, signed = _chosen(parse_format(code), number)
    if section.has(DATE, ELAPSED):
        text, iso = display_date(number, section, code, since_1904=since_1904)
        return Displayed(text, iso)
    text = _number(abs(number) if signed else number, section, code, negative=signed).strip()
    if not any(sign.isalnum() for sign in text):
        raise CellUnreadable(
            "VALUE_HIDDEN", message_for("VALUE_HIDDEN", value=f"{number:f}", shown=text)
        )
    return Displayed(text)


def display_text(text: str, code: str) -> str:
    """Return what a cell with this text and format shows."""
    if code in (GENERAL, "@"):
        return text
    sections = parse_format(code)
    own = next((s for s in sections if s.has(TEXT)), None)
    if own is None and len(sections) <= MOST_SECTIONS_OF_NUMBERS:
        return text
    own = own or sections[MOST_SECTIONS_OF_NUMBERS]
    pieces = [text if t.kind == TEXT else t.text for t in own.tokens if t.kind in (TEXT, LITERAL)]
    shown = "".join(pieces).strip() if len(pieces) > 1 else "".join(pieces)
    if text.strip() and not shown.strip():
        raise CellUnreadable("VALUE_HIDDEN", message_for("VALUE_HIDDEN", value=text, shown=""))
    return shown


def _chosen(sections: Sequence[Section], number: Decimal) -> tuple[Section, bool]:
    """Return the section of a number, and whether that section says its sign by itself."""
    own = [s for s in sections[:MOST_SECTIONS_OF_NUMBERS] if not s.has(TEXT)]
    if not own:
        return Section((Token(WHOLE, GENERAL),)), False
    if any(section.condition for section in own):
        return _by_condition(own, number)
    if len(own) == 1:
        return own[0], False
    if number < 0:
        return own[1], True
    return (own[-1] if number == 0 and len(own) == MOST_SECTIONS_OF_NUMBERS else own[0]), False


def _by_condition(own: Sequence[Section], number: Decimal) -> tuple[Section, bool]:
    usual = ((">", ZERO) if len(own) == MOST_SECTIONS_OF_NUMBERS else (">=", ZERO), ("<", ZERO))
    for place, section in enumerate(own[:2]):
        limit = section.condition or usual[place]
        if (section.condition or len(own) > 1) and _holds(number, limit):
            return section, number < 0 and limit[0] in ("<", "<=") and limit[1] <= 0
    last = own[-1]
    if last.condition and not _holds(number, last.condition):
        raise CellUnreadable("VALUE_HIDDEN", message_for("VALUE_HIDDEN", value=number, shown="##"))
    return last, False


def _holds(number: Decimal, condition: tuple[str, Decimal]) -> bool:
    sign, bound = condition
    return {
        "<": number < bound,
        "<=": number <= bound,
        ">": number > bound,
        ">=": number >= bound,
        "=": number == bound,
        "<>": number != bound,
    }[sign]


def _general(number: Decimal) -> str:
    """Write a number as the format General does: at most eleven signs."""
    if number == 0:
        return "0"
    digits = GENERAL_DIGITS.plus(number)
    if abs(number) < SMALLEST_PLAIN or number.adjusted() >= GENERAL_WIDTH:
        return _scientific(number, 5)
    if number == number.to_integral_value():
        return f"{number.to_integral_value():f}"
    if abs(number) < 1:
        return f"{_rounded(number, GENERAL_WIDTH - 2).normalize():f}"
    whole = number.to_integral_value()
    return f"{whole if number.adjusted() >= GENERAL_WIDTH - 1 else digits.normalize():f}"


def _scientific(number: Decimal, digits: int) -> str:
    text = f"{Context(prec=digits + 1, rounding=ROUND_HALF_UP).plus(number).normalize():E}"
    mantissa, _, exponent = text.partition("E")
    return f"{mantissa}E{exponent[0]}{exponent[1:]:0>2}"


def _rounded(number: Decimal, places: int) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-places), context=EXACTLY)


def _number(number: Decimal, section: Section, code: str, *, negative: bool) -> str:
    """Write a number by a section's digits and literals."""
    if section.has(TEXT, FRACTION):
        raise unsupported(code)
    if section.has(WHOLE):
        return "".join(_general(number) if t.kind == WHOLE else t.text for t in section.tokens)
    if not section.has(DIGIT):
        return "".join(t.text for t in section.tokens if t.kind in (LITERAL, PERCENT))
    if section.has(EXPONENT):
        return _exponential(number, section.tokens, code)
    before, whole, after = _parts(section.tokens)
    scaled, decimals = _scaled(number, section.tokens), sum(t.kind == DIGIT for t in after)
    rounded = _rounded(scaled, decimals)
    digits, _, fraction = f"{abs(rounded):f}".partition(".")
    text = _whole(digits, whole)
    text += ("" if any(map(str.isdigit, text)) or not decimals else "0") + _fraction(
        fraction, after
    )
    minus = "-" if rounded < 0 else ""
    opening = "".join(t.text for t in before if t.kind in (LITERAL, PERCENT))
    if negative and "(" in opening and ")" in text:
        return "-" + opening.replace("(", "") + text.replace(")", "")
    return minus + opening + text


def _exponential(number: Decimal, tokens: Sequence[Token], code: str) -> str:
    """Write a number with an exponent; only one digit may come before the point."""
    mantissa = tokens[: next(i for i, t in enumerate(tokens) if t.kind == EXPONENT)]
    point = next((i for i, t in enumerate(mantissa) if t.kind == POINT), len(mantissa))
    if sum(t.kind == DIGIT for t in mantissa[:point]) != 1:
        raise unsupported(code)
    return _scientific(number, sum(t.kind == DIGIT for t in mantissa[point:]))


def _parts(tokens: Sequence[Token]) -> tuple[Sequence[Token], Sequence[Token], Sequence[Token]]:
    """Cut a section's tokens before its first digit and at its decimal point."""
    first = next(i for i, t in enumerate(tokens) if t.kind in (DIGIT, POINT))
    point = next((i for i, t in enumerate(tokens) if t.kind == POINT), None)
    if point is None:
        last = max(i for i, t in enumerate(tokens) if t.kind == DIGIT)
        return tokens[:first], tokens[first : last + 1], tokens[last + 1 :]
    return tokens[:first], tokens[first:point], tokens[point:]


def _scaled(number: Decimal, tokens: Sequence[Token]) -> Decimal:
    """Multiply by 100 for each per cent sign, divide by 1000 for each comma after the digits."""
    shift = 2 * sum(token.kind == PERCENT for token in tokens)
    point = next((i for i, t in enumerate(tokens) if t.kind == POINT), len(tokens))
    whole = [t for t in tokens[:point] if t.kind in (DIGIT, COMMA)]
    while whole and whole[-1].kind == COMMA:
        whole.pop()
        shift -= GROUP
    fraction = [t for t in tokens[point:] if t.kind in (DIGIT, COMMA)]
    while fraction and fraction[-1].kind == COMMA:
        fraction.pop()
        shift -= GROUP
    return number.scaleb(shift)


def _whole(digits: str, tokens: Sequence[Token]) -> str:
    """Fill the digits before the point from the right; surplus ones go to the first place."""
    places = sum(token.kind == DIGIT for token in tokens)
    while tokens and tokens[-1].kind == COMMA:
        tokens = tokens[:-1]
    grouped = any(token.kind == COMMA for token in tokens)
    digits = "" if digits == "0" else digits
    written: list[str] = []
    done = 0
    for token in reversed(tokens):
        if token.kind != DIGIT:
            written.append("" if token.kind == COMMA else token.text)
            continue
        places -= 1
        taken = digits[-1:] or {"0": "0", "?": " "}.get(token.text, "")
        digits = digits[:-1]
        rest = taken if places else digits + taken
        digits = digits if places else ""
        for sign in reversed(rest):
            written.append(GROUP_MARK if grouped and done and done % GROUP == 0 else "")
            written.append(sign)
            done += 1
    return "".join(reversed(written))


def _fraction(fraction: str, tokens: Sequence[Token]) -> str:
    """Fill the digits after the point; the optional ones at the end stay away when zero."""
    optional = [token.text for token in tokens if token.kind == DIGIT]
    while optional and optional[-1] != "0" and fraction.endswith("0"):
        optional.pop()
        fraction = fraction[:-1]
    left = iter(fraction)
    written = [
        "."
        if t.kind == POINT and fraction
        else next(left, "")
        if t.kind == DIGIT
        else t.text
        if t.kind in (LITERAL, PERCENT)
        else ""
        for t in tokens
    ]
    return "".join(written)
