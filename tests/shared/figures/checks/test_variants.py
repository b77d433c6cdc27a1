"""One fact written in the several ways people write it gives one verdict."""

from decimal import Decimal

import pytest

from shared.figures.checks import check_document
from shared.figures.claims import Claim
from shared.figures.conventions import Whole
from shared.figures.document import Facts, Selector, SourceDocument
from shared.figures.rules.copies import Benchmark
from shared.figures.rules.finding import Finding, Severity
from tests.shared.figures.claim_builders import claim

FAR_EAST = ("05000000", "08000000", "10000000")


def found(rule: str, *claims: Claim, facts: Facts | None = None) -> list[Finding]:
    document = SourceDocument("d", claims, facts or Facts())
    return [f for f in check_document(document) if f.rule == rule]


def severities(rule: str, *claims: Claim, facts: Facts | None = None) -> list[Severity]:
    return [f.severity for f in found(rule, *claims, facts=facts)]


def places(concept: str, *raws: str, group: str | None = None) -> list[Claim]:
    return [
        claim(concept, raw, territory=code, indicator="total", period="2022", group=group)
        for code, raw in zip(FAR_EAST, raws, strict=True)
    ]


@pytest.mark.parametrize(
    ("concept", "group"), [("place", "dfo"), ("group_place", "dfo"), ("group_place", "ДФО")]
)
def test_places_whose_key_names_the_group_follow_the_places_outside(
    concept: str, group: str
) -> None:
    facts = Facts(groups={"dfo": frozenset(FAR_EAST)})
    outside = places("place", "12", "40", "41")
    right = places(concept, "1", "2", "3", group=group)
    wrong = places(concept, "1", "3", "2", group=group)
    assert Severity.CONTRADICTION not in severities("place_sequence", *outside, *right, facts=facts)
    (finding,) = [
        f
        for f in found("place_sequence", *outside, *wrong, facts=facts)
        if f.severity is Severity.CONTRADICTION
    ]
    offered = [{c.claim.territory: c.low for c in repair.changes} for repair in finding.repairs]
    assert {"08000000": "2", "10000000": "3"} in offered


def test_a_group_nobody_knows_is_not_taken_for_another() -> None:
    facts = Facts(groups={"dfo": frozenset(FAR_EAST[:2])})
    inside = places("group_place", "1", "2", "2", group="north")
    assert severities("place_sequence", *inside, facts=facts) == []


@pytest.mark.parametrize(
    ("ranges", "severity"),
    [
        (("0 - 40", "40 - 60", "60 - 100"), Severity.CONSISTENT),
        (("0 - 39", "40 - 59", "60 - 100"), Severity.CONSISTENT),
        (("0,0–39,9", "40,0–59,9", "60,0–100"), Severity.CONSISTENT),
        (("0 - 40", "41 - 60", "60 - 100"), Severity.INCOMPLETE),
        (("0 - 40", "40 - 60", "62 - 100"), Severity.INCOMPLETE),
        (("0 - 40", "40 - 60", "55 - 100"), Severity.INCOMPLETE),
    ],
)
def test_bands_may_meet_at_their_ends_or_leave_a_step_between(
    ranges: tuple[str, ...], severity: Severity
) -> None:
    bands = [claim("index", raw, band=f"b{n}") for n, raw in enumerate(ranges)]
    assert severities("bands_partition_domain", *bands) == [severity]


def pair(score: str, index: str, percent: str = "index", **about: str) -> list[Claim]:
    scope = about.pop("scope", "rum")
    territory = about.pop("territory", None)
    return [
        claim(concept, raw, scope=scope, territory=territory, **about)
        for concept, raw in (("score", score), (percent, index))
    ]


def test_what_a_key_tells_apart_may_have_a_maximum_of_its_own() -> None:
    apart = [*pair("10", "50", direction="a"), *pair("10", "20", direction="b")]
    assert severities("score_index_scale", *apart) == []
    stated = Facts(score_shares=(Selector(),))
    implied = severities("implied_maximum", *apart, facts=stated)
    assert implied == [Severity.CONSISTENT] * 2
    rows = [*pair("10", "50", row="1"), *pair("10", "20", row="2")]
    assert severities("score_index_scale", *rows, facts=stated) == [Severity.CONTRADICTION]
    assert severities("score_index_scale", *rows) == []


def test_regions_of_a_season_may_set_tasks_of_their_own() -> None:
    cells = [
        *pair("10", "50", "share", scope="2023-2024", territory="08000000", subject="law"),
        *pair("10", "20", "share", scope="2023-2024", territory="05000000", subject="law"),
    ]
    assert severities("score_index_scale", *cells) == []


def test_cells_may_name_the_maximum_they_share() -> None:
    def cells(second: str) -> list[Claim]:
        about = {"scope": "2023-2024", "subject": "law", "shared_maximum": "law"}
        return [
            *pair("10", "50", "share", grade="9", **about),
            *pair("12", second, "share", grade="10", **about),
        ]

    assert severities("maximum_conflict", *cells("60")) == [Severity.CONSISTENT]
    assert severities("maximum_conflict", *cells("90")) == [Severity.CONTRADICTION]


@pytest.mark.parametrize(
    ("raw", "window", "severities_told"),
    [
        ("март", "январь-май", [Severity.CONSISTENT]),
        ("ноябрь-декабрь", "январь-май", [Severity.CONTRADICTION]),
        ("15.03.2023", "2023-01-01/2023-05-31", [Severity.CONSISTENT]),
        ("15.06.2023", "2023-01-01/2023-05-31", [Severity.CONTRADICTION]),
        ("март", "весна", []),
        ("март", "2023-05-31/2023-01-01", []),
    ],
)
def test_a_window_may_say_its_own_days(
    raw: str, window: str, severities_told: list[Severity]
) -> None:
    assert severities("date_in_window", claim("date", raw, scope="2023", window=window)) == (
        severities_told
    )


def test_a_national_mean_without_a_concept_is_compared_with_no_count() -> None:
    national = Benchmark(Decimal("68.3"), 1, "s")
    facts = Facts(benchmarks=((Selector(None, (("subject", "russian"),)), national),))
    score = claim("score", "68,3", territory="08000000", subject="russian")
    count = claim("count", "68", territory="08000000", subject="russian")
    assert [f.claims for f in found("benchmark_equality", score, count, facts=facts)] == [(score,)]


def test_a_place_that_says_its_peers_is_bounded_by_them() -> None:
    facts = Facts(groups={"dfo": frozenset(FAR_EAST)})
    cells = [
        claim("place", "85 из 85", territory=FAR_EAST[0], indicator="total"),
        claim("group_place", "2", territory=FAR_EAST[0], indicator="total"),
    ]
    assert severities("place_bounds", *cells, facts=facts) == [Severity.CONTRADICTION]


def test_a_list_is_kept_by_every_column_that_runs_along_it() -> None:
    facts = Facts(expected=((Selector(), "territory", FAR_EAST),))
    first, second = (
        [claim("place", str(n), territory=t, period=p) for n, t in enumerate(FAR_EAST, 1)]
        for p in ("2021", "2022")
    )
    national = claim("label", "Итог", territory="ru")
    lone = claim("index", "83", territory=FAR_EAST[0], indicator="I")
    whole = found("code_coverage", *first, *second, national, lone, facts=facts)
    assert [f.severity for f in whole] == [Severity.CONSISTENT]
    holed = found("code_coverage", *first, *second[:2], national, lone, facts=facts)
    assert len(holed) == len({f.id for f in holed}) == 2
    (thin,) = [f for f in holed if f.severity is Severity.INCOMPLETE]
    assert thin.claims == tuple(second[:2])
    assert thin.recomputed == {"missing": [FAR_EAST[2]], "unexpected": [], "default": "unknown"}


def people(raw: str, **about: str) -> Claim:
    return claim("count", raw, scope="2023", territory=None, table=None, **about)


@pytest.mark.parametrize("name", ["total", "Всего"])
def test_a_whole_may_stand_at_the_total_of_an_axis(name: str) -> None:
    parts = [people("110 чел.", tier="a"), people("100 чел.", tier="b")]
    assert severities("part_whole_sum", *parts, people("210", tier=name)) == [Severity.CONSISTENT]
    assert severities("part_whole_sum", *parts, people("220", tier=name)) == [Severity.IMPLAUSIBLE]
    whole = Facts(wholes=(Whole("tier", Selector()),))
    assert severities("whole_of_parts", *parts, people("220", tier=name), facts=whole) == [
        Severity.CONTRADICTION
    ]


def test_tiers_that_are_not_all_printed_are_only_a_part() -> None:
    known = [people("218"), people("22", tier="profile"), people("185", tier="subject")]
    assert severities("part_whole_sum", *known) == [Severity.INCOMPLETE]
    assert severities("part_whole_sum", *known, people("11", tier="olympiad")) == [
        Severity.CONSISTENT
    ]
    assert severities("part_whole_sum", people("200"), *known[1:]) == [Severity.IMPLAUSIBLE]


@pytest.mark.parametrize(
    ("whole", "told"),
    [
        ("25", [Severity.CONSISTENT]),
        ("27", [Severity.INCOMPLETE]),
        ("24", [Severity.IMPLAUSIBLE]),
        ("90", [Severity.INCOMPLETE]),
    ],
)
def test_grades_share_nobody_but_need_not_be_all(whole: str, told: list[Severity]) -> None:
    grades = [people(raw, grade=grade) for grade, raw in (("9", "2"), ("10", "10"), ("11", "13"))]
    assert severities("part_whole_sum", people(whole), *grades) == told
