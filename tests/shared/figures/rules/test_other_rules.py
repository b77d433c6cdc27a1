import random
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from shared.figures.checks.bands import ends_of
from shared.figures.claims import Claim
from shared.figures.dates import Period, parse_period
from shared.figures.parse import Defect, Mark
from shared.figures.reading import Printed, read_claim
from shared.figures.rules.band_domain import PrintedBand, Scale, bands_partition_domain, step_of
from shared.figures.rules.copies import (
    Benchmark,
    benchmark_equality,
    cross_column_copy,
    significant_digits,
)
from shared.figures.rules.finding import Severity, assumption_id
from shared.figures.rules.gaps import (
    Assumption,
    assumption,
    code_coverage,
    missing_vs_zero,
    unreadable_figure,
)
from shared.figures.rules.outliers import (
    RARE,
    deleted_residual,
    monotone_expectation,
    ratio_outliers,
    two_sided_tail,
)
from shared.figures.rules.restated import restated_figure
from shared.figures.rules.windows import Window, date_in_window
from tests.shared.figures.claim_builders import changes, claim, figure

SPRING = Window("spring", date(2023, 1, 1), date(2023, 5, 31))
TERM = Window("term", date(2022, 1, 1), date(2023, 12, 31))


def band(code: str, first: str, last: str) -> PrintedBand:
    return PrintedBand(code, (figure(first), figure(last)))


PRINTED = [
    band("optimal", "94", "80"),
    band("acceptable", "79", "61"),
    band("third", "57", "41"),
    band("critical", "39", "12"),
]
PERCENT = Scale(Fraction(0), Fraction(100), Fraction(1))


def test_the_printed_bands_leave_four_gaps() -> None:
    finding = bands_partition_domain("index", PRINTED, PERCENT)
    assert finding.severity is Severity.CONTRADICTION
    assert isinstance(finding.recomputed, list)
    told = [(d["code"], d["from"], d["to"]) for d in finding.recomputed]
    assert told == [
        ("BAND_GAP", "0", "11"),
        ("BAND_GAP", "40", "40"),
        ("BAND_GAP", "58", "60"),
        ("BAND_GAP", "95", "100"),
    ]


def test_the_repairs_of_the_bands_close_every_gap() -> None:
    finding = bands_partition_domain("index", PRINTED, PERCENT)
    sets = [change.low for change in changes(finding)]
    assert sets == ["0", "40", "40", "60", "58", "100"]
    made = changes(finding)
    lower = {change.claim: change.low for change in made[:2] + made[3:4]}
    lower[made[5].claim] = made[5].low
    mended = [
        PrintedBand(b.code, (mend(b.ends[0], lower), mend(b.ends[1], lower))) for b in PRINTED
    ]
    assert bands_partition_domain("index", mended, PERCENT).severity is Severity.CONSISTENT


def mend(end: Printed, fixes: dict[Claim, str]) -> Printed:
    return figure(fixes[end.claim]) if end.claim in fixes else end


def range_band(code: str, cell: Claim) -> PrintedBand:
    first, last = ends_of(read_claim(cell))
    return PrintedBand(code, (first, last))


def test_a_gap_between_ranges_of_one_cell_rewrites_the_cell() -> None:
    bands = [
        range_band("a", one := claim("index", "100 - 50")),
        range_band("b", two := claim("index", "40-0")),
    ]
    finding = bands_partition_domain("index", bands, PERCENT)
    assert [(c.claim, c.low) for c in changes(finding)] == [
        (two, "49 - 0"),
        (one, "100 - 41"),
    ]


def test_an_overlap_offers_both_ends() -> None:
    finding = bands_partition_domain(
        "index", [band("high", "100", "40"), band("low", "50", "0")], PERCENT
    )
    assert [c.low for c in changes(finding)] == ["39", "51"]


def test_without_a_known_scale_only_what_lies_between_is_judged() -> None:
    finding = bands_partition_domain("score", PRINTED, Scale(None, None, step_of(PRINTED)))
    assert isinstance(finding.recomputed, list)
    assert [d["from"] for d in finding.recomputed] == ["40", "58"]


def test_bands_that_cover_the_scale_once_are_consistent() -> None:
    whole = [band("high", "100", "50"), band("low", "49", "0")]
    assert bands_partition_domain("index", whole, PERCENT).severity is Severity.CONSISTENT
    twice = [band("high", "100", "50"), band("low", "50", "0")]
    assert bands_partition_domain("index", twice, PERCENT).severity is Severity.CONTRADICTION


def test_the_step_is_the_last_printed_digit() -> None:
    tenths = [band("high", "100,0", "50,0"), band("low", "49,9", "0,0")]
    scale = Scale(Fraction(0), Fraction(100), step_of(tenths))
    assert bands_partition_domain("index", tenths, scale).severity is Severity.CONSISTENT


def test_5687_under_two_concepts() -> None:
    takers = figure("5687", "count", subject="russian", of="takers")
    teachers = figure("5687", "count", subject="russian", of="teachers")
    finding = cross_column_copy([takers, teachers], 6)
    assert finding is not None
    assert finding.severity is Severity.IMPLAUSIBLE
    assert finding.recomputed == {"chance": 1 / 9000}
    assert cross_column_copy([takers, teachers], 9000) is None


@pytest.mark.parametrize(
    ("value", "digits"), [("5687", 4), ("100", 1), ("0.50", 1), ("0", 0), ("40.5", 3), ("1006", 4)]
)
def test_digits_that_tell(value: str, digits: int) -> None:
    assert significant_digits(Decimal(value)) == digits


@pytest.mark.parametrize(
    ("raw", "known", "near"),
    [("68,3", "68.3", True), ("56,8", "56.9", True), ("56,7", "56.9", False), ("57", "56.9", True)],
)
def test_a_regional_mean_beside_the_national_one(raw: str, known: str, near: bool) -> None:
    finding = benchmark_equality(figure(raw, "score"), Benchmark(Decimal(known), 1, "ФИПИ"))
    assert (finding.severity is Severity.IMPLAUSIBLE) is near


def teachers_and_takers() -> list[tuple[int, int]]:
    return [(5687, 5687), (747, 2513), (218, 895), (211, 888), (230, 898), (161, 559)]


def test_the_teachers_of_russian_stand_out() -> None:
    pairs = [
        (figure(str(top), "count"), figure(str(bottom), "count"))
        for top, bottom in teachers_and_takers()
    ]
    findings = ratio_outliers(pairs)
    extreme = [f.declared for f in findings if f.severity is Severity.IMPLAUSIBLE]
    assert extreme == [{"numerator": "5687", "denominator": "5687"}]


def test_a_ratio_needs_peers_with_spread() -> None:
    def flagged(*tops: int) -> list[Severity]:
        pairs = [(figure(str(top), "count"), figure("1", "count")) for top in tops]
        return [f.severity for f in ratio_outliers(pairs)]

    assert flagged(1, 2, 3, 4, 900) == []
    assert flagged(2, 2, 2, 2, 2, 900) == [Severity.CONSISTENT] * 5
    assert flagged(1, 2, 3, 4, 5, 900)[-1] is Severity.IMPLAUSIBLE
    assert ratio_outliers([(figure("5", "count"), figure("0", "count"))] * 9) == []


@pytest.mark.parametrize(
    ("t", "freedom", "tail"),
    [(12.706, 1, 0.05), (4.303, 2, 0.05), (3.182, 3, 0.05), (4.604, 4, 0.01), (2.228, 10, 0.05),
     (3.169, 10, 0.01), (2.131, 15, 0.05), (1.960, 5000, 0.05), (0.0, 7, 1.0)],
)  # fmt: skip
def test_the_tail_of_student_s_distribution_is_that_of_the_tables(
    t: float, freedom: int, tail: float
) -> None:
    assert two_sided_tail(t, freedom) == pytest.approx(tail, rel=2e-3)


@pytest.mark.parametrize("rows", [6, 12, 60])
def test_few_clean_normal_tables_are_flagged(rows: int) -> None:
    """At most one clean table in a hundred; 400 tables leave room for chance."""
    luck = random.Random(rows)  # noqa: S311 -- no secret.
    flagged = 0
    for _ in range(400):
        ratios = [luck.gauss(40, 4) for _ in range(rows)]
        flagged += any(
            rows * two_sided_tail(t, rows - 2) < RARE
            for place in range(rows)
            if (t := deleted_residual(ratios, place)) is not None
        )
    assert flagged <= 12


def test_thresholds_that_fall_with_grade() -> None:
    informatics = [("9", figure("120", "score")), ("10", figure("110", "score"))]
    finding = monotone_expectation(informatics, axis="grade")
    assert finding.severity is Severity.IMPLAUSIBLE
    assert finding.recomputed == [{"from": "9", "to": "10", "by": "10", "units": "10"}]
    assert monotone_expectation(informatics, axis="grade", rising=False).severity is (
        Severity.CONSISTENT
    )
    level = [("9", figure("14", "score")), ("10", figure("14", "score"))]
    assert monotone_expectation(level, axis="grade").severity is Severity.CONSISTENT


@pytest.mark.parametrize(
    ("raw", "window", "severity"),
    [
        ("январь-февраль 2023", SPRING, Severity.CONSISTENT),
        ("ноябрь-декабрь", SPRING, Severity.CONTRADICTION),
        ("март, октябрь", SPRING, Severity.CONTRADICTION),
        ("май 2023", SPRING, Severity.CONSISTENT),
        ("март", SPRING, Severity.CONSISTENT),
        ("март", TERM, Severity.INCOMPLETE),
        ("ноябрь-декабрь", TERM, Severity.INCOMPLETE),
        ("до 27.12", TERM, Severity.INCOMPLETE),
        ("до 27.12.2024", TERM, Severity.CONTRADICTION),
        ("30 марта 2022 г.", TERM, Severity.CONSISTENT),
        ("2023-06-01", SPRING, Severity.CONTRADICTION),
        ("2023-05-31", SPRING, Severity.CONSISTENT),
        ("ноябрь-январь 2023", TERM, Severity.CONSISTENT),
        ("ноябрь-январь 2025", TERM, Severity.CONTRADICTION),
        ("ноябрь 2023 – январь 2024", TERM, Severity.CONTRADICTION),
        ("ноябрь 2022 – январь 2023", TERM, Severity.CONSISTENT),
        ("с 20 по 31 мая 2023 г.", SPRING, Severity.CONSISTENT),
        ("20.05–05.06.2023", SPRING, Severity.CONTRADICTION),
    ],
)
def test_dates_against_their_window(raw: str, window: Window, severity: Severity) -> None:
    period = parse_period(raw)
    assert isinstance(period, Period)
    assert date_in_window(claim("date", raw), period, window).severity is severity


@pytest.mark.parametrize(
    ("raw", "months", "year", "day"),
    [
        ("ноябрь-декабрь", (11, 12), None, None),
        ("январь-февраль 2023", (1, 2), 2023, None),
        ("март, октябрь", (3, 10), None, None),
        ("март и октябрь 2023 года", (3, 10), 2023, None),
        ("сентябрь- декабрь", (9, 10, 11, 12), None, None),
        ("ноябрь-январь", (11, 12, 1), None, None),
        ("30 марта 2022 г.", (3,), 2022, 30),
        ("27.12", (12,), None, 27),
        ("27.12.2022", (12,), 2022, 27),
        ("29.02", (2,), None, 29),
        ("2023-03", (3,), 2023, None),
        ("мая", (5,), None, None),
    ],
)
def test_dates_read_as_printed(
    raw: str, months: tuple[int, ...], year: int | None, day: int | None
) -> None:
    assert parse_period(raw) == Period(months, year, day, day)


@pytest.mark.parametrize(
    ("raw", "months", "year", "days"),
    [
        ("с 10 по 20 июля 2023 г.", (7,), 2023, (10, 20)),
        ("10-20 июля 2023", (7,), 2023, (10, 20)),
        ("01.03–15.04.2023", (3, 4), 2023, (1, 15)),
        ("01.03.2023-15.03.2023", (3,), 2023, (1, 15)),
        ("2023-03-01/2023-03-15", (3,), 2023, (1, 15)),
        ("1 марта - 15 апреля", (3, 4), None, (1, 15)),
        ("20.12–10.01.2023", (12, 1), 2022, (20, 10)),
        ("декабрь 2022 – февраль 2023", (12, 1, 2), 2022, (None, None)),
    ],
)
def test_spans_of_days_read_as_printed(
    raw: str, months: tuple[int, ...], year: int | None, days: tuple[int | None, int | None]
) -> None:
    assert parse_period(raw) == Period(months, year, *days)


@pytest.mark.parametrize(
    "raw",
    ["ВО 04 2022", "31.02.2023", "29.02.2023", "13.13", "мартобрь", "", "2023", "32 мая",
     "20-10 июля 2023", "с 1 по 45 марта", "1 марта 2022 – 15 апреля 2024", "1 марта – апрель"],
)  # fmt: skip
def test_garbled_dates_are_defects(raw: str) -> None:
    assert parse_period(raw) == Defect("not_a_date", raw)


def test_the_29th_of_february_ends_common_years_a_day_early() -> None:
    assert Period((2,), None, 29, 29).days(2023) == (date(2023, 2, 28), date(2023, 2, 28))


def test_codes_missing_and_unexpected() -> None:
    claims = [claim("score", "1", subject=s) for s in ("english", "physics", "alchemy")]
    finding = code_coverage("subject", ["english", "physics", "law"], claims)
    assert finding.severity is Severity.INCOMPLETE
    assert finding.recomputed == {
        "missing": ["law"],
        "unexpected": ["alchemy"],
        "default": "unknown",
    }
    whole = code_coverage("subject", ["english", "physics", "alchemy"], claims)
    assert whole.severity is Severity.CONSISTENT
    assert whole.id == finding.id
    assert code_coverage("subject", ["english"], claims, {"grade": "9"}).id != finding.id


def test_a_dash_a_blank_and_unread_text() -> None:
    dash = missing_vs_zero(claim("count", "-"), Mark.NOT_APPLICABLE)
    assert (dash.severity, dash.recomputed) == (
        Severity.INCOMPLETE,
        {"default": "not_applicable"},
    )
    garbled = claim("date", "ВО 04 2022")
    finding = unreadable_figure(garbled, Defect("not_a_date", "ВО 04 2022"))
    assert finding.declared == "ВО 04 2022"


def test_an_assumption_carries_its_default() -> None:
    stated = Assumption("peers", {"programme": "rum"}, "85", "Не названо.", claim("label", ""))
    finding = assumption(stated)
    assert finding.id == assumption_id("d", "peers")
    assert finding.recomputed == {"default": "85"}


def test_one_thing_printed_twice() -> None:
    def told(*raws: str, concept: str = "index") -> list[Severity]:
        return [f.severity for f in restated_figure([read_claim(claim(concept, r)) for r in raws])]

    assert told("68,3", "68") == [Severity.CONSISTENT]
    assert told("68,3", "69") == [Severity.CONSISTENT]
    assert told("68,3", "70") == [Severity.CONTRADICTION]
    assert told("12", "12", concept="place") == [Severity.CONSISTENT]
    assert told("12", "12-13", concept="place") == [Severity.CONTRADICTION]
    assert told("12", "", concept="place") == []
