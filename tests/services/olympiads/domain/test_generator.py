import numpy as np
import pytest

from services.olympiads.domain.generator import STEP, Group, generate, spread

DECLARED = {("english", 9): 2, ("english", 10): 10, ("french", 10): None, ("russian", 9): 0}
MAXIMA = {("english", 9): 85, ("english", 10): 85, ("russian", 9): 100}


def performers(group: Group, seed: int, chunk: int) -> int:
    return sum(
        int(((4 * c.score_steps >= 3 * group.maximum * STEP) & ~c.void).sum())
        for c in generate([group], 19, seed, chunk)
    )


def test_the_declared_performers_are_met_whatever_the_chunks() -> None:
    for group in spread(DECLARED, MAXIMA, 5_000, seed=7):
        for chunk in (7, 100_000):
            assert performers(group, 7, chunk) == group.performers


def test_the_results_add_up_and_a_dash_is_nobody() -> None:
    groups = spread(DECLARED, MAXIMA, 5_000, seed=7)
    assert sum(group.participants for group in groups) == 5_000
    assert ("french", 10) not in {(group.subject, group.grade) for group in groups}
    with pytest.raises(ValueError, match="fewer"):
        spread(DECLARED, MAXIMA, 11, seed=7)


def test_a_seed_gives_the_same_results_and_references_are_distinct() -> None:
    groups = spread(DECLARED, MAXIMA, 3_000, seed=1)
    first, again = (np.concatenate([c.participant for c in generate(groups, 19, 1)]) for _ in "ab")
    assert (first == again).all()
    assert len(np.unique(first)) == 3_000
    other = np.concatenate([c.participant for c in generate(groups, 19, 2)])
    assert (first != other).any()


def test_scores_stay_within_the_maximum_and_tasks_at_or_above_the_grade() -> None:
    for chunk in generate(spread(DECLARED, MAXIMA, 20_000, seed=3), 19, 3):
        assert chunk.score_steps.min() >= 0
        assert chunk.score_steps.max() <= STEP * MAXIMA[(chunk.subject, chunk.task_grade)]
        assert (chunk.study_grade <= chunk.task_grade).all()
        assert (chunk.municipality < 19).all()
