"""Why a claim took part in no rule: which fact or neighbour it lacks."""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from shared.figures.checks.meant_names import meant_name
from shared.figures.checks.notes import Unchecked
from shared.figures.claims import Claim, Concept
from shared.figures.parse import Defect
from shared.figures.reading import Reading
from shared.figures.rules.finding import Finding

ABOUT_CELLS = frozenset(
    {
        "assumption",
        "code_coverage",
        "dangling_reference",
        "hedged_figure",
        "missing_vs_zero",
        "rule_failed",
        "unreadable_figure",
    }
)
"""Rules that say something of a cell or a list, but compare its figure with nothing."""
WHY = {
    Concept.SCORE: "не с чем сравнить: нет факта trees, relations, scale, score_share или domain",
    Concept.INDEX: "не с чем сравнить: нет факта trees, relations, scale, whole или domain",
    Concept.PLACE: "не с чем сравнить: нет числа участников (peers), группы (groups) или значений",
    Concept.GROUP_PLACE: "не с чем сравнить: нет состава группы (groups) или мест вне её",
    Concept.COUNT: "не с чем сравнить: нет целого или частей, факта whole или relations",
    Concept.SEATS: "не с чем сравнить: нет потребности (count) или факта relations",
    Concept.MAX: "не с чем сравнить: нет балла и процента с тем же ключом",
    Concept.SHARE: "не с чем сравнить: нет факта share_of или whole и чисел с тем же ключом",
    Concept.LABEL: "подпись: числа в ней нет, уровень по ней не проверяется без bands и scales",
    Concept.DATE: "не с чем сравнить: окно не заявлено (windows) и не названо в ключе",
    Concept.CHANGE: "не с чем сравнить: нет чисел обоих периодов с тем же ключом",
    Concept.STATEMENT: "утверждение: числа в нём нет",
}


def unchecked_claims(
    readings: Sequence[Reading], findings: Iterable[Finding], denied: frozenset[Claim]
) -> Iterator[Unchecked]:
    """Yield every claim that no rule compared with anything, and why."""
    checked = {c for f in findings if f.rule not in ABOUT_CELLS for c in f.claims}
    for reading in readings:
        if reading.claim not in checked:
            yield Unchecked(reading.claim, _why(reading, denied))


def _why(reading: Reading, denied: frozenset[Claim]) -> str:
    claim = reading.claim
    if claim in denied:
        return "правило отключено фактом not"
    if reading.mark is not None:
        return "числа в ячейке нет"
    if isinstance(reading.value, Defect):
        return f"текст не прочитан ({reading.value.code})"
    if reading.hedged is not None:
        return "не точное число: только граница или оценка"
    hints = [hint for name, _ in claim.key if (hint := _hint(name)) is not None]
    return "; ".join([WHY[claim.concept], *hints])


@lru_cache(maxsize=1024)
def _hint(name: str) -> str | None:
    meant = meant_name(name)
    if meant is None:
        return None
    return f"unknown key name {name}: did you mean {meant}? (неизвестное имя «{name}»)"
