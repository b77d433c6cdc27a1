"""Who may enter the next stage, and every reason for and against.

Admitted ⇔ some ground (`BY_SCORE`, `BY_LAST_YEAR_DIPLOMA`, `ABROAD_CLAUSE`) and no bar
(`NO_CONSENT`, `NOT_ENROLLED`, `GRADE_MISMATCH`). `VOID`, `NOT_FINAL`, `NO_THRESHOLD` and
`BELOW_THRESHOLD` say why the score is no ground; they bar nobody who has another ground.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

LAST_GRADE = 11


class Code(StrEnum):
    """Reasons in the order in which they are given: grounds, bars, why not by score."""

    BY_SCORE = "BY_SCORE"
    BY_LAST_YEAR_DIPLOMA = "BY_LAST_YEAR_DIPLOMA"
    ABROAD_CLAUSE = "ABROAD_CLAUSE"
    NO_CONSENT = "NO_CONSENT"
    NOT_ENROLLED = "NOT_ENROLLED"
    GRADE_MISMATCH = "GRADE_MISMATCH"
    VOID = "VOID"
    NOT_FINAL = "NOT_FINAL"
    NO_THRESHOLD = "NO_THRESHOLD"
    BELOW_THRESHOLD = "BELOW_THRESHOLD"
    NO_RESULT = "NO_RESULT"


GROUNDS = frozenset({Code.BY_SCORE, Code.BY_LAST_YEAR_DIPLOMA, Code.ABROAD_CLAUSE})
BARS = frozenset({Code.NO_CONSENT, Code.NOT_ENROLLED, Code.GRADE_MISMATCH})


@dataclass(frozen=True, slots=True)
class Result:
    """This season's result of the stage before. `score` is null only where the result is void."""

    study_grade: int
    task_grade: int
    score: Decimal | None
    void: bool
    final: bool


@dataclass(frozen=True, slots=True)
class Applicant:
    """What is known of one participant in one subject.

    `asked_grade` is the study grade the caller states, `known_grade` the one registered this
    season (null if none is). `consent` and `enrolled` are null when nobody recorded them; only a
    recorded refusal or departure bars. `diploma_grade` is the grade studied in when last season's
    diploma was won, null where it was not recorded.
    """

    asked_grade: int
    known_grade: int | None = None
    consent: bool | None = None
    enrolled: bool | None = None
    abroad: bool = False
    diploma: bool = False
    diploma_grade: int | None = None
    result: Result | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason; `need` and `have` are scores, grades or null where nothing is compared."""

    code: Code
    need: Decimal | None = None
    have: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Admitted or not, with all reasons that apply and the threshold that was looked up."""

    admitted: bool
    reasons: tuple[Reason, ...]
    threshold: tuple[int, Decimal] | None


def decide(applicant: Applicant, thresholds: Mapping[int, Decimal]) -> Verdict:
    """Verdict on one applicant; `thresholds` are the published ones by task grade.

    The threshold is the one of the grade whose task was done, not of the grade studied in. A
    diploma of last season in the subject admits without a score of this season while the pupil is
    at school. `NO_RESULT` is given only where nothing else is a ground and there is no score to
    speak of.
    """
    result = applicant.result
    threshold = thresholds.get(result.task_grade) if result else None
    against = _against_score(result, threshold)
    grounds = _grounds(applicant, threshold, against)
    bars = _bars(applicant)
    if result is None and not grounds:
        against = (Reason(Code.NO_RESULT),)
    found = None if result is None or threshold is None else (result.task_grade, threshold)
    return Verdict(bool(grounds) and not bars, (*grounds, *bars, *against), found)


def _grounds(
    applicant: Applicant, threshold: Decimal | None, against: tuple[Reason, ...]
) -> tuple[Reason, ...]:
    reasons = []
    result = applicant.result
    if result and not against and result.score is not None:
        reasons.append(Reason(Code.BY_SCORE, threshold, result.score))
    if applicant.diploma:
        reasons.append(Reason(Code.BY_LAST_YEAR_DIPLOMA))
    if applicant.abroad:
        reasons.append(Reason(Code.ABROAD_CLAUSE))
    return tuple(reasons)


def _bars(applicant: Applicant) -> tuple[Reason, ...]:
    reasons = []
    if applicant.consent is False:
        reasons.append(Reason(Code.NO_CONSENT))
    if applicant.enrolled is False or has_graduated(applicant):
        reasons.append(Reason(Code.NOT_ENROLLED))
    mismatch = _grade_mismatch(applicant)
    if mismatch:
        reasons.append(mismatch)
    return tuple(reasons)


def has_graduated(applicant: Applicant) -> bool:
    """Whether the diploma was won in the last grade and nothing shows the pupil at school since."""
    seen = (applicant.enrolled, applicant.known_grade, applicant.result)
    return applicant.diploma_grade == LAST_GRADE and all(fact is None for fact in seen)


def _grade_mismatch(applicant: Applicant) -> Reason | None:
    """Report a stated grade that is not the registered one, or a task of a younger grade."""
    asked = Decimal(applicant.asked_grade)
    if applicant.known_grade is not None and applicant.known_grade != applicant.asked_grade:
        return Reason(Code.GRADE_MISMATCH, Decimal(applicant.known_grade), asked)
    result = applicant.result
    if result is None:
        return None
    if result.study_grade != applicant.asked_grade:
        return Reason(Code.GRADE_MISMATCH, Decimal(result.study_grade), asked)
    if result.task_grade < applicant.asked_grade:
        return Reason(Code.GRADE_MISMATCH, asked, Decimal(result.task_grade))
    return None


def _against_score(result: Result | None, threshold: Decimal | None) -> tuple[Reason, ...]:
    if result is None:
        return ()
    reasons = []
    if result.void:
        reasons.append(Reason(Code.VOID))
    if not result.final:
        reasons.append(Reason(Code.NOT_FINAL))
    if threshold is None:
        reasons.append(Reason(Code.NO_THRESHOLD))
    elif result.score is not None and result.score < threshold:
        reasons.append(Reason(Code.BELOW_THRESHOLD, threshold, result.score))
    return tuple(reasons)
