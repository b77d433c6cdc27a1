from dataclasses import replace
from decimal import Decimal

import pytest

from services.olympiads.domain.eligibility import Applicant, Code, Reason, Result, decide

THRESHOLDS = {9: Decimal(14), 10: Decimal("14.5"), 11: Decimal(14)}
GOOD = Result(study_grade=9, task_grade=9, score=Decimal(14), void=False, final=True)
PUPIL = Applicant(asked_grade=9, known_grade=9, consent=True, enrolled=True, result=GOOD)


def codes(applicant: Applicant) -> tuple[bool, list[Code]]:
    verdict = decide(applicant, THRESHOLDS)
    return verdict.admitted, [reason.code for reason in verdict.reasons]


def test_a_score_at_the_threshold_admits_and_shows_both_numbers() -> None:
    verdict = decide(PUPIL, THRESHOLDS)
    assert verdict.admitted
    assert verdict.reasons == (Reason(Code.BY_SCORE, Decimal(14), Decimal(14)),)
    assert verdict.threshold == (9, Decimal(14))


def test_a_score_below_the_threshold_says_what_was_needed() -> None:
    below = replace(PUPIL, result=replace(GOOD, score=Decimal("13.99")))
    verdict = decide(below, THRESHOLDS)
    assert not verdict.admitted
    assert verdict.reasons == (Reason(Code.BELOW_THRESHOLD, Decimal(14), Decimal("13.99")),)


def test_the_threshold_is_that_of_the_older_task_grade() -> None:
    older = replace(PUPIL, result=replace(GOOD, task_grade=10))
    verdict = decide(older, THRESHOLDS)
    assert not verdict.admitted
    assert verdict.threshold == (10, Decimal("14.5"))
    assert codes(replace(PUPIL, result=replace(GOOD, task_grade=10, score=Decimal(15)))) == (
        True,
        [Code.BY_SCORE],
    )


def test_a_diploma_admits_without_a_score_of_this_year() -> None:
    assert codes(replace(PUPIL, result=None, diploma=True)) == (True, [Code.BY_LAST_YEAR_DIPLOMA])


def test_a_diploma_admits_with_a_low_score_and_both_facts_are_listed() -> None:
    low = replace(PUPIL, diploma=True, result=replace(GOOD, score=Decimal(1)))
    assert codes(low) == (True, [Code.BY_LAST_YEAR_DIPLOMA, Code.BELOW_THRESHOLD])


def test_a_diploma_does_not_help_somebody_who_left_school() -> None:
    assert codes(replace(PUPIL, result=None, diploma=True, enrolled=False)) == (
        False,
        [Code.BY_LAST_YEAR_DIPLOMA, Code.NOT_ENROLLED],
    )


def test_a_diploma_of_the_last_grade_is_of_somebody_who_left_school() -> None:
    graduate = Applicant(asked_grade=11, diploma=True, diploma_grade=11)
    assert codes(graduate) == (False, [Code.BY_LAST_YEAR_DIPLOMA, Code.NOT_ENROLLED])
    for seen in (
        replace(graduate, enrolled=True),
        replace(graduate, known_grade=11),
        replace(graduate, diploma_grade=10),
        replace(graduate, diploma_grade=None),
    ):
        assert codes(seen) == (True, [Code.BY_LAST_YEAR_DIPLOMA])
    at_school = replace(graduate, result=replace(GOOD, study_grade=11, task_grade=11))
    assert codes(at_school) == (True, [Code.BY_SCORE, Code.BY_LAST_YEAR_DIPLOMA])


@pytest.mark.parametrize(
    ("change", "code"),
    [({"consent": False}, Code.NO_CONSENT), ({"enrolled": False}, Code.NOT_ENROLLED)],
)
def test_a_bar_defeats_every_ground(change: dict[str, bool], code: Code) -> None:
    barred = replace(PUPIL, diploma=True, abroad=True, **change)  # type: ignore[arg-type]  # mypy cannot name the fields.
    grounds = [Code.BY_SCORE, Code.BY_LAST_YEAR_DIPLOMA, Code.ABROAD_CLAUSE]
    assert codes(barred) == (False, [*grounds, code])


def test_what_nobody_recorded_is_no_bar() -> None:
    assert codes(replace(PUPIL, consent=None, enrolled=None, known_grade=None))[0]


def test_a_stated_grade_other_than_the_registered_one_is_a_mismatch() -> None:
    verdict = decide(replace(PUPIL, asked_grade=10), THRESHOLDS)
    assert not verdict.admitted
    assert Reason(Code.GRADE_MISMATCH, Decimal(9), Decimal(10)) in verdict.reasons


def test_a_task_younger_than_the_grade_is_a_mismatch() -> None:
    younger = replace(
        PUPIL,
        asked_grade=10,
        known_grade=10,
        result=replace(GOOD, study_grade=10, task_grade=9, score=Decimal(50)),
    )
    assert codes(younger) == (False, [Code.BY_SCORE, Code.GRADE_MISMATCH])


def test_a_result_void_after_appeal_is_no_ground_but_no_bar_either() -> None:
    void = replace(GOOD, void=True)
    assert codes(replace(PUPIL, result=void)) == (False, [Code.VOID])
    assert codes(replace(PUPIL, result=void, abroad=True)) == (
        True,
        [Code.ABROAD_CLAUSE, Code.VOID],
    )


def test_everything_against_the_score_is_listed_in_order() -> None:
    bad = replace(GOOD, void=True, final=False, score=Decimal(2))
    assert codes(replace(PUPIL, result=bad, consent=False)) == (
        False,
        [Code.NO_CONSENT, Code.VOID, Code.NOT_FINAL, Code.BELOW_THRESHOLD],
    )


def test_without_a_threshold_a_score_is_no_ground() -> None:
    verdict = decide(replace(PUPIL, result=replace(GOOD, task_grade=11)), {9: Decimal(14)})
    assert [reason.code for reason in verdict.reasons] == [Code.NO_THRESHOLD]
    assert verdict.threshold is None


def test_somebody_without_any_ground_is_told_so() -> None:
    assert codes(Applicant(asked_grade=9)) == (False, [Code.NO_RESULT])
    assert codes(Applicant(asked_grade=9, consent=False)) == (
        False,
        [Code.NO_CONSENT, Code.NO_RESULT],
    )
