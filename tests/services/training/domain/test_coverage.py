from services.training.domain.calendar import Run, Span, in_order, window_of
from services.training.domain.coverage import Coverage, Headcount, cover
from services.training.domain.tiers import TIER_SHARES

MATHEMATICS = Headcount("mathematics", "Математика", 747, ("counted",))
YEAR = Span.parse("2023-03", "2023-03")


def run(code: str, **changes: object) -> Run:
    given: dict[str, object] = {
        "title": code,
        "kind": "kpk",
        "subject": "mathematics",
        "tiers": ("profile",),
        "span": YEAR,
        "venues": (),
        "seats": 80,
        "window": None,
    }
    return Run(code, **(given | changes))  # type: ignore[arg-type]  # Test data by name.


def rows(*runs: Run) -> dict[str, Coverage]:
    return {row.tier: row for row in cover([MATHEMATICS], runs, {})}


def test_eighty_seats_for_seventy_five_teachers_are_106_7_per_cent() -> None:
    row = rows(run("a"))["profile"]
    assert (row.headcount, row.need, row.seats) == (747, 75, 80)
    assert (row.share, row.shortage, row.trained) == ("106.7", 0, None)


def test_the_subject_tier_lacks_235_seats_of_635() -> None:
    row = rows(
        run("march", tiers=("subject",), seats=200),
        run("october", tiers=("subject",), seats=200, span=Span.parse("2023-10", "2023-10")),
    )["subject"]
    assert (row.need, row.seats, row.shortage, row.share) == (635, 400, 235, "63.0")
    assert row.halves == (("2023-1", 200), ("2023-2", 200))


def test_no_course_is_no_seats_and_unknown_seats_stay_unknown() -> None:
    none, unknown = rows()["profile"], rows(run("a"), run("b", seats=None))["profile"]
    assert (none.seats, none.share, none.shortage) == (0, "0.0", 75)
    assert (unknown.seats, unknown.share, unknown.shortage) == (None, None, None)
    assert unknown.halves == (("2023-1", 80),)


def test_a_camp_for_everybody_leaves_the_tier_unknown_and_a_congress_gives_no_seats() -> None:
    camp = run("camp", kind="camp", subject=None, tiers=("olympiad",), seats=40)
    congress = run("congress", kind="congress", tiers=("profile",), seats=500)
    assert rows(camp, congress)["olympiad"].seats is None
    assert rows(camp, congress)["profile"].seats == 0


def test_venues_and_assumptions_are_kept_and_trained_is_counted() -> None:
    there = run("a", venues=("Хабаровск", "Комсомольск-на-Амуре"), doubts=("tier",))
    (row,) = [
        row
        for row in cover([MATHEMATICS], [there], {("mathematics", "profile"): 12})
        if row.tier == "profile"
    ]
    assert row.venues == (("Хабаровск, Комсомольск-на-Амуре", 80),)
    assert row.assumptions == ("counted", "tier")
    assert row.trained == 12


def test_every_subject_has_its_tiers_in_order() -> None:
    assert [row.tier for row in cover([MATHEMATICS], [], {})] == list(TIER_SHARES)


def test_nobody_to_teach_has_no_share() -> None:
    empty = cover([Headcount("latin", "Латынь", 0)], [], {})
    assert {row.share for row in empty} == {None}
    assert {row.shortage for row in empty} == {0}


def test_runs_come_by_time_and_those_without_dates_by_their_window() -> None:
    found = in_order(
        [
            run("z", span=None, window="2023-2"),
            run("late", span=Span.parse("2023-10", "2023-10")),
            run("nowhere", span=None),
            run("early", span=Span.parse("2022-11", "2022-12")),
        ]
    )
    assert [r.code for r in found] == ["early", "z", "late", "nowhere"]


def test_months_and_days_make_spans() -> None:
    assert Span.parse("2023-01", "2023-02").last.isoformat() == "2023-02-28"
    assert Span.parse("2024-02-10", "2024-02-29").text() == ("2024-02-10", "2024-02-29")
    assert window_of("2023-2").text() == ("2023-09", "2023-12")
