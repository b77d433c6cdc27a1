from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from services.training.domain.priorities import Situation, WeakSpot, prioritise

TODAY = date(2023, 1, 10)
REGION = "08000000"
PLAIN = Situation(frozenset({"mathematics"}), "08709000")


def priority(situation: Situation, *spots: WeakSpot) -> int:
    return prioritise(situation, spots, REGION, TODAY)[0]


def test_nothing_known_is_the_floor() -> None:
    assert prioritise(PLAIN, [], REGION, TODAY) == (1, {})


def test_a_weak_spot_counts_at_home_and_region_wide_and_not_elsewhere() -> None:
    here = WeakSpot("mathematics", "08709000", 20)
    assert priority(PLAIN, here) == 21
    assert priority(PLAIN, replace(here, territory=REGION)) == 21
    assert priority(PLAIN, replace(here, territory="08701000")) == 1
    assert priority(PLAIN, replace(here, topic="physics")) == 1
    assert priority(PLAIN, here, replace(here, territory=REGION, weight=30)) == 31


def test_every_reason_is_named_with_its_weight() -> None:
    everything = Situation(
        frozenset({"mathematics"}),
        "08709000",
        missing_levels=2,
        olympiad_gap=True,
        shnor_school=True,
        attestation_due=True,
        waiting_since=date(2021, 1, 1),
    )
    value, reasons = prioritise(everything, [], REGION, TODAY)
    assert reasons == {
        "deficits": 20,
        "olympiad": 10,
        "shnor": 10,
        "attestation": 5,
        "waiting": 10,
    }
    assert value == 56


@given(st.integers(0, 50), st.integers(0, 1000), st.booleans(), st.dates(max_value=TODAY))
def test_a_priority_is_a_hundred_at_most_and_more_need_is_never_less(
    levels: int, weight: int, flag: bool, since: date
) -> None:
    spot = WeakSpot("mathematics", REGION, weight)
    one = replace(PLAIN, missing_levels=levels, shnor_school=flag, waiting_since=since)
    assert 1 <= priority(one, spot) <= 100
    assert priority(replace(one, missing_levels=levels + 1), spot) >= priority(one, spot)
    assert priority(one, replace(spot, weight=weight + 1)) >= priority(one, spot)
