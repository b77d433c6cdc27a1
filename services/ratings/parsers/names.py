"""Names of territories as people write them, brought to one form for comparison."""

import re

_DASHES = re.compile("[‐‑‒–—―−]")
_QUOTES = re.compile("[«»\"„“”'’]")
_ABBREVIATION_DOTS = re.compile(r"\.(?=\s|$)")


def fold_name(name: str) -> str:
    """Return the comparison form of a name.

    Case, «ё», kinds of dash and quote, the dot of an abbreviation, and repeated or no-break
    spaces make no difference: «Г. Москва» and «г Москва», «ХМАО — Югра» and «ХМАО - Югра».
    """
    text = _QUOTES.sub("", _DASHES.sub("-", name)).casefold().replace("ё", "е")
    text = _ABBREVIATION_DOTS.sub("", text)
    text = re.sub(r"\s*-\s*", "-", text)
    return " ".join(text.split())
