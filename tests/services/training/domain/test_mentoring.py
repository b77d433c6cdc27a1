"""Matching with mentors against exhaustive search, and the duties of confirmed and declined."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.training.domain.eligibility import TravelUnknown
from services.training.domain.mentor_profiles import Mentee, Mentor
from services.training.domain.mentoring import Matching, match
from tests.harness.properties import examples

ZONES = ("a", "b")
CODES = ("x", "y", "z")
codes_of = st.frozensets(st.sampled_from(CODES))
mentor_refs = st.sampled_from([None, "m0", "m1", "m2"])
mentees_of = st.builds(
    Mentee,
    ref=st.uuids().map(str),
    deficits=codes_of,
    zone=st.sampled_from(ZONES),
    superior=mentor_refs,
    previous=mentor_refs,
)
mentors_of = st.lists(
    st.builds(
        Mentor,
        ref=st.just(""),
        capabilities=codes_of,
        zone=st.sampled_from(ZONES),
        remote=st.booleans(),
        norm=st.integers(0, 3),
    ),
    max_size=3,
).map(lambda found: [replace(mentor, ref=f"m{n}") for n, mentor in enumerate(found)])
pairs = [(a, b) for a in ZONES for b in ZONES]
costs = st.lists(st.integers(0, 9), min_size=4, max_size=4).map(
    lambda found: dict(zip(pairs, found, strict=True))
)


def may(teacher: Mentee, mentor: Mentor) -> bool:
    capable = any(code in mentor.capabilities for code in teacher.deficits)
    near = mentor.remote or mentor.zone == teacher.zone
    return capable and near and mentor.ref != teacher.superior


def every_matching(
    teachers: Sequence[Mentee], mentors: Sequence[Mentor]
) -> Iterator[tuple[Mentor | None, ...]]:
    norms = {mentor.ref: mentor.norm for mentor in mentors}
    for choice in product(*([None, *(m for m in mentors if may(t, m))] for t in teachers)):
        load = Counter(mentor.ref for mentor in choice if mentor)
        if all(count <= norms[ref] for ref, count in load.items()):
            yield choice


def value(
    teachers: Sequence[Mentee],
    choice: Sequence[Mentor | None],
    travel: Mapping[tuple[str, str], int],
) -> tuple[int, int, int, int]:
    pairs = [(t, m) for t, m in zip(teachers, choice, strict=True) if m]
    load = Counter(m.ref for _, m in pairs)
    return (
        len(pairs),
        -max(load.values(), default=0),
        sum(m.ref == t.previous for t, m in pairs),
        -sum(travel[t.zone, m.zone] for t, m in pairs),
    )


@examples(150)
@given(st.lists(mentees_of, max_size=5), mentors_of, costs | st.just(dict.fromkeys(pairs, 0)))
def test_among_the_best_matchings_the_earliest_teachers_have_the_earliest_mentors(
    teachers: list[Mentee], mentors: list[Mentor], travel: dict[tuple[str, str], int]
) -> None:
    teachers = sorted(teachers, key=lambda t: t.ref)
    valued = [(value(teachers, c, travel), c) for c in every_matching(teachers, mentors)]
    best = max(v for v, _ in valued)
    matched = [
        [(t.ref, m.ref) for t, m in zip(teachers, choice, strict=True) if m]
        for v, choice in valued
        if v == best
    ]
    first = min(matched, key=lambda found: ([ref for ref, _ in found], found))
    assert list(match(teachers, mentors, travel).pairs) == first


@examples(200)
@given(st.lists(mentees_of, max_size=5), mentors_of, costs)
def test_no_matching_is_better_on_any_level(
    teachers: list[Mentee], mentors: list[Mentor], travel: dict[tuple[str, str], int]
) -> None:
    found = match(teachers, mentors, travel)
    best = max(value(teachers, choice, travel) for choice in every_matching(teachers, mentors))
    assert (len(found.pairs), -found.max_load, found.kept, -found.cost) == best
    by_ref = {mentor.ref: mentor for mentor in mentors}
    pairs = dict(found.pairs)
    choice = tuple(by_ref[pairs[t.ref]] if t.ref in pairs else None for t in teachers)
    assert value(teachers, choice, travel) == best
    assert choice in set(every_matching(teachers, mentors))
    assert {ref for ref, _ in found.uncovered} == {t.ref for t in teachers} - pairs.keys()


@examples(50)
@given(st.lists(mentees_of, max_size=7), mentors_of, costs, st.randoms())
def test_the_order_of_the_input_does_not_matter(
    teachers: list[Mentee],
    mentors: list[Mentor],
    travel: dict[tuple[str, str], int],
    random: Random,
) -> None:
    found = match(teachers, mentors, travel)
    random.shuffle(teachers)
    random.shuffle(mentors)
    assert match(teachers, mentors, travel) == found


@examples(100)
@given(st.lists(mentees_of, max_size=5, min_size=1), mentors_of, costs)
def test_a_rerun_keeps_confirmed_pairs_and_never_offers_a_declined_mentor(
    teachers: list[Mentee], mentors: list[Mentor], travel: dict[tuple[str, str], int]
) -> None:
    first = match(teachers, mentors, travel).pairs
    if not first:
        return
    (kept, mentor), *others = first
    declined = dict(others[:1])
    again = [
        replace(
            t,
            confirmed=mentor if t.ref == kept else None,
            declined=frozenset({declined[t.ref]} if t.ref in declined else ()),
        )
        for t in teachers
    ]
    found = match(again, mentors, travel)
    pairs = dict(found.pairs)
    assert pairs[kept] == mentor
    assert all(pairs.get(ref) != refused for ref, refused in declined.items())
    load = Counter(pairs.values())
    assert all(load[m.ref] <= m.norm for m in mentors)
    assert found.max_load == max(load.values())


MENTEE = Mentee("t", frozenset("x"), "a")
MENTOR = Mentor("m", frozenset("x"), "a", remote=False, norm=1)


@pytest.mark.parametrize(
    ("teacher", "mentor", "reason"),
    [
        (MENTEE, replace(MENTOR, capabilities=frozenset("y")), "NO_CAPABILITY"),
        (MENTEE, replace(MENTOR, zone="b"), "OTHER_ZONE"),
        (replace(MENTEE, superior="m"), MENTOR, "OWN_SUPERIOR"),
        (MENTEE, replace(MENTOR, ref="t"), "OWN_SUPERIOR"),
        (replace(MENTEE, declined=frozenset("m")), MENTOR, "DECLINED"),
        (MENTEE, replace(MENTOR, norm=0), "NORM_REACHED"),
    ],
)
def test_the_uncovered_have_a_reason(teacher: Mentee, mentor: Mentor, reason: str) -> None:
    assert match([teacher], [mentor], {}).uncovered == (("t", reason),)


def test_without_mentors_nobody_is_capable() -> None:
    assert match([MENTEE], [], {}).uncovered == (("t", "NO_CAPABILITY"),)
    assert match([], [], {}) == Matching((), (), 0, 0, 0)


def test_a_confirmed_pair_over_the_norm_stands_and_takes_no_more() -> None:
    full = replace(MENTOR, norm=0)
    teachers = [replace(MENTEE, confirmed="m"), replace(MENTEE, ref="u")]
    found = match(teachers, [full], {})
    assert found.pairs == (("t", "m"),)
    assert found.uncovered == (("u", "NORM_REACHED"),)


def test_a_confirmed_mentor_who_left_is_matched_anew() -> None:
    gone = replace(MENTEE, confirmed="gone", previous="gone")
    assert match([gone], [MENTOR], {}).pairs == (("t", "m"),)


def test_a_remote_mentor_far_away_needs_a_known_distance() -> None:
    far = replace(MENTOR, zone="b", remote=True)
    with pytest.raises(TravelUnknown, match=r"a\|b"):
        match([MENTEE], [far], {})
    assert match([MENTEE], [far], {("a", "b"): 4}).cost == 4
