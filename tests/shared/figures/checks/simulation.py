"""Whole documents made by simulation: true values, printed under one rounding rule, no mistakes."""

import random
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

from shared.figures.claims import Claim, Concept
from shared.figures.conventions import Ranking, Tree, Whole
from shared.figures.decimals import RoundingMode
from shared.figures.document import Facts, Selector, SourceDocument
from shared.figures.places import group_places_exact, places_exact
from shared.figures.rules.band_domain import Scale
from tests.shared.figures.claim_builders import claim, printed_text

PERIOD = "2024"
INDEX = Selector(Concept.INDEX)
STATED: dict[str, Any] = {
    "trees": (
        Tree(INDEX, "I", ("1.1", "1.2", "1.3")),
        Tree(INDEX, "II", ("2.1", "2.2")),
        Tree(INDEX, "III", ("3.1", "3.2", "3.3", "3.4")),
        Tree(INDEX, "total", ("I", "II", "III")),
    ),
    "rankings": ((Selector(), Ranking.RANGE),),
    "score_shares": (Selector(Concept.SCORE, (("indicator", "total"),)),),
    "scales": ((INDEX, Scale(Fraction(0), Fraction(100), Fraction(1))),),
    "wholes": (
        Whole("part", Selector(Concept.COUNT)),
        Whole("tier", Selector(Concept.SHARE)),
    ),
}
"""What the simulated documents mean, as a sender registers it."""
BLOCKS = {"I": ("1.1", "1.2", "1.3"), "II": ("2.1", "2.2"), "III": ("3.1", "3.2", "3.3", "3.4")}


@dataclass
class Simulation:
    """Makes the claims of one document; `luck` decides everything that is not a rule."""

    luck: random.Random
    mode: RoundingMode
    digits: int = 0
    claims: list[Claim] = field(default_factory=list)
    facts: Facts = field(default_factory=Facts)

    def document(self) -> SourceDocument:
        return SourceDocument("d", tuple(self.claims), replace(self.facts, **STATED))

    def add(self, concept: str, raw: str, **about: object) -> None:
        territory = about.pop("territory", None)
        table = about.pop("table", None)
        scope = about.pop("scope", "rum")
        self.claims.append(
            claim(
                concept,
                raw,
                territory=None if territory is None else str(territory),
                table=None if table is None else str(table),
                scope=str(scope),
                **about,
            )
        )

    def print(self, value: Fraction) -> str:
        return printed_text(value, self.digits, self.mode)

    def true_value(self) -> Fraction:
        return Fraction(self.luck.randrange(0, 100_001), 1000)

    def tree(self, territory: str = "08000000") -> None:
        """Add indices of leaves, blocks and total; parents come from true values."""
        means = []
        for block, codes in BLOCKS.items():
            leaves = [self.true_value() for _ in codes]
            for code, value in zip(codes, leaves, strict=True):
                self._index(territory, code, value)
            average = sum(leaves, Fraction(0)) / len(leaves)
            means.append(average)
            self._index(territory, block, average)
        self._index(territory, "total", sum(means, Fraction(0)) / len(means))

    def _index(self, territory: str, code: str, value: Fraction) -> None:
        raw = self.print(value) + self.luck.choice(["", " %", "%"])
        self.add("index", raw, territory=territory, indicator=code, period=PERIOD, table="indices")

    def ranking(self, *, seen_share: float = 1.0) -> None:
        """Add places among all peers and inside one group, ties as ranges; some may be hidden."""
        peers = self.luck.randrange(12, 86)
        members = self.luck.randrange(3, min(12, peers))
        top = self.luck.choice([6, 40, 1000])
        values = [self.luck.randrange(top) for _ in range(peers)]
        codes = [f"{n:02d}000000" for n in range(1, peers + 1)]
        self.luck.shuffle(codes)
        groups = [0 if i < members else 1 for i in range(peers)]
        whole, within = places_exact(values), group_places_exact(values, groups)
        group = frozenset(codes[:members])
        self.facts = replace(
            self.facts,
            groups={"g": group},
            peers=((Selector(None, (("period", PERIOD),)), peers),),
        )
        for i, code in enumerate(codes):
            place, inside = whole[i], within[i]
            if place is not None and self.luck.random() < seen_share:
                self._place("place", code, place.label)
            if i < members and inside is not None and self.luck.random() < seen_share:
                self._place("group_place", code, inside.label)

    def _place(self, concept: str, territory: str, label: str) -> None:
        raw = label.replace("-", self.luck.choice(["-", "–", " -", " — "]))
        raw += self.luck.choice(["", " место"])
        self.add(concept, raw, territory=territory, indicator="total", period=PERIOD)

    def measured_places(self) -> None:
        """Add indices of some territories with their places by the true values."""
        size = self.luck.randrange(3, 20)
        values = [Fraction(self.luck.randrange(0, 1001), 10) for _ in range(size)]
        for n, place in enumerate(places_exact(values)):
            about = {"territory": f"{n + 1:02d}000000", "indicator": "7", "period": "2026"}
            if place is not None:
                self.add("index", self.print(values[n]), **about)
                self.add("place", place.label, **about)

    def scale(self) -> None:
        """Add scores of territories and their indices on one whole maximum."""
        maximum = self.luck.randrange(20, 2000)
        for n in range(self.luck.randrange(2, 9)):
            score = self.luck.randrange(maximum + 1)
            index = self.print(Fraction(100 * score, maximum))
            about = {"territory": f"{n + 1:02d}000000", "indicator": "total", "table": "scale"}
            self.add("score", str(score), period="2025", **about)
            self.add("index", index, period="2025", **about)

    def bands(self) -> None:
        """Add bands that cover 0–100 once, as ranges, with scores on the same maximum."""
        cuts = sorted(self.luck.sample(range(1, 100), self.luck.randrange(1, 5)))
        edges = [0, *cuts, 101]
        for n, (low, after) in enumerate(pairwise(edges)):
            raw = f"{after - 1} - {low}"
            self.add("index", raw, band=f"b{n}", table="bands", territory="ru")

    def thresholds(self) -> None:
        """Add thresholds of a season with the per cent of a maximum shared by the grades."""
        for subject in ("english", "physics", "law"):
            maximum = self.luck.randrange(20, 400)
            for grade in (9, 10, 11):
                score = self.luck.randrange(maximum + 1)
                about = {"scope": "2024-2025", "subject": subject, "grade": grade}
                self.add("score", str(score), **about)
                self.add("index", self.print(Fraction(100 * score, maximum)), **about)
                if self.luck.random() < 0.3:
                    self.add("max", str(maximum), **about)
            self.facts = replace(
                self.facts,
                shared_maxima=(
                    *self.facts.shared_maxima,
                    (Selector(None, (("subject", subject),)), subject),
                ),
            )

    def parts(self) -> None:
        """Add shares of one whole, and counts that add up."""
        weights = [self.luck.randrange(0, 60) for _ in range(self.luck.randrange(2, 6))]
        weights[0] += 1
        for n, weight in enumerate(weights):
            share = self.print(Fraction(100 * weight, sum(weights)))
            self.add("share", f"{share}%", tier=f"t{n}", scope="2024")
            self.add("count", f"{weight} чел.", active="all", part=f"p{n}", scope="2024")
        self.add("count", f"{sum(weights)} чел.", active="all", scope="2024")

    def restated(self) -> None:
        """Print one true value in two places, to different digits."""
        value = self.true_value()
        for digits in (0, 2):
            raw = printed_text(value, digits, self.mode)
            self.add("score", raw, territory="08000000", indicator="mean", period=PERIOD)

    def gaps(self) -> None:
        """Blank some cells and put dashes into others."""
        for i in self.luck.sample(range(len(self.claims)), len(self.claims) // 10):
            self.claims[i] = replace(self.claims[i], raw=self.luck.choice(["", "-", "–"]))


def simulate(seed: int, mode: RoundingMode, digits: int, *, gaps: bool) -> SourceDocument:
    """Return a document without mistakes."""
    made = Simulation(random.Random(seed), mode, digits)  # noqa: S311 -- no secret.
    made.tree()
    made.tree("05000000")
    made.ranking(seen_share=0.7 if gaps else 1.0)
    made.scale()
    made.measured_places()
    made.bands()
    made.thresholds()
    made.parts()
    made.restated()
    if gaps:
        made.gaps()
    return made.document()
