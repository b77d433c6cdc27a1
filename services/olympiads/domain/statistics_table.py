"""The public statistics of a stage, cell by cell, with nothing that suppression hides.

Mean, quartiles and histogram of a cell are public only where its participants and performers are,
every bar of the histogram is 0 or at least k, and enough people took part (`disclosure`); otherwise
they are null and a note says why.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from services.olympiads.domain.canonical import plain, rounded
from services.olympiads.domain.disclosure import (
    Note,
    group_scores,
    leaves_scores_open,
    quantile,
    tells_a_difference,
)
from services.olympiads.domain.distribution import Tally, histogram, mean_of
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
QUARTERS = (Fraction(1, 4), Fraction(1, 2), Fraction(3, 4))

Cell = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Stage:
    """What the table holds next to counts: names, maxima, declared counts, tallies, limits.

    Counts below `k` are hidden; distributions need `least` people. `earlier` are the tallies of
    every earlier revision that published the distribution of a cell.
    """

    titles: Mapping[str, str]
    sort: Mapping[str, int]
    maxima: Mapping[Cell, Decimal]
    declared: Mapping[Cell, str]
    tallies: Mapping[Cell, Tally]
    k: int
    least: int
    earlier: Mapping[Cell, Sequence[Tally]]


def statistics(counts: PublicCounts, stage: Stage) -> dict[str, object]:
    """Return the members of the public statistics: total, by subject, grade, cell, municipality."""
    subjects = sorted({c[1] for c in _of(counts, PARTICIPANTS)} - {ALL}, key=stage.sort.__getitem__)
    grades = sorted({int(c[2]) for c in _of(counts, PARTICIPANTS) if c[2] != ALL})
    places = sorted({c[1] for c in _of(counts, MUNICIPAL)})
    return {
        "k": stage.k,
        "distribution_from": stage.least,
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
    """Return performers in per cent of participants; null unless both counts are published."""
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
    """Return mean, quartiles and histogram of a cell, or nulls and the note that says why."""
    note = distribution_note(counts, stage, cell)
    if note is not None:
        return {"mean": None, "quartiles": None, "histogram": None, "distribution_note": str(note)}
    tally, maximum = stage.tallies[cell], stage.maxima[cell]
    bins = group_scores(tally, maximum, stage.k)
    return {
        "mean": rounded(mean_of(tally), POINT_DIGITS),
        "quartiles": [rounded(quantile(bins, share), POINT_DIGITS) for share in QUARTERS],
        "histogram": list(histogram(tally, maximum)),
        "distribution_note": None,
    }


def distribution_note(counts: PublicCounts, stage: Stage, cell: Cell) -> Note | None:
    """Return why the distribution of a cell is not public; None when it is."""
    people = counts.shown((PARTICIPANTS, cell[0], str(cell[1])))
    maximum = stage.maxima.get(cell)
    if people is None:
        return Note.SUPPRESSED
    if maximum is None:
        return Note.MAXIMUM_UNKNOWN
    if people < stage.least:
        return Note.FEW_PARTICIPANTS
    tally = stage.tallies.get(cell, {})
    bins = group_scores(tally, maximum, stage.k)
    if _tells_of_few(counts, stage, cell) or not leaves_scores_open(tally, maximum, bins):
        return Note.SUPPRESSED
    if tells_a_difference(stage.earlier.get(cell, ()), tally, stage.k):
        return Note.FEW_CHANGES
    return None


def _tells_of_few(counts: PublicCounts, stage: Stage, cell: Cell) -> bool:
    """Whether performers are hidden, or a bar of the histogram holds fewer than k people."""
    bars = histogram(stage.tallies.get(cell, {}), stage.maxima[cell])
    performers = counts.shown((PERFORMERS, cell[0], str(cell[1])))
    return performers is None or any(0 < bar < stage.k for bar in bars)
