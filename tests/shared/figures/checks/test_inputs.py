"""Which claims a check takes for the inputs of a rule, and which it leaves alone."""

from dataclasses import replace
from fractions import Fraction

from shared.figures.checks import check_document
from shared.figures.claims import Claim, Concept, key_of
from shared.figures.conventions import Tree
from shared.figures.document import Facts, Selector, SourceDocument, merge_facts
from shared.figures.rules.band_domain import Scale
from shared.figures.rules.finding import Finding, Severity
from tests.shared.figures.claim_builders import changes, claim


def check(*claims: Claim, facts: Facts | None = None) -> list[Finding]:
    return check_document(SourceDocument("d", claims, facts or Facts()))


def told(*claims: Claim, facts: Facts | None = None) -> dict[str, Severity]:
    """Return each rule with the gravest of its findings."""
    gravity = list(Severity)
    found = sorted(check(*claims, facts=facts), key=lambda f: -gravity.index(f.severity))
    return {f.rule: f.severity for f in found}


def index(code: str, raw: str, territory: str = "08000000") -> Claim:
    return claim("index", raw, territory=territory, indicator=code, period="2022")


def test_children_of_other_territories_are_not_mixed() -> None:
    claims = [index("1", "50"), index("1.1", "50"), index("1.2", "50", "05000000")]
    assert "parent_equals_mean" not in told(*claims)


def test_a_registered_tree_goes_before_the_codes() -> None:
    claims = [index("1", "50"), index("1.1", "40"), index("1.2", "90"), index("x", "60")]
    assert told(*claims)["parent_equals_mean"] is Severity.HAZARD
    facts = Facts(trees=(Tree(Selector(Concept.INDEX), "1", ("1.1", "x")),))
    assert told(*claims, facts=facts)["parent_equals_mean"] is Severity.CONSISTENT


def test_a_score_may_be_the_sum_of_its_parts() -> None:
    def score(code: str, raw: str) -> Claim:
        return claim("score", raw, indicator=code)

    assert told(score("1", "30"), score("1.1", "10"), score("1.2", "20"))["parent_equals_mean"] is (
        Severity.CONSISTENT
    )
    mean = told(score("1", "15"), score("1.1", "10"), score("1.2", "20"))
    assert mean["parent_equals_mean"] is Severity.CONSISTENT
    neither = [score("1", "35"), score("1.1", "10"), score("1.2", "20")]
    assert told(*neither)["parent_equals_mean"] is Severity.IMPLAUSIBLE
    facts = Facts(trees=(Tree(Selector(Concept.SCORE), "1", ("1.1", "1.2")),))
    assert told(*neither, facts=facts)["parent_equals_mean"] is Severity.CONTRADICTION


def test_bands_printed_as_one_range_and_as_two_ends_are_the_same() -> None:
    ranges = [
        claim("index", "94 - 80", band="a"),
        claim("index", "79 - 61", band="b"),
        claim("score", "867 - 856", band="a"),
        claim("score", "855 - 651", band="b"),
    ]
    ends = [
        claim(concept, raw, band=band, bound=bound)
        for concept, band, bound, raw in (
            ("index", "a", "to", "94"),
            ("index", "a", "from", "80"),
            ("index", "b", "to", "79"),
            ("index", "b", "from", "61"),
            ("score", "a", "to", "867"),
            ("score", "a", "from", "856"),
            ("score", "b", "to", "855"),
            ("score", "b", "from", "651"),
        )
    ]
    expected = {
        "bands_partition_domain": Severity.CONTRADICTION,
        "score_index_scale": Severity.CONTRADICTION,
    }
    stated = Facts(
        scales=(
            (Selector(Concept.INDEX), Scale(Fraction(0), Fraction(100), Fraction(1))),
            (Selector(Concept.SCORE), Scale(None, None, Fraction(1))),
        )
    )
    assert told(*ranges, facts=stated) == expected
    assert told(*ends, facts=stated) == expected
    bare = [replace(c, key=tuple(p for p in c.key if p[0] != "bound")) for c in ends]
    assert told(*bare, facts=stated) == expected
    labelled = [replace(c, raw=f"Индекс: {c.raw}") for c in ranges[:2]]
    assert told(*labelled, *ranges[2:], facts=stated) == expected
    assert Severity.CONTRADICTION not in told(*ranges).values()


def test_a_repair_of_one_end_keeps_the_other_in_its_cell() -> None:
    cells = [
        claim(concept, raw, band=band)
        for band, score, index in (
            ("a", "100-81", "100-81"),
            ("b", "80-41", "80-41"),
            ("c", "40-0", "39-0"),
        )
        for concept, raw in (("score", score), ("index", index))
    ]
    (scale,) = [
        f
        for f in check(*cells, facts=Facts(score_shares=(Selector(),)))
        if f.rule == "score_index_scale"
    ]
    assert [(c.claim.raw, c.low) for c in changes(scale)][:2] == [
        ("40-0", "39 - 0"),
        ("39-0", "40 - 0"),
    ]


def test_a_band_with_an_unread_end_proves_nothing() -> None:
    bands = [claim("index", "100 - 50", band="a"), claim("index", "", band="b")]
    assert told(*bands) == {"missing_vs_zero": Severity.INCOMPLETE}


def test_a_registered_scale_sets_the_domain() -> None:
    bands = [claim("index", "10 - 6", band="a"), claim("index", "5 - 0", band="b")]
    assert told(*bands)["bands_partition_domain"] is Severity.INCOMPLETE
    scale = Scale(Fraction(0), Fraction(10), Fraction(1))
    facts = Facts(scales=((Selector(Concept.INDEX), scale),))
    assert told(*bands, facts=facts)["bands_partition_domain"] is Severity.CONSISTENT


def test_per_cents_of_thresholds_are_no_parts_of_a_whole() -> None:
    cells = [
        claim(concept, raw, scope="2022-2023", subject="economics", grade=grade)
        for grade, score, share in ((9, "31", "34"), (10, "34", "38"), (11, "30", "33"))
        for concept, raw in (("score", score), ("share", share))
    ]
    found = told(*cells)
    assert "share_sum" not in found
    assert found["maximum_conflict"] is Severity.CONSISTENT
    assert "monotone_expectation" not in found


def test_shares_of_tiers_make_a_whole_and_shares_of_subjects_do_not() -> None:
    def tiers(*raws: str) -> list[Claim]:
        return [
            claim("share", raw, scope="2023", tier=tier)
            for tier, raw in zip(("profile", "subject", "olympiad"), raws, strict=True)
        ]

    assert told(*tiers("10%", "85%", "5%"))["share_sum"] is Severity.CONSISTENT
    assert told(*tiers("10%", "85%", "15%"))["share_sum"] is Severity.CONTRADICTION
    subjects = [
        claim("share", raw, scope="2023", tier="profile", subject=s)
        for raw, s in (("106,7", "mathematics"), ("50", "physics"), ("60", "chemistry"))
    ]
    assert "share_sum" not in told(*subjects)


def test_a_mean_score_and_a_share_of_pupils_are_no_pair() -> None:
    rows = [
        claim(concept, raw, scope="ege", territory=t, subject="russian", period="2024")
        for t, score, share in (("01000000", "68,3", "12"), ("03000000", "60,1", "25"))
        for concept, raw in (("score", score), ("share", share))
    ]
    assert told(*rows) == {}


def test_the_documents_own_groups_go_before_the_general_ones() -> None:
    far_east = frozenset({"01000000", "03000000"})
    general = Facts(groups={"dfo": far_east, "other": frozenset({"99000000"})})
    own = Facts(groups={"far_east": far_east | {"04000000"}}, peers=((Selector(), 3),))
    joint = merge_facts(own, general)
    assert set(joint.groups) == {"far_east", "other"}
    places = [
        claim("group_place", raw, territory=t, indicator="total")
        for t, raw in (("01000000", "1"), ("03000000", "3"))
    ]
    assert told(*places, facts=joint)["place_sequence"] is Severity.CONSISTENT
    assert merge_facts(Facts(), general) == general


def test_an_overlapping_group_leaves_places_inside_unjudged() -> None:
    places = [
        claim("group_place", raw, territory=t, indicator="total")
        for t, raw in (("01000000", "1"), ("03000000", "3"))
    ]
    groups = {"a": frozenset({"01000000", "03000000"})}
    assert told(*places, facts=Facts(groups=groups))["place_sequence"] is Severity.CONTRADICTION
    twice = Facts(groups=groups | {"b": frozenset({"01000000", "04000000"})})
    assert told(*places, facts=twice) == {}


def test_one_place_beyond_its_group_or_all_peers_is_told() -> None:
    place = claim("place", "90", territory="01000000", indicator="total")
    facts = Facts(peers=((Selector(), 85),))
    assert told(place, facts=facts) == {
        "place_of": Severity.CONTRADICTION,
        "place_sequence": Severity.CONTRADICTION,
    }
    assert told(place) == {}


def test_courses_of_one_key_are_no_repetition() -> None:
    courses = [claim("seats", raw, scope="2023", subject="physics") for raw in ("25", "100")]
    assert told(*courses) == {}
    need = claim("count", "150 чел.", scope="2023", subject="physics")
    assert told(*courses, need) == {"capacity_vs_demand": Severity.CONSISTENT}


def test_the_same_count_in_two_columns() -> None:
    takers = claim("count", "5687 чел", scope="2023", subject="russian", of="takers")
    teachers = claim("count", "Русский язык 5687", scope="2023", subject="russian", of="teachers")
    assert told(takers, teachers) == {"cross_column_copy": Severity.IMPLAUSIBLE}
    later = replace(takers, key=key_of({"subject": "russian", "of": "takers", "period": "2022"}))
    assert told(takers, later) == {}


def test_findings_of_one_id_keep_the_gravest() -> None:
    scale = Scale(Fraction(0), Fraction(100), Fraction(1))
    facts = Facts(scales=((Selector(), scale),))
    found = check(claim("index", "120 - 110", band="a"), facts=facts)
    assert [(f.rule, f.severity) for f in found] == [("value_in_domain", Severity.CONTRADICTION)]


def test_no_claims_no_findings() -> None:
    assert check() == []
