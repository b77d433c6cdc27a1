"""Facts registered for a document: one row each in a table, friendlier shapes in a whole document.

A row is `fact, code, concept, key, members, value, source`; what each part means depends on `fact`:

| fact | code | concept, key | members | value |
|---|---|---|---|---|
| group | group | | territories | |
| peers | | key: which places | | number ranked |
| expected | part of the key, or `territory` | which claims | codes | |
| benchmark | | which claims | | printed national value |
| tree | parent | which claims | children | `mean` (default), `sum`, or `weighted 1.1=2 1.2=1` |
| relation | relation | | | JSON `{"left", "op", "right", "join", "missing"}` |
| ranking | | which places | | range, competition, dense or fractional |
| whole | part of the key | which figures | parts | complete (default) or partial |
| share_of | | which shares | | JSON `{"of", "part", "join"}` |
| score_share | | which scores: their index is the per cent of a maximum | | |
| domain | | which claims | | `low;high;step`, bounds without bands |
| not | rule | which claims | | |
| registry | part of the key, or `territory` | | all its codes | |
| scale | | which claims | | `low;high;step`, step blank if continuous |
| shared_maximum | group | which scores | | |
| window | window | | | `first day;last day` |
| ratio | part of the key | numerators | denominators as `name=value` | |
| expectation | part of the key | which claims | | nondecreasing or nonincreasing |
| territory | region that the document belongs to | | | |
| title | | | | title of the document |
| revises | earlier document, whose figures this one replaces | | | |
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

from shared.figures.claims import Concept, key_of
from shared.figures.conventions import Denial
from shared.figures.document import Facts
from shared.figures.parse import Figure, parse_figure
from shared.figures.rules.band_domain import Scale
from shared.figures.rules.copies import Benchmark
from shared.figures.rules.windows import Window
from shared.figures.selectors import Selector
from shared.ledger.convention_facts import ranking_of, relation_of, share_of, tree_of, whole_of
from shared.ledger.fact_rows import TERRITORY, FactFault, FactRow

__all__ = ["FACTS", "FactFault", "FactRow", "check_fact", "facts_of"]

MOST_PEERS = 1_000_000


def facts_of(rows: Iterable[FactRow]) -> Facts:
    """Gather rows into what the rules take; `FactFault` on the first row that cannot be meant."""
    found: dict[str, list[FactRow]] = {kind: [] for kind in FACTS}
    for row in rows:
        check_fact(row)
        found[row.fact].append(row)
    return Facts(
        groups={row.code: frozenset(row.members) for row in found["group"]},
        peers=tuple((row.selector, int(row.value)) for row in found["peers"]),
        expected=tuple((row.selector, row.code, row.members) for row in found["expected"]),
        benchmarks=tuple((row.selector, _benchmark(row)) for row in found["benchmark"]),
        trees=tuple(tree_of(row) for row in found["tree"]),
        scales=tuple((row.selector, _scale(row)) for row in found["scale"]),
        domains=tuple((row.selector, _scale(row)) for row in found["domain"]),
        score_shares=tuple(row.selector for row in found["score_share"]),
        relations=tuple(relation_of(row) for row in found["relation"]),
        rankings=tuple((row.selector, ranking_of(row)) for row in found["ranking"]),
        wholes=tuple(whole_of(row) for row in found["whole"]),
        shares_of=tuple(share_of(row) for row in found["share_of"]),
        denials=tuple(Denial(row.code, row.selector) for row in found["not"]),
        revises=frozenset(row.code for row in found["revises"]),
        references={row.code: frozenset(row.members) for row in found["registry"]},
        shared_maxima=tuple((row.selector, row.code) for row in found["shared_maximum"]),
        windows={row.code: _window(row) for row in found["window"]},
        ratios=tuple((row.selector, _denominators(row), row.code) for row in found["ratio"]),
        expectations=tuple(
            (row.selector, row.code, row.value == RISING) for row in found["expectation"]
        ),
    )


def check_fact(row: FactRow) -> None:
    """Raise `FactFault` unless the row has what its kind of fact needs."""
    if row.fact not in FACTS:
        message = f"Нет такого вида факта: {row.fact}."
        raise FactFault(message)
    if row.concept is not None and row.concept not in {concept.value for concept in Concept}:
        message = f"Нет такого понятия: {row.concept}."
        raise FactFault(message)
    for check in FACTS[row.fact]:
        check(row)


def _needs_code(row: FactRow) -> None:
    if not row.code:
        message = f"Факту {row.fact} нужен код (code)."
        raise FactFault(message)


def _needs_members(row: FactRow) -> None:
    if not row.members:
        message = f"Факту {row.fact} нужен состав (members)."
        raise FactFault(message)


def _count(row: FactRow) -> None:
    if not row.value.isdecimal() or not 1 <= int(row.value) <= MOST_PEERS:
        message = "Число участников (value) — целое от 1 до 1 000 000."
        raise FactFault(message)


def _benchmark(row: FactRow) -> Benchmark:
    figure = parse_figure(row.value)
    if not isinstance(figure, Figure) or figure.value is None:
        message = f"Значение «{row.value}» не читается как число."
        raise FactFault(message)
    return Benchmark(figure.value, figure.digits, row.source)


def _scale(row: FactRow) -> Scale:
    ends = [part.strip() for part in row.value.split(";")]
    if len(ends) not in (2, 3):
        message = "Шкала (value) пишется как «начало;конец;шаг»."
        raise FactFault(message)
    low, high = (_number(part) for part in ends[:2])
    step = _number(ends[2]) if len(ends) > 2 and ends[2] else None  # noqa: PLR2004 -- low;high;step
    if low is not None and high is not None and low > high:
        message = "Начало шкалы больше её конца."
        raise FactFault(message)
    return Scale(low, high, step)


def _number(text: str) -> Fraction | None:
    figure = parse_figure(text)
    if not isinstance(figure, Figure):
        message = f"«{text}» не читается как число."
        raise FactFault(message)
    return None if figure.value is None else Fraction(Decimal(figure.value))


def _window(row: FactRow) -> Window:
    first, _, last = row.value.partition(";")
    try:
        window = Window(row.code, date.fromisoformat(first), date.fromisoformat(last))
    except ValueError as error:
        message = "Окно (value) пишется как «2023-01-01;2023-05-31»."
        raise FactFault(message) from error
    if window.first > window.last:
        message = "Окно кончается раньше, чем начинается."
        raise FactFault(message)
    return window


def _denominators(row: FactRow) -> Selector:
    parts = [member.partition("=") for member in row.members]
    if not all(name and mark for name, mark, _ in parts):
        message = "Знаменатель (members) пишется как «имя=значение»."
        raise FactFault(message)
    named = {name: value for name, _, value in parts}
    concept = named.pop("concept", row.concept)
    if concept is not None and concept not in {known.value for known in Concept}:
        message = f"Нет такого понятия: {concept}."
        raise FactFault(message)
    return Selector(None if concept is None else Concept(concept), key_of(named))


def _direction(row: FactRow) -> None:
    if row.value not in (RISING, FALLING):
        message = f"Ожидание (value) — {RISING} или {FALLING}."
        raise FactFault(message)


def _territory(row: FactRow) -> None:
    if not re.fullmatch(TERRITORY, row.code):
        message = "Регион документа (code) — код территории, например восемь цифр ОКТМО."
        raise FactFault(message)


def _title(row: FactRow) -> None:
    if not row.value.strip():
        message = "Название документа (value) не указано."
        raise FactFault(message)


RISING, FALLING = "nondecreasing", "nonincreasing"
Check = Callable[[FactRow], object]
FACTS: Mapping[str, Sequence[Check]] = {
    "group": (_needs_code, _needs_members),
    "peers": (_count,),
    "expected": (_needs_code, _needs_members),
    "benchmark": (_benchmark,),
    "tree": (_needs_code, _needs_members, tree_of),
    "relation": (_needs_code, relation_of),
    "ranking": (ranking_of,),
    "whole": (_needs_code, whole_of),
    "share_of": (share_of,),
    "score_share": (),
    "domain": (_scale,),
    "not": (_needs_code,),
    "registry": (_needs_code, _needs_members),
    "scale": (_scale,),
    "shared_maximum": (_needs_code,),
    "window": (_needs_code, _window),
    "ratio": (_needs_code, _needs_members, _denominators),
    "expectation": (_needs_code, _direction),
    "territory": (_territory,),
    "title": (_title,),
    "revises": (_needs_code,),
}
