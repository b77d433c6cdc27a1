"""The engine's rules once more, slowly: plain loops over exact fractions, straight from the JSON.

Roots, logarithms and powers are taken with 60 decimal digits. Nothing of the engine is used.
"""

from collections.abc import Callable, Sequence
from decimal import Context, Decimal
from fractions import Fraction
from typing import Any

Value = Fraction | None
Document = dict[str, Any]

_PRECISE = Context(prec=60, Emin=-999999, Emax=999999)
_TOLERANCE = Fraction(1, 10**9)


def to_decimal(x: Fraction) -> Decimal:
    return _PRECISE.divide(Decimal(x.numerator), Decimal(x.denominator))


def root(x: Fraction) -> Fraction:
    return Fraction(_PRECISE.sqrt(to_decimal(x)))


def power(x: Fraction, p: Fraction) -> Fraction:
    return Fraction(_PRECISE.power(to_decimal(x), to_decimal(p))) if x else Fraction(0)


def leaves(node: Document) -> list[Document]:
    if "children" not in node:
        return [node]
    return [leaf for child in node["children"] for leaf in leaves(child)]


def groups(node: Document) -> list[Document]:
    if "children" not in node:
        return []
    return [node] + [group for child in node["children"] for group in groups(child)]


def normalised_column(column: Sequence[Value], leaf: Document) -> list[Value]:
    known = [x for x in column if x is not None]
    if not known:
        return [None for _ in column]
    rule, lower = leaf["normalise"], leaf["direction"] == "lower"
    return [None if x is None else one(x, known, rule, lower) for x in column]


def one(x: Fraction, known: list[Fraction], rule: Document, lower: bool) -> Value:  # noqa: PLR0911, C901, PLR0912 -- it is the table of the spec, row by row.
    least, most, n = min(known), max(known), len(known)
    match rule["method"]:
        case "none":
            return x
        case "percent_of_max":
            share = x / Fraction(rule["max"])
            return 100 * (1 - share) if lower else 100 * share
        case "minmax":
            low, high = Fraction(rule.get("low", 0)), Fraction(rule.get("high", 100))
            if least == most:
                return None
            share = (most - x if lower else x - least) / (most - least)
            return low + (high - low) * share
        case "goalposts":
            low, high = Fraction(rule["low"]), Fraction(rule["high"])
            share = (high - x if lower else x - low) / (high - low)
            return 100 * min(max(share, Fraction(0)), Fraction(1))
        case "zscore":
            if least == most:
                return None
            mean = sum(known, Fraction(0)) / n
            sd = root(sum(((k - mean) ** 2 for k in known), Fraction(0)) / (n - 1))
            z = (mean - x if lower else x - mean) / sd
            return Fraction(rule.get("mean", 0)) + Fraction(rule.get("sd", 1)) * z
        case "rank":
            return Fraction(below(x, known, lower) + 1)
        case "borda":
            return Fraction(below(x, known, lower))
        case "percentile_rank":
            return None if n == 1 else Fraction(100 * below(x, known, lower), n - 1)
        case "distance_to_best":
            if least == most:
                return None
            gap = x - least if lower else most - x
            return 100 * (1 - gap / (most - least))
        case "distance_to_target":
            target = Fraction(rule["target"])
            if target >= most if lower else target <= least:
                return None
            way = (most - x) / (most - target) if lower else (x - least) / (target - least)
            return min(100 * way, Fraction(100)) if rule.get("cap") else 100 * way
        case "best_of_peers":
            return best_of_peers(x, least, most, lower)
    raise AssertionError(rule)


def below(x: Fraction, known: list[Fraction], lower: bool) -> int:
    return sum(1 for k in known if (k > x if lower else k < x))


def best_of_peers(x: Fraction, least: Fraction, most: Fraction, lower: bool) -> Value:
    if least < 0 or (not lower and most == 0):
        return None
    if not lower:
        return 100 * x / most
    if least == 0:
        return Fraction(100 if x == 0 else 0)
    return 100 * least / x


def mean_of(children: list[tuple[Fraction, Fraction]], rule: Document) -> Value:  # noqa: PLR0911, C901 -- as above.
    """Return the mean of (weight, value) pairs of the children present."""
    heavy = [(w, x) for w, x in children if w > 0]
    if not heavy:
        return None
    total, values = sum((w for w, _ in heavy), Fraction(0)), [x for _, x in heavy]
    match rule["method"]:
        case "arithmetic":
            return sum((w * x for w, x in heavy), Fraction(0)) / total
        case "sum":
            return sum((w * x for w, x in heavy), Fraction(0))
        case "minimum":
            return min(values)
        case "harmonic":
            if min(values) <= 0:
                return None
            return total / sum((w / x for w, x in heavy), Fraction(0))
        case "geometric":
            if min(values) <= 0:
                return None
            logs = (w * Fraction(_PRECISE.ln(to_decimal(x))) for w, x in heavy)
            return Fraction(_PRECISE.exp(to_decimal(sum(logs, Fraction(0)) / total)))
        case "power":
            p = Fraction(rule["p"])
            if min(values) < 0 or (p < 0 and min(values) == 0):
                return None
            return power(sum((w * power(x, p) for w, x in heavy), Fraction(0)) / total, 1 / p)
    raise AssertionError(rule)


def calculate(
    document: Document, rows: Sequence[Sequence[Value]]
) -> dict[str, list[tuple[Value, Fraction | None]]]:
    """Return (score, coverage) of every node for every unit; leaves have no coverage."""
    table: dict[str, list[tuple[Value, Fraction | None]]] = {}
    zero = document["missing"]["policy"] == "zero"
    for index, leaf in enumerate(leaves(document["tree"])):
        column = [row[index] for row in rows]
        made = normalised_column(column, leaf)
        filled = [
            Fraction(0) if zero and raw is None else value
            for raw, value in zip(column, made, strict=True)
        ]
        table[leaf["code"]] = [(value, None) for value in filled]
    for group in reversed(groups(document["tree"])):
        table[group["code"]] = [score(document, group, table, unit) for unit in range(len(rows))]
    return table


def score(
    document: Document,
    group: Document,
    table: dict[str, list[tuple[Value, Fraction | None]]],
    unit: int,
) -> tuple[Value, Fraction]:
    present = []
    for child in group["children"]:
        value = table[child["code"]][unit][0]
        if value is not None:
            present.append((Fraction(child["weight"]), value))
    coverage = Fraction(len(present), len(group["children"]))
    missing = document["missing"]
    if missing["policy"] == "skip" and coverage < Fraction(missing.get("min_coverage", 0)):
        return None, coverage
    return mean_of(present, group["aggregate"]), coverage


def possible_place(
    document: Document,
    rows: Sequence[Sequence[Value]],
    unit: int,
    node: Document,
    place: Callable[[list[Value], int], Any],
) -> tuple[int, int, int] | None:
    """Return (best, worst, of) over the ends of the unit's missing leaves under a node.

    `place` ranks a list of scores and returns the place of one of them.
    """
    order = leaves(document["tree"])
    under = [order.index(leaf) for leaf in leaves(node)]
    missing = [index for index in under if rows[unit][index] is None]
    if not missing:
        return None
    own: list[dict[str, Value]] = [{}, {}]
    for index in under:
        ends = ends_of(order[index], [row[index] for row in rows], rows[unit][index])
        if ends is None:
            return None
        for side, end in zip(own, ends, strict=True):
            side[order[index]["code"]] = end
    scores = [climb(document, node, side) for side in own]
    if None in scores:
        return None
    table = calculate(document, rows)[node["code"]]
    peers = [score for score, _ in table]
    found = [place([*peers[:unit], score, *peers[unit + 1 :]], unit) for score in scores]
    return found[1][0], found[0][1], found[0][2]


def counts(
    document: Document, rows: Sequence[Sequence[Value]], unit: int, under: Sequence[int]
) -> bool:
    """Say whether a unit takes part in the ranking of the leaves `under` a node."""
    everybody = document["missing"].get("places", "all") == "all"
    return everybody or all(rows[unit][index] is not None for index in under)


def ends_of(leaf: Document, column: Sequence[Value], own: Value) -> tuple[Value, Value] | None:
    """Return the normalised value at the worst and the best end; None where that is open."""
    rule, lower = leaf["normalise"], leaf["direction"] == "lower"
    known = [x for x in column if x is not None]
    if own is not None:
        made = one(own, known, rule, lower)
        return made, made
    domain = leaf.get("domain") or [None, None]
    if None in domain:
        return None
    ends = [Fraction(end) for end in domain]
    alone = rule["method"] in ("none", "percent_of_max", "goalposts")
    if not known and not alone:
        return None
    if rule["method"] == "percent_of_max":
        ends = [min(max(end, Fraction(0)), Fraction(rule["max"])) for end in ends]
    if rule["method"] == "best_of_peers" and one(known[0], known, rule, lower) is not None:
        impossible = ends[0] <= 0 < min(known) if lower else False
        if ends[0] < 0 or impossible:
            return None
    reached = [one(end, known or ends, rule, lower) for end in ends]
    return (reached[1], reached[0]) if lower else (reached[0], reached[1])


def climb(document: Document, node: Document, values: dict[str, Value]) -> Value:
    """Return the score of a node out of the normalised values of the leaves under it."""
    if "children" not in node:
        return values[node["code"]]
    present = []
    for child in node["children"]:
        value = climb(document, child, values)
        if value is not None:
            present.append((Fraction(child["weight"]), value))
    missing = document["missing"]
    share = Fraction(len(present), len(node["children"]))
    if missing["policy"] == "skip" and share < Fraction(missing.get("min_coverage", 0)):
        return None
    return mean_of(present, node["aggregate"])


def places(scores: Sequence[Value]) -> list[tuple[int, int, int] | None]:
    """Return (from, to, of) with neighbours within the tolerance chained."""
    ranked = sorted((x for x in scores if x is not None), reverse=True)
    runs: list[list[Fraction]] = []
    for value in ranked:
        if runs and same(runs[-1][-1], value):
            runs[-1].append(value)
        else:
            runs.append([value])
    outcome: dict[Fraction, tuple[int, int, int]] = {}
    above = 0
    for run in runs:
        for value in run:
            outcome[value] = (above + 1, above + len(run), len(ranked))
        above += len(run)
    return [None if x is None else outcome[x] for x in scores]


def published(score: Value, mode: str, digits: int) -> Value:
    """Return a score as printed: a whole number of units of its last digit.

    Roots and powers have 60 digits here; what they miss of a half unit by less than 40 is a half.
    """
    if score is None:
        return None
    steps = score * 10**digits
    halves = Fraction(round(2 * steps), 2)
    steps = halves if abs(steps - halves) < Fraction(1, 10**40) else steps
    below, above = steps.__floor__(), steps.__ceil__()
    half = below + Fraction(1, 2)
    up = {
        "floor": False,
        "ceil": True,
        "half_up": steps >= half,
        "half_even": steps > half or (steps == half and below % 2 == 1),
    }
    return Fraction(above if up[mode] else below, 10**digits)


def exact_places(scores: Sequence[Value]) -> list[tuple[int, int, int] | None]:
    """Return (from, to, of) with only equal scores tied."""
    known = [x for x in scores if x is not None]
    return [
        None
        if x is None
        else (1 + sum(k > x for k in known), sum(k >= x for k in known), len(known))
        for x in scores
    ]


def same(a: Fraction, b: Fraction) -> bool:
    return abs(a - b) <= _TOLERANCE * max(Fraction(1), abs(a), abs(b))
