"""What is odd about a cyclogram: dates, double bookings, seats, collisions."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from services.training.domain.calendar import Run, Span, window_of
from services.training.domain.coverage import Coverage, Headcount
from services.training.domain.tiers import TIER_TITLES
from shared.figures.decimals import RoundingMode, decimal_text, round_to


@dataclass(frozen=True, slots=True)
class FixedDate:
    """A date training must not take: a stage of an olympiad or a day of the ЕГЭ."""

    code: str
    title: str
    kind: str
    subject: str | None
    span: Span


Answer = Mapping[str, object] | None


@dataclass(frozen=True, slots=True)
class Oddity:
    """One thing found: the rule, how firm it is, what it is about, and a sentence in Russian."""

    rule: str
    severity: str
    codes: tuple[str, ...]
    text: str
    declared: Answer = None
    recomputed: Answer = None


def examine(
    runs: Sequence[Run],
    coverage: Sequence[Coverage],
    fixed: Sequence[FixedDate],
    per_run: Mapping[tuple[str, str], int],
) -> tuple[Oddity, ...]:
    """Apply every check; findings come in the order of the checks, then of codes.

    `per_run` holds, by subject and tier, the seats in the other reading of a document that leaves
    open whether they are for each run or in total.
    """
    return (
        *_outside_windows(runs),
        *_double_bookings(runs),
        *_short_of_seats(coverage, per_run),
        *_collisions(runs, fixed),
    )


def _outside_windows(runs: Sequence[Run]) -> Iterator[Oddity]:
    """Every day of a run lies in its window; months count as inside where any day can be."""
    for run in runs:
        if run.span is None or run.window is None:
            continue
        window = window_of(run.window)
        by_month = run.span.precision == "month"
        inside = (
            run.span.meets(window)
            if by_month
            else window.first <= run.span.first and run.span.last <= window.last
        )
        if not inside:
            first, last = run.span.text()
            yield Oddity(
                "date_in_window",
                "contradiction",
                (run.code,),
                f"«{run.title}»: {first} … {last} вне окна "
                f"с {window.first:%d.%m.%Y} по {window.last:%d.%m.%Y}.",
            )


def _double_bookings(runs: Sequence[Run]) -> Iterator[Oddity]:
    """Two runs for the same teachers on a shared day; by months it is only possible."""
    booked = [run for run in runs if run.span is not None and run.subject and run.tiers]
    for one, other in combinations(sorted(booked, key=lambda run: run.code), 2):
        if one.subject != other.subject or not set(one.tiers) & set(other.tiers):
            continue
        if one.span is None or other.span is None or not one.span.meets(other.span):
            continue
        sure = one.span.precision == other.span.precision == "day"
        yield Oddity(
            "double_booking",
            "implausible" if sure else "hazard",
            (one.code, other.code),
            f"«{one.title}» и «{other.title}» для одних и тех же учителей "
            + ("идут в одни дни." if sure else "могут совпасть: известны только месяцы."),
        )


def _short_of_seats(
    coverage: Sequence[Coverage], per_run: Mapping[tuple[str, str], int]
) -> Iterator[Oddity]:
    """Set seats against need: enough in one reading only is a hazard, in none implausible."""
    for row in coverage:
        if row.seats is None:
            continue
        most = max(row.seats, per_run.get((row.subject, row.tier), 0))
        severity, verdict = "implausible", f"не хватает {row.shortage}"
        if row.seats >= row.need:
            severity, verdict = "consistent", "хватает"
        elif most >= row.need:
            severity, verdict = "hazard", "хватает, только если места даны на каждый поток"
        yield Oddity(
            "capacity_vs_demand",
            severity,
            (row.subject, row.tier),
            f"{row.title}, {TIER_TITLES[row.tier]} уровень: "
            f"потребность {row.need}, мест {row.seats}: {verdict}.",
            {"need": row.need, "seats": row.seats},
            {
                "in_total": {"share": row.share, "shortage": row.shortage},
                "per_run": {"seats": most, "shortage": max(0, row.need - most)},
            },
        )


def _collisions(runs: Sequence[Run], fixed: Sequence[FixedDate]) -> Iterator[Oddity]:
    """Find runs on days of an olympiad or exam of the subject; without one, of any."""
    for run in runs:
        for date in fixed:
            same = date.subject is None or run.subject in (None, date.subject)
            if run.span is None or not same or not run.span.meets(date.span):
                continue
            sure = run.span.precision == date.span.precision == "day"
            yield Oddity(
                "collision",
                "implausible" if sure else "hazard",
                (run.code, date.code),
                f"«{run.title}» и «{date.title}» "
                + ("идут в одни дни." if sure else "могут совпасть: известны только месяцы."),
            )


HALVES = {"1": "Первое полугодие", "2": "Второе полугодие"}


def methodical_gaps(
    year: str,
    runs: Sequence[Run],
    addressed: Mapping[str, frozenset[str]],
    methodical: Mapping[str, str],
) -> tuple[Oddity, ...]:
    """Find methodical competencies that no event of a half-year addresses.

    `addressed` holds competencies by the code of an event, `methodical` titles by code; none
    registered, none missed.
    """
    found = []
    for half in (f"{year}-1", f"{year}-2"):
        held = (run for run in runs if (run.window or run.half) == half)
        met = frozenset[str]().union(*(addressed.get(run.code, frozenset()) for run in held))
        missed = sorted(methodical.keys() - met)
        if missed:
            titles = ", ".join(f"«{methodical[code]}»" for code in missed)
            when = f"{HALVES[half[-1]]} {year} года"
            text = f"{when}: нет мероприятий по методическим компетенциям {titles}."
            found.append(Oddity("code_coverage", "incomplete", (half,), text, {"codes": missed}))
    return tuple(found)


def tutor_load(
    headcounts: Sequence[Headcount], runs: Sequence[Run], tutors: Mapping[str, int]
) -> tuple[Oddity, ...]:
    """Say how many teachers one tutor of routes would have, in every reading.

    Who the tutors are is not settled (the managerial active or a part of it, by code in `tutors`),
    nor which teachers get a route: those of all subjects, or of the subjects that have courses.
    """
    taught = {run.subject for run in runs if run.kind == "kpk"}
    teachers = {
        "all_subjects": sum(count.headcount for count in headcounts),
        "subjects_with_courses": sum(c.headcount for c in headcounts if c.subject in taught),
    }
    known = {code: number for code, number in tutors.items() if number}
    if not known or not teachers["all_subjects"]:
        return ()
    loads = {
        reading: {code: _one_digit(number, of) for code, of in sorted(known.items())}
        for reading, number in teachers.items()
    }
    fewest, most = min(teachers.values()), max(teachers.values())
    least = _one_digit(fewest, max(known.values())).replace(".", ",")
    greatest = _one_digit(most, min(known.values())).replace(".", ",")
    text = (
        f"Учителей на одного тьютора ИОМ: от {least} до {greatest}; ответ зависит от того, "
        "кто тьюторы и для каких предметов строятся маршруты."
    )
    declared: Answer = {"teachers": teachers, "tutors": known}
    return (Oddity("tutor_load", "hazard", ("tutors",), text, declared, loads),)


def _one_digit(teachers: int, tutors: int) -> str:
    return decimal_text(round_to(Fraction(teachers, tutors), 1, RoundingMode.HALF_UP), 1)
