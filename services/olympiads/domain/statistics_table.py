"""The public statistics of a stage, cell by cell, with nothing that suppression hides.

Mean, quartiles and histogram of a cell are shown only where its participants and performers are
shown and every bar of the histogram is 0 or at least k; otherwise they would tell what is hidden.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from services.olympiads.domain.canonical import plain, rounded
from services.olympiads.domain.distribution import Tally, histogram, summarise
from services.olympiads.domain.public_counts import (
    ALL,
    MUNICIPAL,
    MUNICIPAL_PERFORMERS,
    PARTICIPANTS,
    PERFORMERS,
    PublicCounts,
)
from services.olympiads.domain.threshold_table import performers_cell

HUNDRED = 100
POINT_DIGITS = 1
NOTHING: Mapping[str, object] = {"mean": None, "quartiles": None, "histogram": None}

Cell = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Stage:
    """What the table shows beside counts: names, maxima, declared counts, tallies, the limit k."""

    titles: Mapping[str, str]
    sort: Mapping[str, int]
    maxima: Mapping[Cell, Decimal]
    declared: Mapping[Cell, str]
    tallies: Mapping[Cell, Tally]
    k: int


def statistics(counts: PublicCounts, stage: Stage) -> dict[str, object]:
    """Return the members of the public statistics: total, by subject, grade, cell, municipality."""
    subjects = sorted({c[1] for c in _of(counts, PARTICIPANTS)} - {ALL}, key=stage.sort.__getitem__)
    grades = sorted({int(c[2]) for c in _of(counts, PARTICIPANTS) if c[2] != ALL})
    places = sorted({c[1] for c in _of(counts, MUNICIPAL)})
    return {
        "k": stage.k,
        "withheld": counts.withheld,
        "total": _line(counts, ALL, ALL),
        "by_grade": [{"grade": g, **_line(counts, ALL, str(g))} for g in grades],
        "by_subject": [
            {"subject": s, "title": stage.titles[s], **_line(counts, s, ALL)} for s in subjects
        ],
        "cells": [_cell(counts, stage, (s, g)) for s in subjects for g in grades],
        "by_municipality": [
            {
                "territory": place,
                **_municipal_line(counts, place),
                "by_grade": [
                    {"grade": g, "participants": count(counts, (MUNICIPAL, place, str(g)))}
                    for g in grades
                ],
            }
            for place in places
        ],
    }


def _of(counts: PublicCounts, tag: str) -> Iterable[tuple[str, ...]]:
    return (cell for cell in counts.values if cell[0] == tag)


def count(counts: PublicCounts, cell: tuple[str, ...]) -> dict[str, object]:
    """Show one count: its value, or null and whether that is because it is hidden."""
    return {"value": counts.shown(cell), "suppressed": counts.is_hidden(cell)}


def _line(counts: PublicCounts, name: str, grade: str) -> dict[str, object]:
    return {
        "participants": count(counts, (PARTICIPANTS, name, grade)),
        "at_least_75": count(counts, (PERFORMERS, name, grade)),
        "share": share(counts, name, grade),
    }


def _municipal_line(counts: PublicCounts, place: str) -> dict[str, object]:
    people, strong = (MUNICIPAL, place, ALL), (MUNICIPAL_PERFORMERS, place, ALL)
    return {
        "participants": count(counts, people),
        "at_least_75": count(counts, strong),
        "share": _share(counts.shown(people), counts.shown(strong)),
    }


def share(counts: PublicCounts, name: str, grade: str) -> str | None:
    """Return performers in per cent of participants; null unless both counts are shown."""
    people = counts.shown((PARTICIPANTS, name, grade))
    return _share(people, counts.shown((PERFORMERS, name, grade)))


def _share(people: int | None, strong: int | None) -> str | None:
    if not people or strong is None:
        return None
    return rounded(Fraction(HUNDRED * strong, people), POINT_DIGITS)


def _cell(counts: PublicCounts, stage: Stage, cell: Cell) -> dict[str, object]:
    subject, grade = cell[0], str(cell[1])
    counted = count(counts, (PERFORMERS, subject, grade))
    return {
        "subject": subject,
        "title": stage.titles[subject],
        "grade": cell[1],
        "max": plain(stage.maxima.get(cell)),
        "participants": count(counts, (PARTICIPANTS, subject, grade)),
        "at_least_75": {
            **performers_cell(stage.declared.get(cell), counts.shown((PERFORMERS, subject, grade))),
            "suppressed": counted["suppressed"],
        },
        "share": share(counts, subject, grade),
        **distribution(counts, stage, cell),
    }


def distribution(counts: PublicCounts, stage: Stage, cell: Cell) -> Mapping[str, object]:
    """Return mean, quartiles and histogram of a cell, or nulls where they would tell too much."""
    summary = summarise(stage.tallies.get(cell, {}))
    maximum = stage.maxima.get(cell)
    if summary is None or maximum is None or not may_show(counts, stage, cell):
        return NOTHING
    return {
        "mean": rounded(summary.mean, POINT_DIGITS),
        "quartiles": [rounded(q, POINT_DIGITS) for q in summary.quartiles],
        "histogram": list(histogram(stage.tallies[cell], maximum)),
    }


def may_show(counts: PublicCounts, stage: Stage, cell: Cell) -> bool:
    """Whether the distribution of a cell tells nothing that is hidden."""
    maximum = stage.maxima.get(cell)
    shown = [counts.shown((tag, cell[0], str(cell[1]))) for tag in (PARTICIPANTS, PERFORMERS)]
    if maximum is None or None in shown:
        return False
    bars = histogram(stage.tallies.get(cell, {}), maximum)
    return all(bar == 0 or bar >= stage.k for bar in bars)
