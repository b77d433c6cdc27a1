"""The cost of a preview, from the sizes of its body alone, before any work begins.

Counted in elementary comparisons: a teacher with a session, a deficit of a teacher with a mentor, a
deficit or window with an activity. A bound on each list alone is no bound on their product.
"""

from collections import Counter
from collections.abc import Collection, Sequence

from services.training.domain.eligibility import Session, Teacher
from services.training.domain.mentor_profiles import Mentee, Mentor
from services.training.domain.route import Task

ENROLMENT_BOUND = 500_000
MENTORING_BOUND = 500_000
ROUTE_BOUND = 100_000


def enrolment_cost(teachers: Sequence[Teacher], sessions: Sequence[Session]) -> int:
    """Count pairs of teacher and session of one subject, once more for every busy range."""
    offered = Counter(session.subject for session in sessions)
    return sum(
        (1 + len(teacher.busy)) * sum(offered[subject] for subject in teacher.subjects)
        for teacher in teachers
    )


def mentoring_cost(teachers: Sequence[Mentee], mentors: Collection[Mentor]) -> int:
    """Count pairs of teacher and mentor, once for every deficit of the teacher, at least once."""
    return len(mentors) * sum(max(1, len(teacher.deficits)) for teacher in teachers)


def route_cost(task: Task) -> int:
    """Count pairs of activities with each other, with deficits and with windows."""
    activities = len(task.activities)
    required = sum(len(activity.requires) for activity in task.activities.values())
    others = len(task.deficits) + len(task.windows or ()) + activities // 4
    return activities * others + required
