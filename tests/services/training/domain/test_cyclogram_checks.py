import pytest

from services.training.domain.calendar import Run, Span
from services.training.domain.coverage import Headcount, cover
from services.training.domain.cyclogram_checks import (
    FixedDate,
    examine,
    methodical_gaps,
    tutor_load,
)


def run(
    code: str,
    first: str | None,
    last: str = "",
    *,
    window: str | None = None,
    tiers: tuple[str, ...] = ("profile",),
    subject: str | None = "physics",
) -> Run:
    span = None if first is None else Span.parse(first, last or first)
    return Run(code, code, "kpk", subject, tiers, span, (), 25, window)


def found(*runs: Run, fixed: tuple[FixedDate, ...] = ()) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(o.rule, o.severity, o.codes) for o in examine(runs, (), fixed, {})]


@pytest.mark.parametrize(
    ("first", "last", "outside"),
    [
        ("2022-11", "2022-12", True),
        ("2023-01", "2023-02", False),
        ("2022-12", "2023-01", False),
        ("2023-05-20", "2023-05-31", False),
        ("2023-05-20", "2023-06-01", True),
        ("2023-06", "2023-06", True),
    ],
)
def test_a_run_lies_in_its_window(first: str, last: str, outside: bool) -> None:
    expected = [("date_in_window", "contradiction", ("a",))] if outside else []
    assert found(run("a", first, last, window="2023-1")) == expected


def test_one_audience_is_not_booked_twice() -> None:
    one, other = run("a", "2023-03-01", "2023-03-10"), run("b", "2023-03-10", "2023-03-12")
    assert found(one, other) == [("double_booking", "implausible", ("a", "b"))]
    assert found(one, run("b", "2023-03")) == [("double_booking", "hazard", ("a", "b"))]
    assert found(one, run("b", "2023-03-11")) == []
    assert found(one, run("b", "2023-03-05", tiers=("subject",))) == []
    assert found(one, run("b", "2023-03-05", subject="chemistry")) == []
    assert found(run("a", None), run("b", None)) == []


def test_an_exam_of_the_subject_collides_and_a_foreign_one_does_not() -> None:
    day = Span.parse("2023-05-26", "2023-05-26")
    exam = FixedDate("ege", "ЕГЭ", "ege", "physics", day)
    course = run("a", "2023-05-26")
    assert found(course, fixed=(exam,)) == [("collision", "implausible", ("a", "ege"))]
    assert found(run("a", "2023-05"), fixed=(exam,)) == [("collision", "hazard", ("a", "ege"))]
    assert found(run("a", "2023-05-26", subject="chemistry"), fixed=(exam,)) == []
    everyone = FixedDate("all", "ЕГЭ", "ege", None, day)
    assert found(course, fixed=(everyone,)) == [("collision", "implausible", ("a", "all"))]


def test_seats_are_set_against_the_need() -> None:
    rows = cover([Headcount("physics", "Физика", 218)], [run("a", "2023-01")], {})
    answers = {o.codes[1]: o.severity for o in examine((), rows, (), {})}
    assert answers == {
        "profile": "consistent",
        "subject": "implausible",
        "olympiad": "implausible",
    }


def test_seats_that_suffice_only_per_run_depend_on_the_reading() -> None:
    rows = cover([Headcount("physics", "Физика", 218)], [], {})
    other = {("physics", "profile"): 22, ("physics", "subject"): 184}
    answers = {o.codes[1]: o.severity for o in examine((), rows, (), other)}
    assert answers == {"profile": "hazard", "subject": "implausible", "olympiad": "implausible"}


def test_every_half_year_works_on_methodical_competencies() -> None:
    spring, autumn = run("a", "2023-03"), run("b", None, window="2023-2")
    titles = {"assess": "Оценивание", "plan": "Планирование"}
    addressed = {"a": frozenset({"assess", "plan", "geo"}), "b": frozenset({"plan"})}
    (gap,) = methodical_gaps("2023", [spring, autumn], addressed, titles)
    assert (gap.rule, gap.severity, gap.codes) == ("code_coverage", "incomplete", ("2023-2",))
    assert gap.declared == {"codes": ["assess"]}
    assert len(methodical_gaps("2023", [], {}, titles)) == 2
    assert methodical_gaps("2023", [], {}, {}) == ()


def test_the_load_of_a_tutor_depends_on_who_the_tutors_are() -> None:
    counts = [Headcount("physics", "Физика", 218), Headcount("russian", "Русский язык", 5687)]
    tutors = {"managerial": 480, "managerial.school": 410}
    (load,) = tutor_load(counts, [run("a", "2023-01")], tutors)
    assert (load.rule, load.severity) == ("tutor_load", "hazard")
    assert load.recomputed == {
        "all_subjects": {"managerial": "12.3", "managerial.school": "14.4"},
        "subjects_with_courses": {"managerial": "0.5", "managerial.school": "0.5"},
    }
    assert "от 0,5 до 14,4" in load.text
    assert tutor_load(counts, [], {}) == ()
    assert tutor_load([], [], tutors) == ()
