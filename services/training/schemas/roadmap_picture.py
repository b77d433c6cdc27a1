"""The roadmap as a Gantt chart: one line a task, its term as a mark, overdue ones in red."""

from collections.abc import Iterator, Sequence
from datetime import date
from html import escape

from services.training.domain.roadmap import RoadmapTask

LEFT, RIGHT, TOP, LANE, WIDTH = 380, 100, 60, 28, 1100
DONE, LATE, OPEN = "#2e7d32", "#c62828", "#1565c0"
LONGEST = 52


def roadmap_picture(tasks: Sequence[RoadmapTask], today: date) -> bytes:
    """Draw the tasks in order of term; those without a term come last, without a mark."""
    terms = [task.term for task in tasks if task.term is not None]
    first, last = min([today, *terms]), max([today, *terms])
    height = TOP + LANE * max(1, len(tasks)) + 20
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
            'aria-labelledby="title" font-family="system-ui, sans-serif" font-size="12">'
        ),
        '<title id="title">Дорожная карта</title>',
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        '<text x="16" y="30" font-size="18" font-weight="600">Дорожная карта</text>',
        f'<path d="M{_x(today, first, last)} {TOP - 12}V{height - 10}" stroke="#9e9e9e"/>',
        *_lines(tasks, today, first, last),
        "</svg>",
    ]
    return "".join(parts).encode()


def _x(day: date, first: date, last: date) -> int:
    days = max(1, (last - first).days)
    return LEFT + (day - first).days * (WIDTH - LEFT - RIGHT) // days


def _lines(tasks: Sequence[RoadmapTask], today: date, first: date, last: date) -> Iterator[str]:
    for number, task in enumerate(tasks):
        y = TOP + number * LANE + 14
        title = task.title if len(task.title) <= LONGEST else f"{task.title[: LONGEST - 1]}…"
        yield f'<text x="16" y="{y}">{escape(title)}</text>'
        if task.term is None:
            continue
        late = task.overdue(today)
        colour = LATE if late else DONE if task.state == "done" else OPEN
        x = _x(task.term, first, last)
        term = f"{task.term:%d.%m.%Y}"
        told = term + (", срок прошёл" if late else "")
        length = max(2, x - LEFT)
        yield f'<rect x="{LEFT}" y="{y - 9}" width="{length}" height="10" fill="{colour}">'
        yield f"<title>{escape(task.title)}: {told}</title></rect>"
        yield f'<text x="{x + 6}" y="{y}">{term}</text>'
