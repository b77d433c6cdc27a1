"""A made-up season of olympiads: results, maxima, a quota and what follows from them."""

from random import Random

from services.cli.example.poster import Poster, Row
from services.cli.example.ratings import codes

SEASON = "2097-2098"
SUBJECTS = {"mathematics": 35, "physics": 50, "russian": 80}
GRADES = (9, 10, 11)
EACH, MAXIMUM_SHARE = 60, 0.75


def maxima() -> list[Row]:
    """Return the most points of each subject and grade."""
    return [
        {
            "season": SEASON,
            "stage": "municipal",
            "subject": subject,
            "grade": grade,
            "maximum": str(most),
        }
        for subject, most in SUBJECTS.items()
        for grade in GRADES
    ]


def results(random: Random) -> list[Row]:
    """Return the municipal stage: sixty pupils who do not exist in each subject and grade."""
    places = codes("municipality")
    rows: list[Row] = []
    for subject, most in SUBJECTS.items():
        for grade in GRADES:
            for number in range(EACH):
                share = min(1.0, max(0.0, random.gauss(0.45, 0.2)))
                place = places[random.randrange(len(places))]
                rows.append(
                    {
                        "season": SEASON,
                        "stage": "municipal",
                        "subject": subject,
                        "participant": f"example-{subject[:2]}-{grade}-{number:03}",
                        "study_grade": grade,
                        "task_grade": grade,
                        "municipality": place,
                        "school": f"example-s-{place}-{1 + number % 2}",
                        "score": str(round(share * most * 2) / 2),
                        "status": "participant",
                        "state": "final",
                        "consent": True,
                    }
                )
    return rows


def thresholds() -> list[Row]:
    """Return the passing scores a made-up order sets, at three quarters of the most."""
    return [
        {
            "season": SEASON,
            "stage": "regional",
            "subject": subject,
            "grade": grade,
            "score": str(round(most * MAXIMUM_SHARE) - (11 - grade)),
            "percent": None,
            "tie_policy": "admit",
            "basis_document": "example-order",
        }
        for subject, most in SUBJECTS.items()
        for grade in GRADES
    ]


async def load_olympiads(poster: Poster, random: Random) -> None:
    """Register the season, load its results and set one quota."""
    await poster.call("POST", "/v1/olympiads/seasons", {"code": SEASON})
    await poster.load("olympiads", "maxima", maxima())
    await poster.load("olympiads", "thresholds", thresholds())
    await poster.load("olympiads", "results", results(random))
    quota = {
        "subject": "physics",
        "grades": [9, 10],
        "stage": "regional",
        "places": 12,
        "basis": "Учебное распоряжение",
    }
    await poster.call("POST", f"/v1/olympiads/{SEASON}/quotas", quota)
