import pytest

from tests.house.commit_subject import fault_of


@pytest.mark.parametrize(
    "subject",
    [
        "imports: refuse formulas without a cached value",
        "shared/figures: read a place range with spaces",
        "Merge branch 'main' into imports",
        'Revert "imports: refuse formulas"',
    ],
)
def test_a_subject_with_an_area_and_a_verb_passes(subject: str) -> None:
    assert fault_of(f"{subject}\n\nWhy it was done.") is None


@pytest.mark.parametrize(
    "subject",
    ["", "Refuse formulas", "imports: Refuse formulas", "imports refuse", f"a: {'b' * 80}", "a:b"],
)
def test_any_other_subject_is_refused(subject: str) -> None:
    assert fault_of(subject) is not None
