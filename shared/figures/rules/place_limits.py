"""`place_of` and `dangling_reference`: places beyond the ranked, codes no registry holds."""

from collections.abc import Sequence

from shared.figures.claims import Claim
from shared.figures.rules.finding import Finding, Guess, Repair, Severity, subject_of
from shared.figures.rules.ranks import MOST_LISTED, Ranked
from shared.figures.rules.wording import axis_title, shorten


def place_of(ranked: Ranked, size: int) -> Finding | None:
    """Report a place greater than the registered number ranked, under any way to print ties.

    A place within the number says nothing: None.
    """
    if ranked.place.high <= size:
        return None
    digits = str(size)
    return Finding(
        rule="place_of",
        severity=Severity.CONTRADICTION,
        text=f"Место {ranked.printed}, а в рейтинге участников {size}.",
        subject=subject_of((ranked.claim,)),
        claims=(ranked.claim,),
        declared=ranked.printed,
        recomputed={"from": "1", "to": digits},
        repairs=(Repair.of(ranked.claim, "1", digits),),
        tolerance={"peers": size},
    )


def peers_differ(claims: Sequence[Claim], sizes: Sequence[int]) -> Finding:
    """Report places of one column that print different numbers of ranked."""
    said = [str(size) for size in sorted(sizes)]
    return Finding(
        rule="place_of",
        severity=Severity.IMPLAUSIBLE,
        text=f"Число участников одного рейтинга напечатано по-разному: {shorten(said, ', ')}.",
        subject=subject_of(claims),
        claims=tuple(claims),
        declared=said[:MOST_LISTED],
        assumes=(Guess("Места одной графы сочтены местами одного рейтинга.", "peers"),),
    )


def dangling_reference(axis: str, code: str, claims: Sequence[Claim], registry: str) -> Finding:
    """Report a code that its registry does not hold; which of the two is wrong is unknown."""
    return Finding(
        rule="dangling_reference",
        severity=Severity.INCOMPLETE,
        text=f"Код «{code}» ({axis_title(axis)}) не входит в {registry}: "
        "ошибка либо в коде, либо в перечне.",
        subject={**subject_of(claims), axis: code},
        claims=tuple(claims[:MOST_LISTED]),
        declared=code,
        recomputed={"registry": registry, "default": "not_checked"},
        about=(claims[0].document, axis, code, registry),
    )
