"""What documents claim about measures, against what was found."""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.effects.inference import ALPHA
from shared.effects.verdict import ORDER, Verdict
from shared.figures.claims import Claim
from shared.figures.rules.finding import Finding, Severity

RULE = "effect_overclaimed"
LEAST: Mapping[str, Verdict] = {"caused": "measured", "agrees": "consistent"}
"""The weakest verdict that bears out each verb."""
VERBS = {"caused": "мера привела к изменению", "agrees": "изменение согласуется с мерой"}
WORDS: Mapping[Verdict, str] = {
    "insufficient": "данных недостаточно",
    "description": "возможно только описание",
    "difference": "найдено различие, которого могло не быть из-за меры",
    "consistent": "данные согласуются с эффектом, но его не доказывают",
    "measured": "измерено, и эффект не обнаружен",
}


@dataclass(frozen=True, slots=True)
class PublishedEffect:
    """What was found of a measure: verdict, corrected p-value, codes of the outcome."""

    measure: str
    title: str
    revision: int
    verdict: Verdict
    p: float | None
    outcome: frozenset[str]

    def bears_out(self, verb: str) -> bool:
        """Say whether the verdict is as strong as the verb and the effect was detected."""
        strong = ORDER.index(self.verdict) >= ORDER.index(LEAST[verb])
        return strong and self.p is not None and self.p <= ALPHA


def judge_claim(claim: Claim, effects: Mapping[str, PublishedEffect]) -> Finding | None:
    """Return what is wrong with a statement about a measure; None for other statements.

    A statement about a measure or an outcome nobody evaluated is `incomplete`; one the verdict
    bears out is `consistent`.
    """
    measure, verb = claim.about("measure"), claim.about("verb")
    if measure is None or verb is None or verb not in LEAST:
        return None
    effect = effects.get(measure)
    outcome = claim.about("outcome")
    if effect is None or (outcome is not None and outcome not in effect.outcome):
        told = f"Сказано, что {VERBS[verb]} «{measure}», но её эффект на это не оценён."
        return _finding(claim, Severity.INCOMPLETE, told, None)
    if effect.bears_out(verb):
        told = f"Сказано, что {VERBS[verb]} «{effect.title}»: вывод не слабее."
        return _finding(claim, Severity.CONSISTENT, told, effect)
    told = (
        f"Сказано, что {VERBS[verb]} «{effect.title}», а по данным {WORDS[effect.verdict]} "
        f"(редакция {effect.revision})."
    )
    return _finding(claim, Severity.HAZARD, told, effect)


def _finding(
    claim: Claim, severity: Severity, text: str, effect: PublishedEffect | None
) -> Finding:
    return Finding(
        rule=RULE,
        severity=severity,
        text=text,
        subject={"document": claim.document, "codes": [claim.about("measure") or ""]},
        claims=(claim,),
        declared=claim.about("verb"),
        recomputed=None if effect is None else effect.verdict,
    )
