"""Ordinary tables made by chance: true values printed under one rounding rule, maybe one mistake.

Every layout comes with the facts that state its relations, which can be left out, and with the
cells in which a mistake refutes them.
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction

from shared.figures.claims import Claim, Concept
from shared.figures.conventions import (
    Operator,
    Ranking,
    Relation,
    ShareOf,
    Term,
    Tree,
    TreeMethod,
    Whole,
)
from shared.figures.decimals import RoundingMode
from shared.figures.document import Facts, Selector, SourceDocument
from shared.figures.rules.windows import Window
from tests.shared.figures.claim_builders import claim, printed_text

REGION = "02000000"
ONE = Fraction(1)


@dataclass(frozen=True)
class Territory:
    """Where a figure is of: a territory in a programme, season or year."""

    code: str
    scope: str


@dataclass
class Table:
    """A table under construction; `cells` are the claims in which a mistake can be planted."""

    luck: random.Random
    mode: RoundingMode
    claims: list[Claim] = field(default_factory=list)
    facts: Facts = field(default_factory=Facts)
    cells: list[tuple[int, str]] = field(default_factory=list)

    def add(self, concept: str, raw: str, wrong: str | None = None, **about: object) -> None:
        """Add a claim; `wrong` is a text that would refute the table."""
        key = dict(about)
        where = Territory(str(key.pop("territory", REGION)), str(key.pop("scope", "proba")))
        made = claim(concept, raw, territory=where.code, scope=where.scope, table=None, **key)
        if wrong is not None and wrong != raw:
            self.cells.append((len(self.claims), wrong))
        self.claims.append(made)

    def say(self, value: Fraction | int, digits: int = 0) -> str:
        """Print a true value under the table's rounding rule."""
        return printed_text(Fraction(value), digits, self.mode)

    def true_value(self, low: int = 20, high: int = 90) -> Fraction:
        """Draw a true value to three decimals."""
        return Fraction(self.luck.randrange(low * 1000, high * 1000), 1000)

    def document(self, *, stated: bool) -> SourceDocument:
        """Return the document with its facts, or with none."""
        return SourceDocument("d", tuple(self.claims), self.facts if stated else Facts())


def _off(table: Table, value: Fraction | int, by: int, digits: int = 0) -> str:
    sign = table.luck.choice((-1, 1))
    return table.say(Fraction(value) + sign * by, digits)


def mean_tree(t: Table) -> None:
    """Blocks are means of their directions, the total is the mean of the blocks."""
    _tree(t, TreeMethod.MEAN, {})


def weighted_tree(t: Table) -> None:
    """Blocks are weighted means."""
    weights = {f"{b}.{n}": Fraction(t.luck.choice((1, 2, 3))) for b in (1, 2) for n in (1, 2, 3)}
    _tree(t, TreeMethod.WEIGHTED, weights)


def _tree(t: Table, method: TreeMethod, weights: Mapping[str, Fraction]) -> None:
    selector = Selector(Concept.INDEX)
    trees, tops = [], []
    for block in ("1", "2"):
        codes = tuple(f"{block}.{n}" for n in (1, 2, 3))
        values = [t.true_value() for _ in codes]
        known = [weights.get(code, ONE) for code in codes]
        value = sum((w * v for w, v in zip(known, values, strict=True)), Fraction(0)) / sum(known)
        for code, leaf in zip(codes, values, strict=True):
            t.add("index", t.say(leaf) + " %", _off(t, leaf, 9) + " %", indicator=code)
        t.add("index", t.say(value) + " %", _off(t, value, 6) + " %", indicator=block)
        trees.append(Tree(selector, block, codes, method, dict(weights)))
        tops.append(value)
    total = sum(tops, Fraction(0)) / 2
    t.add("index", t.say(total) + " %", _off(t, total, 6) + " %", indicator="total")
    t.facts = Facts(trees=(*trees, Tree(selector, "total", ("1", "2"))))


def points(t: Table) -> None:
    """A score is the sum of the points of its criteria."""
    values = [t.luck.randrange(5, 60) for _ in range(4)]
    for n, value in enumerate(values):
        t.add("score", str(value), str(value + 11), indicator=f"k{n}")
    t.add("score", str(sum(values)), str(sum(values) - 3), indicator="summa")
    codes = tuple(f"k{n}" for n in range(4))
    t.facts = Facts(trees=(Tree(Selector(Concept.SCORE), "summa", codes, TreeMethod.SUM),))


def intervals(t: Table) -> None:
    """Shares of takers by interval of the score make 100 within their precision."""
    weights = [t.luck.randrange(3, 60) for _ in range(4)]
    digits = t.luck.choice((0, 1))
    for name, weight in zip(("0-40", "41-60", "61-80", "81-100"), weights, strict=True):
        share = Fraction(100 * weight, sum(weights))
        wrong = t.say(share + 7, digits)
        t.add("share", t.say(share, digits) + " %", wrong + " %", interval=name, of="takers")
    t.facts = Facts(wholes=(Whole("interval", Selector(Concept.SHARE)),))


def grades(t: Table) -> None:
    """Counts by grade with «всего»; the list of grades is registered."""
    for subject in ("physics", "chemistry", "biology"):
        counts = [t.luck.randrange(5, 90) for _ in range(3)]
        for grade, count in zip((9, 10, 11), counts, strict=True):
            t.add("count", str(count), "0", subject=subject, grade=grade, scope="2024-2025")
        whole = str(sum(counts))
        t.add("count", whole, whole[::-1] + "1", subject=subject, grade="total", scope="2024-2025")
    t.facts = Facts(expected=((Selector(Concept.COUNT), "grade", ("9", "10", "11")),))


def included(t: Table) -> None:
    """«Из них»: parts belong to the whole and may overlap or leave a rest."""
    whole = t.luck.randrange(400, 900)
    t.add("count", str(whole), str(whole // 100), of="pupils")
    for n in range(t.luck.choice((1, 2))):
        count = t.luck.randrange(10, whole // 3)
        t.add("count", str(count), str(whole + count), of="pupils", part=f"p{n}")
    t.facts = Facts(wholes=(Whole("part", Selector(Concept.COUNT), complete=False),))


def municipalities(t: Table) -> None:
    """Counts of municipalities add up to that of the region."""
    counts = [t.luck.randrange(20, 300) for _ in range(5)]
    names = [f"0200{n:04d}" for n in range(1001, 1006)]
    for name, count in zip(names, counts, strict=True):
        t.add("count", str(count), str(count + 30), territory=name, of="schools")
    t.add("count", str(sum(counts)), str(sum(counts) + 10), of="schools")
    parts = Term(ONE, Selector(Concept.COUNT, (), (("territory", frozenset(names)),)))
    whole = Term(ONE, Selector(Concept.COUNT, (("territory", REGION),)))
    t.facts = Facts(relations=(Relation("svod", (parts,), Operator.EQUAL, (whole,), ("of",)),))


def regional_mean(t: Table) -> None:
    """A regional share lies between those of all its municipalities."""
    values = [t.true_value(40, 70) for _ in range(5)]
    for n, value in enumerate(values):
        t.add("index", t.say(value, 1) + " %", territory=f"0200100{n + 1}", indicator="q")
    mean = sum(values, Fraction(0)) / 5
    wrong = t.say(mean - 32, 1) + " %"
    t.add("index", t.say(mean, 1) + " %", wrong, indicator="q")
    t.facts = Facts(wholes=(Whole("territory", Selector(Concept.INDEX)),))


def _ranking(t: Table, ranking: Ranking) -> None:
    values = sorted((t.luck.randrange(300, 990) for _ in range(9)), reverse=True)
    values[4] = values[3]
    for n, value in enumerate(values):
        ahead = sum(other > value for other in values)
        tied = values.count(value)
        dense = len({other for other in values if other > value}) + 1
        label = {
            Ranking.RANGE: str(ahead + 1) if tied == 1 else f"{ahead + 1}-{ahead + tied}",
            Ranking.COMPETITION: str(ahead + 1),
            Ranking.DENSE: str(dense),
            Ranking.FRACTIONAL: _half(Fraction(2 * ahead + tied + 1, 2)),
        }[ranking]
        where = f"{n + 11}000000"
        t.add("index", t.say(Fraction(value, 10), 1), "3,1" if n < 7 else "99,8", territory=where,
              indicator="total")  # fmt: skip
        t.add("place", label, territory=where, indicator="total")
    facts = ((Selector(), ranking),)
    t.facts = Facts(rankings=facts, peers=((Selector(), 9),))


def _half(place: Fraction) -> str:
    return printed_text(place, 0 if place.denominator == 1 else 1, RoundingMode.HALF_UP)


def ranges(t: Table) -> None:
    """Equal members are printed by their range of places."""
    _ranking(t, Ranking.RANGE)


def competition(t: Table) -> None:
    """Equal members share the best of their places."""
    _ranking(t, Ranking.COMPETITION)


def dense(t: Table) -> None:
    """Places have no holes after equal members."""
    _ranking(t, Ranking.DENSE)


def mid_ranks(t: Table) -> None:
    """Equal members have the mean of their places."""
    _ranking(t, Ranking.FRACTIONAL)


def groups(t: Table) -> None:
    """Places inside a group follow from places among all."""
    outside = sorted(t.luck.sample(range(1, 86), 8))
    codes = [f"{n + 11}000000" for n in range(8)]
    for n, (code, place) in enumerate(zip(codes, outside, strict=True)):
        t.add("place", str(place), territory=code, indicator="total", period="2024")
        wrong = str(n + 2 if n < 7 else 1)
        t.add("group_place", str(n + 1), wrong, territory=code, indicator="total", period="2024")
    t.facts = Facts(groups={"g": frozenset(codes)}, peers=((Selector(), 85),),
                    rankings=((Selector(), Ranking.RANGE),))  # fmt: skip


def printed_shares(t: Table) -> None:
    """Shares of a printed total, with their counts."""
    whole = t.luck.randrange(200, 900)
    t.add("count", str(whole), of="pupils")
    for level in ("high", "base"):
        part = t.luck.randrange(20, whole // 2)
        share = Fraction(100 * part, whole)
        t.add("count", str(part), str(part + whole // 4), of="pupils", level=level)
        wrong = t.say(share + 8, 1) + " %"
        t.add("share", t.say(share, 1) + " %", wrong, of="pupils", level=level)


def growth(t: Table) -> None:
    """A growth rate of two printed counts."""
    before, after = t.luck.randrange(500, 2000), t.luck.randrange(500, 2000)
    t.add("count", str(before), str(before + 400), of="pupils", period="2023")
    t.add("count", str(after), str(after + 400), of="pupils", period="2024")
    rate = Fraction(100 * after, before)
    wrong = t.say(rate + 7, 1) + " %"
    t.add("index", t.say(rate, 1) + " %", wrong, of="pupils", period="2024", measure="growth")


def percentage_points(t: Table) -> None:
    """A change in percentage points of two printed shares."""
    before, after = t.true_value(), t.true_value()
    t.add("share", t.say(before, 1) + " %", t.say(before + 9, 1) + " %", of="q", period="2023")
    t.add("share", t.say(after, 1) + " %", t.say(after + 9, 1) + " %", of="q", period="2024")
    change = after - before
    sign = "+" if change >= 0 else ""
    wrong = t.say(change + 5, 1)
    raw = sign + t.say(change, 1) + " п.п."
    wrong = ("" if wrong.startswith("-") else "+") + wrong + " п.п."
    t.add("change", raw, wrong, of="q", period="2024")


def extremes(t: Table) -> None:
    """The mean score lies between the least and the greatest."""
    for subject in ("russian", "physics"):
        low = t.luck.randrange(10, 40)
        mean = low + t.true_value(5, 30)
        high = int(mean) + t.luck.randrange(5, 25)
        for measure, raw, wrong in (
            ("min", str(low), str(low + 70)),
            ("mean", t.say(mean, 1), f"{high + 3},4"),
            ("max", str(high), str(max(low - 9, 1))),
        ):
            t.add("score", raw, wrong, subject=subject, measure=measure)


def half_points(t: Table) -> None:
    """Scores and their per cents of one maximum in half-points."""
    maximum = Fraction(t.luck.randrange(60, 200), 2)
    for n in range(6):
        score = Fraction(t.luck.randrange(10, int(2 * maximum)), 2)
        digits = 0 if score.denominator == 1 else 1
        share = 100 * score / maximum
        t.add("score", t.say(score, digits), row=n, period="2024")
        wrong = t.say(share + 12 if share < 85 else share - 12) + " %"
        t.add("index", t.say(share) + " %", wrong, row=n, period="2024")
    t.facts = Facts(score_shares=(Selector(Concept.SCORE),))


def thousands(t: Table) -> None:
    """Counts in thousands add up within their precision."""
    values = [t.luck.randrange(2000, 90_000) for _ in range(3)]
    for n, value in enumerate(values):
        raw = t.say(Fraction(value, 1000), 1)
        wrong = t.say(Fraction(value, 1000) + 2, 1)
        t.add("count", raw + " тыс. чел.", wrong + " тыс. чел.", of="people", part=f"p{n}")
    whole = t.say(Fraction(sum(values), 1000), 1)
    t.add("count", whole + " тыс. чел.", of="people")
    t.facts = Facts(wholes=(Whole("part", Selector(Concept.COUNT)),))


def staff(t: Table) -> None:
    """Staff in fractional rates adds up to its total."""
    quarters = [t.luck.randrange(2, 80) for _ in range(3)]
    for n, value in enumerate(quarters):
        raw = t.say(Fraction(value, 4), 2)
        wrong = t.say(Fraction(value, 4) + 1, 2)
        t.add("count", raw + " ставки", wrong + " ставки", active="staff", part=f"p{n}")
    t.add("count", t.say(Fraction(sum(quarters), 4), 2) + " ставки", active="staff")
    t.facts = Facts(wholes=(Whole("part", Selector(Concept.COUNT)),))


def hedged(t: Table) -> None:
    """Hedged counts are no exact parts."""
    for n, word in enumerate(("около", "свыше", "не менее")):
        t.add("count", f"{word} {t.luck.randrange(20, 300)}", active="a", part=f"p{n}")
    t.add("count", f"{t.luck.randrange(100, 900)} чел.", active="a")


def coverage(t: Table) -> None:
    """Coverage by tier, grade or school is of each by itself."""
    for tier in ("profile", "subject", "olympiad"):
        t.add("share", t.say(t.true_value()) + " %", tier=tier, of="trained", scope="2024")
    for n in range(4):
        t.add("share", t.say(t.true_value()) + " %", school=f"s{n}", of="passed", scope="2024")


def small_shares(t: Table) -> None:
    """Shares of a few people have few values (GRIM)."""
    whole = t.luck.choice((7, 9, 11, 12, 13))
    t.add("count", str(whole), of="class")
    part = t.luck.randrange(1, whole)
    share = Fraction(100 * part, whole)
    between = (share + Fraction(50, whole)) if part < whole - 1 else share - Fraction(50, whole)
    t.add("share", t.say(share, 1) + " %", t.say(between, 1) + " %", of="class", level="high")
    t.facts = Facts(shares_of=(ShareOf(Selector(Concept.SHARE), Selector(Concept.COUNT)),))


def windows(t: Table) -> None:
    """Courses are held in the window they are printed under."""
    months = ("января", "марта", "апреля")
    for n, month in enumerate(months):
        wrong = f"{10 + n} ноября 2024 г."
        t.add(
            "date", f"{10 + n} {month} 2024 г.", wrong, session=f"s{n}", window="w1", scope="2024"
        )
    t.facts = Facts(windows={"w1": Window("w1", date(2024, 1, 1), date(2024, 5, 31))})


def restated(t: Table) -> None:
    """A value is printed twice, to different digits."""
    value = t.true_value()
    for digits in (0, 1):
        wrong = t.say(value + 4, digits)
        t.add("score", t.say(value, digits), wrong, indicator="mean", period="2024")


LAYOUTS: Mapping[str, Callable[[Table], None]] = {
    make.__name__: make
    for make in (
        mean_tree, weighted_tree, points, intervals, grades, included, municipalities,
        regional_mean, ranges, competition, dense, mid_ranks, groups, printed_shares, growth,
        percentage_points, extremes, half_points, thousands, staff, hedged, coverage,
        small_shares, windows, restated,
    )
}  # fmt: skip


@dataclass(frozen=True)
class Planted:
    """A document with one mistake: the claim as it should be, and as it is."""

    document: SourceDocument
    right: Claim
    wrong: Claim


def make_table(layout: str, seed: int, mode: RoundingMode) -> Table:
    """Make a clean table."""
    table = Table(random.Random(f"{layout}{seed}{mode}"), mode)  # noqa: S311 -- no secret.
    LAYOUTS[layout](table)
    return table


def plant(table: Table, *, stated: bool) -> Planted | None:
    """Plant one mistake in a cell that refutes the table; None where no cell does."""
    if not table.cells:
        return None
    at, raw = table.luck.choice(table.cells)
    document = table.document(stated=stated)
    right = document.claims[at]
    wrong = replace(right, raw=raw)
    claims = (*document.claims[:at], wrong, *document.claims[at + 1 :])
    return Planted(replace(document, claims=claims), right, wrong)
