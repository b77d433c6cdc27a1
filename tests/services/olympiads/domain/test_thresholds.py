import pytest

from services.olympiads.domain.thresholds import (
    BasisMissing,
    Stage,
    Status,
    StepForbidden,
    check_publication,
    check_step,
    previous_season,
    stage_before,
)

ALLOWED = [
    (Status.DRAFT, Status.APPROVED),
    (Status.APPROVED, Status.PUBLISHED),
    (Status.PUBLISHED, Status.SUPERSEDED),
]


@pytest.mark.parametrize("current", Status)
@pytest.mark.parametrize("wanted", Status)
def test_the_life_has_three_steps_and_no_way_back(current: Status, wanted: Status) -> None:
    if (current, wanted) in ALLOWED:
        check_step(current, wanted)
    else:
        with pytest.raises(StepForbidden):
            check_step(current, wanted)


def test_superseding_needs_a_basis() -> None:
    with pytest.raises(BasisMissing):
        check_publication(Status.APPROVED, supersedes=True, basis=None)
    check_publication(Status.APPROVED, supersedes=True, basis="Приказ № 12")
    check_publication(Status.APPROVED, supersedes=False, basis=None)
    with pytest.raises(StepForbidden):
        check_publication(Status.DRAFT, supersedes=False, basis="Приказ № 12")


def test_a_threshold_is_read_against_the_stage_before() -> None:
    assert stage_before(Stage.REGIONAL) is Stage.MUNICIPAL
    with pytest.raises(ValueError, match="first"):
        stage_before(Stage.SCHOOL)


def test_the_season_before() -> None:
    assert previous_season("2022-2023") == "2021-2022"
    assert previous_season("2000-2001") == "1999-2000"
