"""A methodology as a JSON document, read with every fault named.

The format is that of `docs/rules/ratings.md`, Registry. Faults are `FieldError`s with a pointer; a
document with a fault gives no methodology.
"""

from decimal import Decimal
from itertools import pairwise

from services.ratings.domain.json_fields import Fields, exact_decimal, finite, texts
from services.ratings.domain.levels_document import read_levels
from services.ratings.domain.methodology import (
    Aggregate,
    Direction,
    Group,
    Indicator,
    Mean,
    Method,
    Methodology,
    Missing,
    MissingPolicy,
    Node,
    Normalisation,
    Peers,
    Publication,
    Ranked,
    RankOn,
    Rounding,
    walk,
)
from shared.errors import FieldError
from shared.figures.intervals import RoundingMode

MAX_DEPTH = 16
MAX_DIGITS = 9


def read_methodology(
    document: object, pointer: str = ""
) -> tuple[Methodology | None, tuple[FieldError, ...]]:
    """Return the methodology and no faults, or None and every fault of the document.

    `pointer` is where the document is in a larger body. Omitted `group`, `levels`,
    `publication`, `unit`, `digits`, `topics`, `domain`, `min_coverage`, `places` and a node's
    `title` take their defaults: no group, no levels, automatic, none, as printed, none, no bounds,
    0, all, its code.
    """
    faults: list[FieldError] = []
    fields = Fields(document, pointer, faults)
    tree = _read_tree(fields)
    methodology = Methodology(
        programme=fields.text("programme"),
        version=fields.text("version"),
        title=fields.text("title", ""),
        peers=_read_peers(fields),
        tree=tree,
        missing=_read_missing(fields),
        rounding=_read_rounding(fields),
        rank_on=fields.choice("rank_on", RankOn),
        levels=read_levels(fields, {n.code for n in walk(tree) if isinstance(n, Group)}),
        publication=fields.choice("publication", Publication, Publication.AUTOMATIC),
    )
    fields.finish()
    _check_codes(tree, fields)
    return (None if faults else methodology), tuple(faults)


def _read_peers(fields: Fields) -> Peers:
    peers = fields.members("peers")
    if peers is None:
        return Peers("")
    read = Peers(peers.text("kind"), peers.optional_text("group"))
    peers.finish()
    return read


def _read_missing(fields: Fields) -> Missing:
    missing = fields.members("missing")
    if missing is None:
        return Missing(MissingPolicy.SKIP)
    read = Missing(
        missing.choice("policy", MissingPolicy),
        missing.number("min_coverage", 0.0),
        missing.choice("places", Ranked, Ranked.ALL),
    )
    if not 0 <= read.min_coverage <= 1:
        missing.fault("min_coverage", "OUT_OF_RANGE", "доля от 0 до 1")
    missing.finish()
    return read


def _read_rounding(fields: Fields) -> Rounding:
    rounding = fields.members("rounding")
    if rounding is None:
        return Rounding(RoundingMode.HALF_UP, 0)
    read = Rounding(rounding.choice("mode", RoundingMode), rounding.whole("digits", 0, MAX_DIGITS))
    rounding.finish()
    return read


def _read_tree(fields: Fields) -> Group:
    tree = fields.members("tree")
    root = None if tree is None else _read_node(tree, depth=0)
    if isinstance(root, Group):
        return root
    if root is not None and tree is not None:
        tree.fault("", "ROOT_IS_INDICATOR", "вершина дерева должна объединять показатели")
    return Group("", "", 1.0, Aggregate(Mean.ARITHMETIC), ())


def _read_node(fields: Fields, depth: int) -> Node:
    """Read a group (it has `children` or `aggregate`) or else an indicator."""
    code = fields.text("code")
    title = fields.text("title", code or "?")
    weight = fields.number("weight", 1.0 if depth == 0 else None)
    if weight < 0:
        fields.fault("weight", "NEGATIVE_WEIGHT", "вес не может быть отрицательным")
    grouped = fields.has("children") or fields.has("aggregate")
    node = (
        _read_group(fields, code, title, weight, depth)
        if grouped
        else _read_indicator(fields, code, title, weight)
    )
    fields.finish()
    return node


def _read_group(fields: Fields, code: str, title: str, weight: float, depth: int) -> Group:
    aggregate = _read_aggregate(fields)
    documents = fields.sequence("children")
    if depth >= MAX_DEPTH:
        fields.fault("children", "TOO_DEEP", f"в дереве больше {MAX_DEPTH} уровней")
        return Group(code, title, weight, aggregate, ())
    children = tuple(
        _read_node(Fields(child, f"{fields.at('children')}/{index}", fields.faults), depth + 1)
        for index, child in enumerate(documents)
    )
    if not children:
        fields.fault("children", "EMPTY_GROUP", "в группе нет показателей")
    elif all(child.weight == 0 for child in children):
        fields.fault("children", "ZERO_WEIGHTS", "все веса группы равны нулю")
    return Group(code, title, weight, aggregate, children)


def _read_aggregate(fields: Fields) -> Aggregate:
    aggregate = fields.members("aggregate")
    return Aggregate(Mean.ARITHMETIC) if aggregate is None else read_mean(aggregate)


def read_mean(aggregate: Fields) -> Aggregate:
    """Read a mean with its parameter."""
    mean = aggregate.choice("method", Mean)
    p = aggregate.number("p") if mean is Mean.POWER else 1.0
    if p == 0 and aggregate.has("p"):
        aggregate.fault("p", "ZERO_POWER", "показатель степени не может быть нулём")
    aggregate.finish()
    return Aggregate(mean, p)


def _read_indicator(fields: Fields, code: str, title: str, weight: float) -> Indicator:
    direction = fields.choice("direction", Direction)
    normalise = _read_normalisation(fields, direction)
    return Indicator(
        code=code,
        title=title,
        weight=weight,
        direction=direction,
        normalise=normalise,
        unit=fields.optional_text("unit"),
        digits=fields.whole("digits", 0, MAX_DIGITS) if fields.has("digits") else None,
        domain=_read_domain(fields),
        topics=texts(fields, "topics", lambda topic: bool(topic.strip())),
        target=fields.decimal("target"),
        definition=fields.optional_text("definition"),
        responsible=fields.optional_text("responsible"),
        source=fields.optional_text("source"),
    )


def _read_domain(fields: Fields) -> tuple[Decimal | None, Decimal | None]:
    ends = fields.sequence("domain", required=False)
    if not ends:
        return None, None
    numbers = [finite(end) for end in ends if end is not None]
    if len(ends) != 2 or None in numbers:  # noqa: PLR2004 -- a domain has two ends.
        fields.fault("domain", "DOMAIN", "ожидаются два числа: нижняя и верхняя граница")
        return None, None
    low, high = (None if end is None else exact_decimal(finite(end) or 0.0) for end in ends)
    if low is not None and high is not None and low >= high:
        fields.fault("domain", "DOMAIN", "нижняя граница должна быть меньше верхней")
    return low, high


def _read_normalisation(fields: Fields, direction: Direction) -> Normalisation:
    normalise = fields.members("normalise")
    if normalise is None:
        return Normalisation(Method.NONE)
    read = read_rule(normalise)
    if read.method is Method.NONE and direction is Direction.LOWER:
        normalise.fault("method", "NONE_LOWER", "без нормирования «меньше — лучше» не выразить")
    return read


def read_rule(normalise: Fields) -> Normalisation:
    """Read a normalisation with the parameters of its method."""
    method = normalise.choice("method", Method)
    read = _READERS.get(method, _without_parameters)(normalise, method)
    normalise.finish()
    return read


def _without_parameters(fields: Fields, method: Method) -> Normalisation:
    del fields
    return Normalisation(method)


def _with_scale(fields: Fields, method: Method) -> Normalisation:
    """Read low < high; min-max has defaults for them, goalposts have not."""
    defaults = (0.0, 100.0) if method is Method.MINMAX else (None, None)
    low, high = fields.number("low", defaults[0]), fields.number("high", defaults[1])
    complete = method is Method.MINMAX or (fields.has("low") and fields.has("high"))
    if complete and low >= high:
        code = "GOALPOSTS_ORDER" if method is Method.GOALPOSTS else "SCALE_ORDER"
        fields.fault("low", code, "нижняя граница должна быть меньше верхней")
    return Normalisation(method, low=low, high=high)


def _with_moments(fields: Fields, method: Method) -> Normalisation:
    mean, sd = fields.number("mean", 0.0), fields.number("sd", 1.0)
    if sd <= 0:
        fields.fault("sd", "OUT_OF_RANGE", "стандартное отклонение должно быть больше нуля")
    return Normalisation(method, mean=mean, sd=sd)


def _with_maximum(fields: Fields, method: Method) -> Normalisation:
    maximum = fields.number("max")
    if maximum <= 0 and fields.has("max"):
        fields.fault("max", "OUT_OF_RANGE", "максимум должен быть больше нуля")
    return Normalisation(method, maximum=maximum)


def _with_target(fields: Fields, method: Method) -> Normalisation:
    cap = fields.flag("cap", default=False)
    return Normalisation(method, target=fields.number("target"), cap=cap)


_READERS = {
    Method.MINMAX: _with_scale,
    Method.GOALPOSTS: _with_scale,
    Method.ZSCORE: _with_moments,
    Method.PERCENT_OF_MAX: _with_maximum,
    Method.DISTANCE_TO_TARGET: _with_target,
}


def _check_codes(tree: Group, fields: Fields) -> None:
    """Note codes that two nodes share: a code names one node of the whole tree."""
    codes = sorted(node.code for node in walk(tree) if node.code)
    for code in sorted({one for one, other in pairwise(codes) if one == other}):
        fields.fault("tree", "DUPLICATE_CODE", f"код «{code}» встречается больше одного раза")
