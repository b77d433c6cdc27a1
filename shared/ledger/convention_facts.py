"""Facts that state a convention, read from their rows: trees, relations, wholes, shares, ranking.

A selector is `{"concept", "key": {…}}` with `territory`, `programme`, `season`, `year` or any part
of the key next to them; a list is any of its values, null a part that the claim must not have.
"""

import json
import re
from collections.abc import Mapping, Sequence
from fractions import Fraction

from shared.figures.claims import Concept
from shared.figures.conventions import (
    MissingTerm,
    Operator,
    Ranking,
    Relation,
    ShareOf,
    Term,
    Tree,
    TreeMethod,
    Whole,
)
from shared.figures.selectors import ABSENT, Selector
from shared.ledger.fact_rows import FactFault, FactRow

NUMBER = re.compile(r"-?[0-9]{1,15}(?:[.,][0-9]{1,12})?(?:/[1-9][0-9]{0,14})?")
OPERATORS = {
    "=": Operator.EQUAL,
    "==": Operator.EQUAL,
    "<=": Operator.AT_MOST,
    "≤": Operator.AT_MOST,
    ">=": Operator.AT_LEAST,
    "≥": Operator.AT_LEAST,
}
MOST_TERMS = 1000
COMPLETE, PARTIAL = "complete", "partial"


def selector_of(given: object, *without: str) -> Selector:
    """Return what an object selects; parts named in `without` are left out."""
    if not isinstance(given, Mapping):
        message = "Выбор чисел пишется объектом: concept, key."
        raise FactFault(message)
    parts = {name: value for name, value in given.items() if name not in ("concept", "key")}
    key = given.get("key") or {}
    if not isinstance(key, Mapping):
        message = "Ключ (key) пишется объектом."
        raise FactFault(message)
    exact: dict[str, str] = {}
    any_of: dict[str, frozenset[str]] = {}
    for name, value in {**parts, **key}.items():
        if name in without:
            continue
        if isinstance(value, list):
            any_of[str(name)] = frozenset(_text(item) for item in value)
        else:
            exact[str(name)] = ABSENT if value is None else _text(value)
    concept = given.get("concept")
    return Selector(
        None if concept is None else concept_of(_text(concept)),
        tuple(sorted(exact.items())),
        tuple(sorted(any_of.items(), key=lambda pair: pair[0])),
    )


def concept_of(name: str) -> Concept:
    """Return the concept of a name; `FactFault` where there is none."""
    try:
        return Concept(name)
    except ValueError as error:
        message = f"Нет такого понятия: {name}."
        raise FactFault(message) from error


def tree_of(row: FactRow) -> Tree:
    """Read a tree: the value is its method, then weights as `code=number`; a mean by default."""
    method, *weights = row.value.split() or [TreeMethod.MEAN.value]
    if method not in list(TreeMethod):
        message = f"Нет такого способа: {method}; бывает mean, weighted, sum."
        raise FactFault(message)
    parts = [weight.rpartition("=") for weight in weights]
    read = {code: number_of(number) for code, _, number in parts}
    if any(weight < 0 for weight in read.values()) or not all(code for code, _, _ in parts):
        message = "Вес пишется как «код=число», число не меньше нуля."
        raise FactFault(message)
    known = {code: read.get(code, Fraction(1)) for code in row.members}
    if method == TreeMethod.WEIGHTED.value and not sum(known.values()):
        message = "Сумма весов равна нулю."
        raise FactFault(message)
    return Tree(row.selector, row.code, row.members, TreeMethod(method), known)


def ranking_of(row: FactRow) -> Ranking:
    """Read how ties are printed."""
    if row.value not in list(Ranking):
        message = "Места (value) — range, competition, dense или fractional."
        raise FactFault(message)
    return Ranking(row.value)


def whole_of(row: FactRow) -> Whole:
    """Read parts along an axis: named or not, `complete` (default) or `partial`."""
    if row.value not in ("", COMPLETE, PARTIAL):
        message = f"Полнота (value) — {COMPLETE} или {PARTIAL}."
        raise FactFault(message)
    named = {name: value for name, value in row.selector.key if name != row.code}
    selector = Selector(row.selector.concept, tuple(sorted(named.items())), row.selector.any_of)
    return Whole(row.code, selector, row.members or None, row.value != PARTIAL)


def share_of(row: FactRow) -> ShareOf:
    """Read the whole, and maybe the part, that shares are of."""
    given = _object(row.value)
    part = given.get("part")
    return ShareOf(
        row.selector,
        selector_of(given.get("of")),
        None if part is None else selector_of(part),
        _names(given.get("join")),
    )


def relation_of(row: FactRow) -> Relation:
    """Read `{"left", "op", "right", "join", "missing"}` from the value of a row."""
    given = _object(row.value)
    operator = OPERATORS.get(str(given.get("op", "=")))
    missing = given.get("missing") or MissingTerm.SKIP.value
    if operator is None or missing not in list(MissingTerm):
        message = "Отношение: op — =, <= или >=; missing — skip, zero или refuse."
        raise FactFault(message)
    left, right = _terms(given.get("left")), _terms(given.get("right") or [])
    if not left:
        message = "В отношении нет левой части (left)."
        raise FactFault(message)
    join = _names(given.get("join"))
    return Relation(row.code, left, operator, right, join, MissingTerm(str(missing)))


def number_of(given: object) -> Fraction:
    """Read a coefficient or weight: «2», «0,5», «1/3», a JSON number."""
    text = _text(given)
    if not NUMBER.fullmatch(text):
        message = f"«{text[:40]}» не читается как число."
        raise FactFault(message)
    number, _, divisor = text.replace(",", ".").partition("/")
    return Fraction(number) / Fraction(divisor or 1)


def _terms(given: object) -> tuple[Term, ...]:
    rows = given if isinstance(given, list) else [given]
    if len(rows) > MOST_TERMS:
        message = f"В отношении больше {MOST_TERMS} слагаемых."
        raise FactFault(message)
    terms = []
    for row in rows:
        if not isinstance(row, Mapping):
            message = "Слагаемое пишется как coefficient и select."
            raise FactFault(message)
        rest = {name: value for name, value in row.items() if name != "coefficient"}
        terms.append(
            Term(number_of(row.get("coefficient", 1)), selector_of(row.get("select", rest)))
        )
    return tuple(terms)


def _names(given: object) -> tuple[str, ...]:
    if given is None:
        return ()
    if not isinstance(given, Sequence) or isinstance(given, str):
        message = "Общие части ключа (join) пишутся списком имён."
        raise FactFault(message)
    return tuple(_text(name) for name in given)


def _object(text: str) -> Mapping[str, object]:
    try:
        given = json.loads(text)
    except ValueError as error:
        message = "Значение (value) этого факта — объект JSON."
        raise FactFault(message) from error
    if not isinstance(given, dict):
        message = "Значение (value) этого факта — объект JSON."
        raise FactFault(message)
    return given


def _text(given: object) -> str:
    if isinstance(given, bool) or not isinstance(given, str | int | float):
        message = "Значения — текст или число."
        raise FactFault(message)
    return str(given).strip()
