"""The made-up region's teachers: schools, diagnostics, deficits, routes, mentors, a solved plan."""

from random import Random

from services.cli.example.poster import EXISTS, Poster, Row
from services.cli.example.ratings import codes

YEAR = "2098"
COMPETENCIES = {
    "example-geometry": ("Геометрия (учебная)", "mathematics"),
    "example-optics": ("Оптика (учебная)", "physics"),
}
LEVELS = {
    "bands": [
        {"code": "low", "from": "0", "to": "49"},
        {"code": "base", "from": "50", "to": "100"},
    ],
    "domain": ["0", "100"],
    "step": "1",
}
TEACHERS, SCHOOLS_EACH, MENTORS = 72, 2, 6
TIERS = ("profile", "subject", "olympiad")


def subject_of(number: int) -> str:
    """Return the subject of a teacher: every third teaches physics."""
    return "physics" if number % 3 == 0 else "mathematics"


def reference(number: int) -> str:
    """Return the opaque reference of a teacher who does not exist."""
    return f"example-t-{number:03}"


def schools(random: Random) -> list[Row]:
    """Return two schools of each municipality, some of them with low results."""
    return [
        {
            "code": f"example-s-{place}-{number}",
            "title": f"Учебная школа № {number}",
            "oktmo": place,
            "kind": "school",
            "low_share": f"{random.uniform(5, 45):.1f}".replace(".", ","),
        }
        for place in codes("municipality")
        for number in range(1, SCHOOLS_EACH + 1)
    ]


def teachers(random: Random) -> list[Row]:
    """Return teachers spread over the municipalities in turn."""
    places = codes("municipality")
    return [
        {
            "ref": reference(number),
            "municipality": (place := places[number % len(places)]),
            "school": f"example-s-{place}-{1 + number % SCHOOLS_EACH}",
            "subjects": [subject_of(number)],
            "tier": TIERS[number % 3],
            "experience": random.randint(1, 35),
            "young_specialist": number % 9 == 0,
            "shnor_school": number % 7 == 0,
        }
        for number in range(TEACHERS)
    ]


def diagnostics() -> list[Row]:
    """Return one diagnostic of each competency."""
    return [
        {
            "code": f"{code}-d",
            "title": f"Диагностика: {title}",
            "competency": code,
            "level_set": LEVELS,
            "required": "base",
            "error": "4",
        }
        for code, (title, _) in COMPETENCIES.items()
    ]


def results(random: Random) -> list[Row]:
    """Return a first measurement of each teacher; about a third is below the required level."""
    found: list[Row] = []
    for number in range(TEACHERS):
        code = next(c for c, (_, s) in COMPETENCIES.items() if s == subject_of(number))
        score = min(98, max(12, round(random.gauss(57, 15))))
        day = f"2025-09-{1 + number % 28:02}"
        found.append(
            {
                "teacher": reference(number),
                "diagnostic": f"{code}-d",
                "taken_on": day,
                "score": str(score),
            }
        )
    return found


def programmes() -> list[Row]:
    """Return one programme of courses for each competency."""
    return [
        {
            "code": f"{code}-p",
            "title": f"Курсы: {title}",
            "hours": 36,
            "form": "очная",
            "competencies": [code],
            "subjects": [subject],
            "tiers": list(TIERS),
        }
        for code, (title, subject) in COMPETENCIES.items()
    ]


def events() -> list[Row]:
    """Return the cyclogram: two runs of courses of each subject, a congress and a camp."""
    place = codes("municipality")[0]
    rows: list[Row] = [
        {
            "code": f"{code}-{half}",
            "year": YEAR,
            "title": f"Курсы: {title}, поток {half}",
            "kind": "kpk",
            "programme": f"{code}-p",
            "subject": subject,
            "tiers": list(TIERS),
            "from": f"{YEAR}-{first}",
            "to": f"{YEAR}-{last}",
            "venues": ["Берёзовый"],
            "zone": place,
            "seats": 10,
            "state": "planned",
        }
        for code, (title, subject) in COMPETENCIES.items()
        for half, first, last in ((1, "03-02", "03-12"), (2, "10-06", "10-16"))
    ]
    for kind, title in (("congress", "Съезд учителей"), ("camp", "Тренировочные сборы")):
        event = {"code": f"example-{kind}", "year": YEAR, "title": title, "kind": kind}
        rows.append({**event, "window": f"{YEAR}-2", "state": "planned"})
    return rows


def headcounts() -> list[Row]:
    """Return how many teachers of each subject there are."""
    titles = {"mathematics": "Математика", "physics": "Физика"}
    count = {s: sum(subject_of(n) == s for n in range(TEACHERS)) for s in titles}
    return [
        {"year": YEAR, "subject": code, "title": title, "headcount": str(count[code])}
        for code, title in titles.items()
    ]


def active() -> list[Row]:
    """Return mentors of both competencies, and tutors, in different municipalities."""
    places = codes("municipality")
    competencies = list(COMPETENCIES)
    return [
        {
            "ref": f"example-m-{number}",
            "part": "methodical.subject" if number < MENTORS else "managerial.school",
            "municipality": places[number],
            "role": "mentor" if number < MENTORS else "tutor",
            "capabilities": [competencies[number % 2]],
            "directions": [f"{1 + number:02}"],
            "norm": 5,
            "remote": True,
            "consent": True,
        }
        for number in range(MENTORS + 2)
    ]


def assignments() -> list[Row]:
    """Return one assignment of each mentor, in every state and of several directions."""
    targets = (
        ("09", "teacher", reference(1)),
        ("08", "teacher", reference(2)),
        ("07", "event", "example-congress"),
        ("10", "event", "example-camp"),
        ("02", "session", "example-geometry-1"),
        ("12", "school", f"example-s-{codes('municipality')[0]}-1"),
    )
    states = ("planned", "running", "done", "cancelled")
    return [
        {
            "code": f"example-a-{number}",
            "direction": direction,
            "activist": f"example-m-{number}",
            "for": {"kind": kind, "ref": target},
            "hours": 8,
            "state": states[number % len(states)],
        }
        for number, (direction, kind, target) in enumerate(targets)
    ]


async def load_training(poster: Poster, random: Random) -> None:
    """Load the registers, build routes, confirm a mentor, solve a plan."""
    competencies: list[Row] = [
        {"code": code, "title": title, "kind": "subject", "subject": subject, "topics": [subject]}
        for code, (title, subject) in COMPETENCIES.items()
    ]
    for kind, rows in (
        ("competencies", competencies),
        ("programmes", programmes()),
        ("events", events()),
        ("headcounts", headcounts()),
        ("schools", schools(random)),
        ("teachers", teachers(random)),
        ("diagnostics", diagnostics()),
        ("results", measured := results(random)),
        ("activists", active()),
        ("assignments", assignments()),
    ):
        await poster.load("training", kind, rows)
    weak = [str(row["teacher"]) for row in measured if int(str(row["score"])) < 45]  # noqa: PLR2004 -- clearly below 50.
    await _routes(poster, weak)
    await _plan(poster)


async def _routes(poster: Poster, weak: list[str]) -> None:
    """Build routes of six teachers and leave them in different states; the tutor acts."""
    verbs = ((), ("submit",), ("submit", "start_review"), ("submit", "start_review", "approve"))
    tutor = f"example-m-{MENTORS}"
    for number, teacher in enumerate(weak[:6]):
        body = {"teacher": teacher, "tutor": tutor}
        made = await poster.call("POST", "/v1/training/routes", body, actor=tutor)
        if made.status == EXISTS:
            continue
        path, etag = f"/v1/training/routes/{made.json()['id']}", made.headers.get("etag")
        for verb in verbs[number % len(verbs)]:
            note = {"note": "Учебный пример"}
            moved = await poster.call("POST", f"{path}/{verb}", note, etag, tutor)
            etag = moved.headers.get("etag")


async def _plan(poster: Poster) -> None:
    made = await poster.call("POST", "/v1/training/plans", {"year": YEAR, "half": 1, "round": 1})
    if made.status != EXISTS:
        await poster.call("POST", f"/v1/training/plans/{made.json()['id']}/solve")
