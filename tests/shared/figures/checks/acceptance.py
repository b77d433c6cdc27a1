"""What the checks make of clean and planted tables: the figures the acceptance asks for."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from fractions import Fraction

from shared.figures.checks import examine_document
from shared.figures.claims import Claim
from shared.figures.dates import Period
from shared.figures.decimals import RoundingMode
from shared.figures.document import SourceDocument
from shared.figures.reading import read_claim
from shared.figures.rules.finding import Change, Finding, Severity
from tests.shared.figures.checks.layouts import Planted, make_table, plant

DOUBTFUL = (Severity.CONTRADICTION, Severity.IMPLAUSIBLE)


@dataclass
class Acceptance:
    """Counts over many documents, and the first few of each kind of failure in words."""

    counts: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def measure(self, layouts: Iterable[str], seeds: Iterable[int]) -> None:
        """Check clean tables and one planted mistake in each, with the facts and without."""
        several = list(seeds)
        for layout in layouts:
            for seed in several:
                for mode in RoundingMode:
                    self._clean(layout, seed, mode)
                    self._planted(layout, seed, mode)

    def _clean(self, layout: str, seed: int, mode: RoundingMode) -> None:
        table = make_table(layout, seed, mode)
        for stated in (True, False):
            found = _examine(table.document(stated=stated))
            self.counts["clean"] += 1
            self.counts["accused"] += any(f.severity is Severity.CONTRADICTION for f in found)
            self.counts["doubted"] += any(f.severity is Severity.IMPLAUSIBLE for f in found)
            self.failures += [
                f"{layout} {seed} {mode}: {f.text}"
                for f in found
                if f.severity is Severity.CONTRADICTION
            ]

    def _planted(self, layout: str, seed: int, mode: RoundingMode) -> None:
        planted = plant(make_table(layout, seed, mode), stated=True)
        if planted is None:
            return
        self.counts["planted"] += 1
        hits = _against(planted, (Severity.CONTRADICTION,))
        self.counts["found"] += bool(hits)
        self.counts["restored"] += any(restores(c, planted.right) for c in _changes(hits, planted))
        if not hits:
            told = f"{planted.right.raw} -> {planted.wrong.raw}"
            self.failures.append(f"{layout} {seed} {mode}: {told} not found")
        unstated = plant(make_table(layout, seed, mode), stated=False)
        if unstated is not None:
            self.counts["unstated"] += 1
            self.counts["noticed"] += bool(_against(unstated, DOUBTFUL))


def _examine(document: SourceDocument) -> list[Finding]:
    result = examine_document(document)
    assert not result.failures, result.failures[0].trace
    checked = {claim for finding in result.findings for claim in finding.claims}
    assert checked | {one.claim for one in result.unchecked} == set(document.claims)
    return list(result.findings)


def _against(planted: Planted, severities: tuple[Severity, ...]) -> list[Finding]:
    found = _examine(planted.document)
    return [f for f in found if f.severity in severities and planted.wrong in f.claims]


def _changes(findings: Iterable[Finding], planted: Planted) -> list[Change]:
    repairs = (repair for finding in findings for repair in finding.repairs)
    return [c for repair in repairs for c in repair.changes if c.claim == planted.wrong]


def restores(change: Change, right: Claim) -> bool:
    """Tell whether a change holds the original text, or its value within the range."""
    if right.raw.strip() in (change.low.strip(), change.high.strip()):
        return True
    low, value, high = (_value(replace(right, raw=raw)) for raw in
                        (change.low, right.raw, change.high))  # fmt: skip
    return None not in (low, value, high) and low <= value <= high  # type: ignore[operator]  # None is excluded.


def _value(claim: Claim) -> Fraction | None:
    """Return what a text says as a number; a date as its first day."""
    reading = read_claim(claim)
    if isinstance(reading.value, Period) and reading.value.year is not None:
        return Fraction(reading.value.days(reading.value.year)[0].toordinal())
    if reading.place is not None:
        return Fraction(reading.place.low)
    exact = getattr(reading.printed or reading.value, "exact", None)
    return exact if isinstance(exact, Fraction) else None
