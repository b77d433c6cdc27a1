"""`restated_across_documents`: one and the same thing printed in several stored documents."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from shared.figures.checks.gaps import SINGLE_VALUED
from shared.figures.checks.grouping import ROW_NAMES, group_by, scope_of
from shared.figures.decimals import RoundingMode
from shared.figures.intervals import intersection
from shared.figures.reading import Reading
from shared.figures.rules.finding import Finding, Guess, Severity, subject_of
from shared.figures.rules.precision import MODES, true_interval
from shared.figures.rules.wording import shorten

RULE = "restated_across_documents"


def restated_across_documents(
    readings: Sequence[Reading], revises: Mapping[str, frozenset[str]]
) -> Iterator[Finding]:
    """Compare what several documents print for one scope, territory, concept and key.

    Each document may round by its own rule: figures that no pair of rules reconciles contradict,
    those that only unlike rules reconcile are implausible. Places contradict where their ranges
    do not meet. `revises` holds the documents that a later one is registered to revise: those
    are not compared. A key that is empty or only tells the rows of one table apart says nothing
    of another document.
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
    """Judge by the worst pair of documents: no rules reconcile it, only unlike ones, or any."""
    apart = _disputed(documents, EVERY_PAIR)
    unlike = apart or _disputed(documents, SAME_MODE)
    shown = sorted(
        (reading.claim for rows in unlike or documents for reading in rows),
        key=lambda claim: (claim.document, claim.identity),
    )
    said = [f"«{claim.document}» — {claim.raw.strip()}" for claim in shown]
    subject = subject_of(shown)
    return Finding(
        rule=RULE,
        severity=_severity(bool(apart), bool(unlike)),
        text=f"Об одном и том же документы печатают: {shorten(said)}. "
        f"{_verdict(bool(apart), bool(unlike))}.",
        subject={
            **{name: part for name, part in subject.items() if name != "document"},
            "documents": sorted({claim.document for claim in shown}),
        },
        claims=tuple(shown),
        declared=[claim.raw.strip() for claim in shown],
        assumes=() if apart or not unlike else (ONE_ROUNDING,),
    )


def _severity(apart: bool, unlike: bool) -> Severity:
    if apart:
        return Severity.CONTRADICTION
    return Severity.IMPLAUSIBLE if unlike else Severity.CONSISTENT


def _verdict(apart: bool, unlike: bool) -> str:
    if apart:
        return "Одного истинного значения нет ни при каких правилах округления"
    return (
        "Одно истинное значение возможно, только если документы округляют по-разному"
        if unlike
        else "Значения согласуются"
    )


ONE_ROUNDING = Guess("Документы округляют по одному правилу.", "revises")
Modes = Sequence[tuple[RoundingMode, RoundingMode]]
EVERY_PAIR: Modes = tuple(product(MODES, MODES))
SAME_MODE: Modes = tuple((mode, mode) for mode in MODES)


def _disputed(documents: Sequence[Sequence[Reading]], modes: Modes) -> list[Sequence[Reading]]:
    """Return the documents that disagree with another under all these pairs of modes."""
    return [
        rows
        for place, rows in enumerate(documents)
        if any(
            not any(_same_value(one, two, modes) for one, two in product(rows, other))
            for other in (*documents[:place], *documents[place + 1 :])
        )
    ]


def _same_value(one: Reading, other: Reading, modes: Modes) -> bool:
    if one.printed is not None and other.printed is not None:
        first, second = one.printed, other.printed
        return any(
            not intersection([true_interval(first, a), true_interval(second, b)]).empty
            for a, b in modes
        )
    if one.place is not None and other.place is not None:
        return one.place.low <= other.place.high and other.place.low <= one.place.high
    return True
