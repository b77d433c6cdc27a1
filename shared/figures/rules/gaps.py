"""What a document leaves out: `code_coverage`, `missing_vs_zero`, unreadable text, assumptions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.figures.claims import Claim
from shared.figures.parse import AMBIGUOUS, Defect, Mark
from shared.figures.rules.finding import Finding, Json, Severity, subject_of
from shared.figures.rules.wording import axis_title, concept_title, shorten

TOTALS = frozenset({"total", "overall", "sum", "summa", "итог", "итого", "всего", "сумма"})
"""How documents call what includes all the others."""
AVERAGES = frozenset({"mean", "average", "avg", "median", "среднее", "в среднем", "средняя",
                      "средний", "среднее значение", "медиана"})  # fmt: skip
"""How documents call a row that is of all the others but not their sum."""
MEANINGS = {
    Mark.MISSING: "Ячейка не заполнена",
    Mark.NOT_APPLICABLE: "В ячейке прочерк или знак «не применимо»",
    Mark.NO_DATA: "В ячейке знак «нет данных»",
    Mark.NOT_YET: "В ячейке знак «данных ещё нет»",
    Mark.SUPPRESSED: "Число в ячейке скрыто",
}


@dataclass(frozen=True, slots=True)
class Assumption:
    """What the document does not settle, and the default used instead.

    `claim` is where the question arises; its raw text may be blank.
    """

    code: str
    subject: Mapping[str, Json]
    default: str
    text: str
    claim: Claim


def code_coverage(
    axis: str,
    expected: Sequence[str],
    claims: Sequence[Claim],
    among: Mapping[str, Json] | None = None,
) -> Finding:
    """Compare the codes a document speaks of with those it should, by one part of the key.

    `axis` is a name in the key, or `territory`; `among` says which claims the list is of. Missing
    and unexpected codes are reported; either makes the finding incomplete, the default being that
    nothing is known of them. One or more claims.
    """
    document = claims[0].document
    listed = dict(among or {})
    said = [claim.territory if axis == "territory" else claim.about(axis) for claim in claims]
    present = {code for code in said if code is not None}
    missing = [code for code in dict.fromkeys(expected) if code not in present]
    extra = sorted(present - set(expected) - {c for c in present if c.lower() in TOTALS})
    complete = not missing and not extra
    told = [f"нет: {shorten(missing, ', ')}"] if missing else []
    told += [f"лишние: {shorten(extra, ', ')}"] if extra else []
    return Finding(
        rule="code_coverage",
        severity=Severity.CONSISTENT if complete else Severity.INCOMPLETE,
        text=f"Перечень «{axis_title(axis)}»: " + ("полон." if complete else "; ".join(told) + "."),
        subject={**listed, "document": document, "axis": axis},
        claims=tuple(claims),
        declared=sorted(present),
        recomputed={"missing": missing, "unexpected": extra, "default": "unknown"},
        about=(document, axis, *(f"{name}={listed[name]}" for name in sorted(listed))),
    )


def missing_vs_zero(claim: Claim, mark: Mark) -> Finding:
    """Record a cell without a figure: blank is missing, a dash not applicable, neither is 0."""
    meaning = MEANINGS[mark]
    return Finding(
        rule="missing_vs_zero",
        severity=Severity.INCOMPLETE,
        text=f"{meaning}: значение не учитывается и нулём не считается.",
        subject=subject_of((claim,)),
        claims=(claim,),
        declared=claim.raw.strip() or None,
        recomputed={"default": mark.value},
    )


def unreadable_figure(claim: Claim, defect: Defect) -> Finding:
    """Record text that is not the figure its concept promises; it takes part in no rule."""
    return Finding(
        rule="unreadable_figure",
        severity=Severity.INCOMPLETE,
        text=f"Не читается как {concept_title(claim.concept.value)}: «{defect.raw.strip()[:80]}»"
        + (" (тысячи это или дробь, неясно)." if defect.code == AMBIGUOUS else "."),
        subject=subject_of((claim,)),
        claims=(claim,),
        declared=claim.raw,
        recomputed={"defect": defect.code, "default": "missing"},
    )


def hedged_figure(claim: Claim) -> Finding:
    """Record a figure that words hedge: it only limits the true value and adds to nothing."""
    return Finding(
        rule="hedged_figure",
        severity=Severity.INCOMPLETE,
        text=f"«{claim.raw.strip()[:80]}» — не точное число: в суммах и сравнениях не участвует.",
        subject=subject_of((claim,)),
        claims=(claim,),
        declared=claim.raw,
        recomputed={"default": "not_exact"},
    )


def assumption(stated: Assumption) -> Finding:
    """Record an assumption with the default used; its id depends on document and code only."""
    return Finding(
        rule="assumption",
        severity=Severity.INCOMPLETE,
        text=stated.text,
        subject={**stated.subject, "document": stated.claim.document, "assumption": stated.code},
        claims=(stated.claim,),
        declared=stated.claim.raw or None,
        recomputed={"default": stated.default},
        about=(f"{stated.claim.document}|{stated.code}",),
    )
