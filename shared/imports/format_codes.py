"""Number format codes of spreadsheets, cut into sections of tokens (ECMA-376, part 1, 18.8.31).

A code has up to four sections: positive, negative, zero, text. Conditions in brackets replace that
order. Colours and fill characters are not text and leave no token.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from shared.imports.defects import CellUnreadable, message_for

GENERAL = "General"
LITERAL, DIGIT, POINT, COMMA, PERCENT, EXPONENT, TEXT, DATE, ELAPSED, WHOLE, FRACTION = (
    "literal",
    "digit",
    "point",
    "comma",
    "percent",
    "exponent",
    "text",
    "date",
    "elapsed",
    "general",
    "fraction",
)
MAX_LENGTH = 500
MAX_SECTIONS = 4
TOKEN = re.compile(
    r"""
      "(?P<quoted>[^"]*)"
    | \\(?P<escaped>.)
    | _(?P<space>.)
    | \*(?P<fill>.)
    | \[(?P<bracket>[^\]]*)\]
    | (?P<general>General|Основной)
    | (?P<exponent>E[+-])
    | (?P<noon>AM/PM|A/P)
    | (?P<date>y+|m+|d+|h+|s+)
    | (?P<digit>[0#?])
    | (?P<mark>[.,%@/])
    | (?P<end>;)
    | (?P<unknown>[A-Za-z"\\_*\[\]])
    | (?P<plain>.)
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
COLOUR = re.compile(
    r"(?:black|blue|cyan|green|magenta|red|white|yellow|чёрный|черный|синий|голубой|зелёный|зеленый"
    r"|фиолетовый|красный|белый|жёлтый|желтый|(?:color|цвет)\s*[0-9]{1,2})",
    re.IGNORECASE,
)
CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?[0-9]+(?:\.[0-9]+)?)")
CURRENCY = re.compile(r"\$([^-]*)(?:-([0-9A-Za-z.-]{1,20}))?(?:,[0-9A-Fa-f]+)?")
ELAPSED_PART = re.compile(r"h+|m+|s+", re.IGNORECASE)
MARKS = {".": POINT, ",": COMMA, "%": PERCENT, "@": TEXT, "/": FRACTION}


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of a section: what it is, and its text as written in the code."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """One section; `locale` is the language of its names, `condition` an operator and a bound."""

    tokens: tuple[Token, ...]
    condition: tuple[str, Decimal] | None = None
    locale: str | None = None

    def has(self, *kinds: str) -> bool:
        """Tell whether a token of these kinds is among its tokens."""
        return any(token.kind in kinds for token in self.tokens)


@lru_cache(maxsize=1000)
def parse_format(code: str) -> tuple[Section, ...]:
    """Return the sections of a format code; `CellUnreadable` where it cannot be honoured."""
    if len(code) > MAX_LENGTH:
        raise unsupported(code)
    parts: list[list[re.Match[str]]] = [[]]
    for found in TOKEN.finditer(code):
        if found.lastgroup == "end":
            parts.append([])
        else:
            parts[-1].append(found)
    if len(parts) > MAX_SECTIONS:
        raise unsupported(code)
    return tuple(_section(part, code) for part in parts)


def unsupported(code: str) -> CellUnreadable:
    """Return the refusal of a cell whose format cannot be honoured."""
    return CellUnreadable(
        "FORMAT_UNSUPPORTED", message_for("FORMAT_UNSUPPORTED", format=code[:100])
    )


def _section(found: list[re.Match[str]], code: str) -> Section:
    tokens: list[Token] = []
    condition, locale = None, None
    for match in found:
        kind, text = str(match.lastgroup), match[str(match.lastgroup)]
        if kind == "bracket":
            token, limit, language = _bracket(text, code)
            tokens += [token] if token else []
            condition, locale = limit or condition, language or locale
        elif kind != "fill":
            tokens.append(_token(kind, text, code))
    return Section(tuple(tokens), condition, locale)


def _token(kind: str, text: str, code: str) -> Token:
    if kind in ("quoted", "escaped", "plain"):
        return Token(LITERAL, text)
    if kind == "space":
        return Token(LITERAL, " ")
    if kind == "mark":
        return Token(MARKS[text], text)
    if kind in ("date", "noon"):
        return Token(DATE, text.lower())
    if kind == "general":
        return Token(WHOLE, text)
    if kind in ("digit", "exponent"):
        return Token(kind, text)
    raise unsupported(code)


def _bracket(text: str, code: str) -> tuple[Token | None, tuple[str, Decimal] | None, str | None]:
    """Return what is in brackets: a token, a condition or a language; a colour is nothing."""
    if COLOUR.fullmatch(text):
        return None, None, None
    if found := CONDITION.fullmatch(text.strip()):
        return None, (found[1], Decimal(found[2])), None
    if found := CURRENCY.fullmatch(text):
        return (Token(LITERAL, found[1]) if found[1] else None), None, found[2]
    if ELAPSED_PART.fullmatch(text):
        return Token(ELAPSED, text.lower()), None, None
    raise unsupported(code)
