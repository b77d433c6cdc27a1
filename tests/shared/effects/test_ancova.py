"""Scores after against a waiting list, adjusted for the scores before."""

from itertools import combinations

import numpy as np
import pytest

from shared.effects.adjusted_wording import adjusted_sentence, adjusted_verdict
from shared.effects.ancova import Scores, adjust, least_adjusted

PANELS = 150
SIZE = 0.065


def scores(
    seed: int, persons: int, *, sessions: int = 2, effect: float = 0.0, shock: float = 0.0
) -> Scores:
    """Draw two strata; half of each is offered the measure. `shock` is the spread of sessions."""
    rng = np.random.default_rng((persons, seed))
    true = rng.normal(50, 10, persons)
    before, after = true + rng.normal(0, 4, persons), true + rng.normal(0, 4, persons)
    strata = np.arange(persons) % 2
    offered = np.zeros(persons, dtype=bool)
    for code in (0, 1):
        members = np.flatnonzero(strata == code)
        offered[rng.choice(members, len(members) // 2, replace=False)] = True
    own = np.full(persons, -1)
    own[offered] = np.arange(offered.sum()) % sessions
    after[offered] += effect + rng.normal(0, shock, sessions)[own[offered]]
    return Scores(before, after, offered, own, strata, 4.0, 199, 1)


def regression(asked: Scores, offered: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> float:
    """Return the coefficient of the offer by least squares."""
    design = np.column_stack([offered, asked.before, asked.strata == 0, asked.strata == 1])
    return float(np.linalg.lstsq(design.astype(float), asked.after)[0][0])


def test_the_estimate_and_its_p_are_those_of_every_assignment() -> None:
    asked = scores(3, 10, effect=6.0)
    found = adjust(asked)
    assert found is not None
    sides = [np.flatnonzero(asked.strata == code) for code in (0, 1)]
    taken = [int(asked.offered[side].sum()) for side in sides]
    every = []
    for first in combinations(sides[0], taken[0]):
        for second in combinations(sides[1], taken[1]):
            offered = np.zeros(10, dtype=bool)
            offered[[*first, *second]] = True
            every.append(abs(regression(asked, offered)))
    own = regression(asked, asked.offered)
    assert found.estimate == pytest.approx(own)
    assert (found.inference.exact, found.inference.assignments) == (True, len(every))
    assert found.inference.p == pytest.approx(np.mean(np.array(every) >= abs(own) - 1e-9))


@pytest.mark.parametrize(("persons", "group", "shock"), [(12, 2, 0.0), (20, 2, 0.0), (60, 6, 4.0)])
def test_no_effect_is_seldom_rejected(persons: int, group: int, shock: float) -> None:
    rejected = 0
    for seed in range(PANELS):
        found = adjust(scores(seed, persons, sessions=group, shock=shock))
        assert found is not None
        rejected += found.p <= 0.05
    assert rejected / PANELS <= SIZE + 3 * np.sqrt(SIZE * (1 - SIZE) / PANELS)


def test_the_set_holds_the_true_effect() -> None:
    held = 0
    for seed in range(PANELS):
        found = adjust(scores(seed, 20, effect=8.0))
        assert found is not None
        assert found.interval is not None
        held += found.interval.holds(8.0)
    assert held / PANELS >= 0.95 - 3 * np.sqrt(0.95 * 0.05 / PANELS)


def test_what_could_be_seen_is_seen() -> None:
    quiet = scores(1, 40)
    found = adjust(quiet)
    assert found is not None
    least = least_adjusted(quiet, found)
    assert least is not None
    seen = sum(
        one is not None and one.inference.p <= 0.05
        for one in (adjust(scores(seed, 40, effect=1.5 * least)) for seed in range(40))
    )
    assert seen >= 30


def test_nobody_waiting_or_scores_that_tell_who_was_offered_compare_nothing() -> None:
    asked = scores(1, 12)
    everybody = Scores(
        asked.before, asked.after, np.ones(12, bool), asked.sessions, asked.strata, None, 99, 1
    )
    told = Scores(
        asked.offered.astype(float),
        asked.after,
        asked.offered,
        asked.sessions,
        asked.strata,
        None,
        99,
        1,
    )
    assert adjust(everybody) is None
    assert adjust(told) is None
    assert adjusted_verdict(None, drawn=True) == "insufficient"


@pytest.mark.parametrize(
    ("drawn", "effect", "opening"),
    [
        (True, 20.0, "Измерено: эффект "),
        (True, 0.0, "Измерено: эффект не обнаружен: меньше "),
        (False, 20.0, "Различие "),
    ],
)
def test_words_are_no_stronger_than_the_draw(drawn: bool, effect: float, opening: str) -> None:
    asked = scores(2, 40, effect=effect)
    found = adjust(asked)
    assert found is not None
    verdict = adjusted_verdict(found, drawn=drawn)
    least = least_adjusted(asked, found)
    told = adjusted_sentence(found, verdict, (20, 20, 2), least, None)
    assert told.startswith(opening)
    assert "Потоков мало" in told
    for word in ("привел", "повысил", "доказан", "благодаря"):
        assert word not in told
