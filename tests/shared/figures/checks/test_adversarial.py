"""No contradiction is invented in documents without mistakes, and every planted one is found."""

import random
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.figures.checks import check_document
from shared.figures.claims import Claim, Concept
from shared.figures.decimals import RoundingMode
from shared.figures.document import SourceDocument
from shared.figures.rules.finding import Finding, Severity
from tests.harness.properties import examples
from tests.shared.figures.checks.simulation import PERIOD, Simulation, simulate
from tests.shared.figures.claim_builders import changes

MODES = st.sampled_from(list(RoundingMode))
SEEDS = st.integers(0, 10**9)


def contradictions(document: SourceDocument) -> list[Finding]:
    return [f for f in check_document(document) if f.severity is Severity.CONTRADICTION]


@examples(25)
@given(SEEDS, MODES, st.integers(0, 2), st.booleans())
def test_nothing_is_invented(seed: int, mode: RoundingMode, digits: int, gaps: bool) -> None:
    document = simulate(seed, mode, digits, gaps=gaps)
    assert [f.text for f in contradictions(document)] == []


@examples(8)
@given(SEEDS, MODES)
def test_the_order_of_claims_does_not_matter(seed: int, mode: RoundingMode) -> None:
    document = simulate(seed, mode, 0, gaps=True)
    shuffled = list(document.claims)
    random.Random(seed).shuffle(shuffled)  # noqa: S311 -- no secret.
    again = check_document(replace(document, claims=tuple(shuffled)))
    assert [f.wire() for f in again] == [f.wire() for f in check_document(document)]


def planted(
    document: SourceDocument, chosen: Callable[[Claim], bool], wrong: Callable[[Claim], str]
) -> tuple[SourceDocument, Claim]:
    """Replace the text of the first claim chosen; return the document and the wrong claim."""
    at = next(i for i, c in enumerate(document.claims) if chosen(c))
    mistaken = replace(document.claims[at], raw=wrong(document.claims[at]))
    claims = (*document.claims[:at], mistaken, *document.claims[at + 1 :])
    return replace(document, claims=claims), mistaken


def found_at(document: SourceDocument, mistaken: Claim, rule: str) -> None:
    told = [f for f in contradictions(document) if f.rule == rule]
    assert any(mistaken in f.claims for f in told), [f.text for f in contradictions(document)]
    assert all(mistaken in f.claims for f in contradictions(document))


def number(raw: str) -> int:
    return int("".join(ch for ch in raw if ch.isdigit()))


@examples(8)
@given(SEEDS, MODES, st.sampled_from(["I", "II", "III"]))
def test_a_wrong_block_is_found(seed: int, mode: RoundingMode, block: str) -> None:
    made = Simulation(random.Random(seed), mode)  # noqa: S311 -- no secret.
    made.tree()
    document, mistaken = planted(
        made.document(),
        lambda c: c.about("indicator") == block,
        lambda c: str(number(c.raw) - 20 if number(c.raw) > 50 else number(c.raw) + 20),
    )
    told = [f for f in contradictions(document) if f.rule == "parent_equals_mean"]
    assert any(mistaken in f.claims for f in told)


@examples(8)
@given(SEEDS, MODES)
def test_a_wrong_place_in_the_group_is_found(seed: int, mode: RoundingMode) -> None:
    made = Simulation(random.Random(seed), mode)  # noqa: S311 -- no secret.
    made.ranking()
    inside = [c for c in made.claims if c.concept is Concept.GROUP_PLACE]
    document, mistaken = planted(
        made.document(),
        lambda c: c.concept is Concept.GROUP_PLACE,
        lambda _: str(len(inside) + 1),
    )
    found_at(document, mistaken, "place_sequence")


@examples(8)
@given(SEEDS, MODES)
def test_a_place_against_its_index_is_found(seed: int, mode: RoundingMode) -> None:
    luck = random.Random(seed)  # noqa: S311 -- no secret.
    made = Simulation(luck, mode)
    for n, value in enumerate(sorted(luck.sample(range(100), 8), reverse=True)):
        about = {"territory": f"{n + 1:02d}000000", "indicator": "7", "period": PERIOD}
        made.add("index", str(value), **about)
        made.add("place", str(2 * n + 1), **about)
    document, mistaken = planted(
        made.document(), lambda c: c.concept is Concept.PLACE and c.raw == "5", lambda _: "8"
    )
    found_at(document, mistaken, "place_order")


@examples(8)
@given(SEEDS)
def test_a_wrong_index_among_scores_is_found(seed: int) -> None:
    luck = random.Random(seed)  # noqa: S311 -- no secret.
    made = Simulation(luck, RoundingMode.HALF_UP)
    maximum = luck.randrange(300, 2000)
    for n, score in enumerate(luck.sample(range(maximum // 2, maximum), 6)):
        about = {"territory": f"{n + 1:02d}000000", "indicator": "total", "period": PERIOD}
        made.add("score", str(score), **about)
        made.add("index", made.print(Fraction(100 * score, maximum)), **about)
    document, mistaken = planted(
        made.document(),
        lambda c: c.concept is Concept.INDEX,
        lambda c: str(number(c.raw) - 7),
    )
    found_at(document, mistaken, "score_index_scale")
    (finding,) = contradictions(document)
    assert mistaken in {change.claim for change in changes(finding)}


@pytest.mark.parametrize(
    ("concept", "chosen", "wrong", "rule"),
    [
        ("parts", lambda c: c.about("part") == "p0", lambda c: f"{number(c.raw) + 1} чел.",
         "whole_of_parts"),
        ("parts", lambda c: c.about("tier") == "t0",
         lambda c: f"{number(c.raw) + 20}%" if number(c.raw) < 80 else f"{number(c.raw) - 20}%",
         "share_sum"),
        ("bands", lambda c: c.about("band") == "b0",
         lambda c: f"{number(c.raw.split(' - ')[0]) - 1} - 0", "bands_partition_domain"),
        ("restated", lambda c: "," in c.raw, lambda c: str(number(c.raw.split(",")[0]) + 3),
         "restated_figure"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("seed", range(8))
def test_a_wrong_part_band_or_repetition_is_found(
    concept: str,
    chosen: Callable[[Claim], bool],
    wrong: Callable[[Claim], str],
    rule: str,
    seed: int,
) -> None:
    made = Simulation(random.Random(seed), RoundingMode.HALF_UP)  # noqa: S311 -- no secret.
    getattr(made, concept)()
    document, mistaken = planted(made.document(), chosen, wrong)
    found_at(document, mistaken, rule)


@examples(8)
@given(SEEDS, MODES)
def test_a_wrong_threshold_of_a_registered_maximum_is_found(seed: int, mode: RoundingMode) -> None:
    luck = random.Random(seed)  # noqa: S311 -- no secret.
    made = Simulation(luck, mode)
    made.thresholds()
    maxima_free = [c for c in made.claims if c.concept is not Concept.MAX]
    document = replace(made.document(), claims=tuple(maxima_free))
    english = [c for c in maxima_free if c.about("subject") == "english"]
    scores = {c.about("grade"): number(c.raw) for c in english if c.concept is Concept.SCORE}
    if min(scores.values()) < 10:
        return
    wrong, mistaken = planted(
        document,
        lambda c: c.concept is Concept.INDEX and c.about("subject") == "english",
        lambda c: str(number(c.raw) // 2),
    )
    told = [f for f in contradictions(wrong) if mistaken in f.claims]
    assert {f.rule for f in told} >= {"maximum_conflict"}
