"""The trade's words for what claims call by codes, as findings tell them to people."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from itertools import islice

from shared.figures.decimals import decimal_text
from shared.figures.key_names import TITLES

MOST_NAMED = 20
"""How many members of a list a sentence names; the rest are counted."""

CONCEPTS = {
    "score": "балл",
    "index": "индекс",
    "place": "место",
    "group_place": "место в группе",
    "count": "количество",
    "seats": "число мест",
    "max": "максимум",
    "share": "доля",
    "date": "срок",
    "change": "изменение",
    "label": "подпись",
    "statement": "утверждение",
}
NODES = {"index": "индекса", "score": "балла"}


def axis_title(axis: str) -> str:
    """Return the word for a part of the key; an unusual one keeps its code."""
    return TITLES.get(axis, axis)


def concept_title(concept: str) -> str:
    """Return the word for what a figure is said to be."""
    return CONCEPTS.get(concept, concept)


def node_title(node: str) -> str:
    """Return whose levels they are, in the genitive; an unusual node keeps its code."""
    return NODES.get(node, f"узла {node}")


def number_text(value: Fraction | Decimal, digits: int | None = None) -> str:
    """Write a number with a decimal comma; long fractions to 12 significant digits."""
    text = decimal_text(value, None if digits is None else max(digits, 0))
    return text.replace(".", ",")


def shorten(parts: Iterable[str], separator: str = "; ") -> str:
    """Join the first parts of a list and count the rest."""
    rest = iter(parts)
    named = list(islice(rest, MOST_NAMED))
    more = sum(1 for _ in rest)
    return separator.join(named) + (f" и ещё {more}" if more else "")


def chance_text(probability: Fraction) -> str:
    """Say a probability as «1 из 380»; anything above a half is «больше 1 из 2»."""
    if probability <= 0:
        return "меньше 1 из 1 000 000 000"
    times = round(1 / probability)
    return f"1 из {times}" if times > 1 else "больше 1 из 2"
