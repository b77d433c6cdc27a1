"""Names as people write them: one form for comparison, and the nearest of those registered."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from math import log, sqrt

_DASHES = re.compile("[‐‑‒–—―−]")
_QUOTES = re.compile("[«»\"„“”'’]")
_ABBREVIATION_DOTS = re.compile(r"\.(?=\s|$)")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
_WORD = re.compile("[A-Za-zА-Яа-яЁё]+")
_CYRILLIC = re.compile("[А-Яа-яЁё]")
_SEEN_AS_CYRILLIC = str.maketrans("ABCEHKMOPTXYaceopxy", "АВСЕНКМОРТХУасеорху")
_LOOK_ALIKE = str.maketrans("асеорхукмтвн", "aceopxykmtbh")
LEAST_LIKENESS = 0.25
MOST_OFFERED = 3
GRAM = 3


def fold_name(name: str) -> str:
    """Return the comparison form of a name.

    Case, «ё», kinds of dash and quote, the dot of an abbreviation, repeated or no-break spaces,
    invisible signs and Latin letters that look like the Cyrillic ones of their word make no
    difference: «Г. Москва» and «г Москва», «ХМАО — Югра» and «ХМАО - Югра».
    """
    text = _WORD.sub(_in_one_alphabet, _INVISIBLE.sub("", name))
    text = _QUOTES.sub("", _DASHES.sub("-", text)).casefold().replace("ё", "е")
    text = _ABBREVIATION_DOTS.sub("", text)
    text = re.sub(r"\s*-\s*", "-", text)
    return " ".join(text.split())


def _in_one_alphabet(word: re.Match[str]) -> str:
    """Return a Cyrillic word without the Latin letters that only look Cyrillic."""
    text = word[0]
    return text.translate(_SEEN_AS_CYRILLIC) if _CYRILLIC.search(text) else text


class NearestNames:
    """Finds the names most like a text by the groups of three letters they share.

    A group that many names have («ская», «область») counts little, so that «Хабаровская область»
    is nearer to «Хабаровский край» than to «Амурская область».
    """

    def __init__(self, names: Mapping[str, str]) -> None:
        """Take folded names and what each represents."""
        self._targets = dict(names)
        self._grams = {name: _grams(name) for name in self._targets}
        seen = Counter(gram for grams in self._grams.values() for gram in grams)
        count = len(self._grams)
        self._weights = {gram: log(1 + count / times) for gram, times in seen.items()}
        self._owners: dict[str, list[str]] = {}
        for name, grams in self._grams.items():
            for gram in grams:
                self._owners.setdefault(gram, []).append(name)
        self._lengths = {name: self._length(grams) for name, grams in self._grams.items()}

    def _length(self, grams: Iterable[str]) -> float:
        unseen = log(1 + len(self._grams))
        return sqrt(sum(self._weights.get(gram, unseen) ** 2 for gram in grams)) or 1.0

    def find(self, text: str) -> list[str]:
        """Return what the nearest names represent, nearest first, at most three."""
        grams = _grams(fold_name(text))
        scores: Counter[str] = Counter()
        for gram in grams:
            for name in self._owners.get(gram, ()):
                scores[name] += self._weights[gram] ** 2  # type: ignore[assignment]  # Counter adds floats.
        own = self._length(grams)
        ranked = sorted(
            ((score / own / self._lengths[name], name) for name, score in scores.items()),
            key=lambda pair: (-pair[0], pair[1]),
        )
        near = [self._targets[name] for score, name in ranked if score >= LEAST_LIKENESS]
        return list(dict.fromkeys(near))[:MOST_OFFERED]


def _grams(name: str) -> frozenset[str]:
    padded = f" {name.replace(',', '.').translate(_LOOK_ALIKE)} "
    return frozenset(padded[i : i + GRAM] for i in range(max(1, len(padded) - GRAM + 1)))
