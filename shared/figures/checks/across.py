"""`restated_across_documents`: one and the same thing printed in several stored documents."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from shared.figures.checks.gaps import SINGLE_VALUED
from shared.figures.checks.grouping import ROW_NAMES, group_by, scope_of
from shared.figures.intervals import intersection
from shared.figures.reading import Reading
from shared.figures.rules.finding import Finding, Severity, subject_of
from shared.figures.rules.precision import MODES, true_interval

RULE = "restated_across_documents"


def restated_across_documents(
    readings: Sequence[Reading], revises: Mapping[str, frozenset[str]]
) -> Iterator[Finding]:
    """Compare what several documents print for one scope, territory, concept and key.

    Each document may round by its own rule, so only figures that no pair of rules reconciles
    contradict; places contradict where their ranges do not meet. `revises` holds the documents
    that a later one is registered to revise: those are not compared. A key that is empty or only
    tells the rows of one table apart says nothing of another document.
    """
    comparable = [reading for reading in readings if _comparable(reading)]
    same = group_by(
        comparable, lambda r: (*scope_of(r.claim), r.claim.territory, r.claim.concept, r.claim.key)
    )
    for group in same.values():
        by_document = group_by(group, lambda r: r.claim.document)
        revised = frozenset().union(*(revises.get(code, frozenset()) for code in by_document))
        standing = {code: rows for code, rows in by_document.items() if code not in revised}
        if len(standing) > 1:
            yield _finding(list(standing.values()))


def _comparable(reading: Reading) -> bool:
    claim = reading.claim
    names = {name for name, _ in claim.key}
    return (
        claim.concept in SINGLE_VALUED
        and reading.mark is None
        and reading.hedged is None
        and (reading.printed is not None or reading.place is not None)
        and "band" not in names
        and bool(names - ROW_NAMES)
        and not names & ROW_NAMES
    )


def _finding(documents: Sequence[Sequence[Reading]]) -> Finding:
    disputed = [
        rows
        for place, rows in enumerate(documents)
        if any(not _agree(rows, other) for other in (*documents[:place], *documents[place + 1 :]))
    ]
    shown = [reading for rows in disputed or documents for reading in rows]
    claims = tuple(reading.claim for reading in shown)
    said = [f"«{claim.document}» — {claim.raw.strip()}" for claim in claims]
    told = "значения согласуются" if not disputed else "одного истинного значения нет"
    return Finding(
        rule=RULE,
        severity=Severity.CONTRADICTION if disputed else Severity.CONSISTENT,
        text=f"Об одном и том же документы печатают: {'; '.join(said)}. "
        f"{told[0].upper()}{told[1:]}.",
        subject={
            **{name: part for name, part in subject_of(claims).items() if name != "document"},
            "documents": sorted({claim.document for claim in claims}),
        },
        claims=claims,
        declared=[claim.raw.strip() for claim in claims],
    )


def _agree(ours: Sequence[Reading], theirs: Sequence[Reading]) -> bool:
    """Whether any figure of one document can stand for the same value as any of the other."""
    return any(_same_value(one, other) for one, other in product(ours, theirs))


def _same_value(one: Reading, other: Reading) -> bool:
    if one.printed is not None and other.printed is not None:
        first, second = one.printed, other.printed
        return any(
            not intersection([true_interval(first, a), true_interval(second, b)]).empty
            for a, b in product(MODES, MODES)
        )
    if one.place is not None and other.place is not None:
        return one.place.low <= other.place.high and other.place.low <= one.place.high
    return True
