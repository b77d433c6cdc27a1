"""The life of a passing score: draft → approved → published → superseded, and what each step needs.

A published threshold is never edited. Whoever wants another number drafts it and publishes the
draft with a basis; the old one becomes superseded and both stay readable.
"""

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """The state of a threshold."""

    DRAFT = "draft"
    APPROVED = "approved"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"


class Stage(StrEnum):
    """Stages of the olympiad, lowest first."""

    SCHOOL = "school"
    MUNICIPAL = "municipal"
    REGIONAL = "regional"
    FINAL = "final"


class TiePolicy(StrEnum):
    """What was done with the tied group on the edge: rejected (H), admitted (L), not stated."""

    REJECT = "reject"
    ADMIT = "admit"
    NOT_STATED = "not_stated"


STEPS = {
    (Status.DRAFT, Status.APPROVED),
    (Status.APPROVED, Status.PUBLISHED),
    (Status.PUBLISHED, Status.SUPERSEDED),
}
STAGES = tuple(Stage)


@dataclass(frozen=True, slots=True)
class Key:
    """What a threshold is about: the stage it admits **to**, subject and grade of the task."""

    season: str
    stage: Stage
    subject: str
    grade: int


class StepForbidden(ValueError):  # noqa: N818 -- errors name the fact here.
    """The life cycle has no such step: the state of the threshold forbids it."""


class BasisMissing(ValueError):  # noqa: N818 -- errors name the fact here.
    """A step that changes what is public needs a document that allows it."""


def stage_before(stage: Stage) -> Stage:
    """Return the stage whose scores a threshold is read against; the first has none."""
    place = STAGES.index(stage)
    if place == 0:
        raise ValueError("no stage stands before the first")
    return STAGES[place - 1]


def check_step(current: Status, wanted: Status) -> None:
    """Raise `StepForbidden` unless the life cycle has the step."""
    if (current, wanted) not in STEPS:
        raise StepForbidden(f"{current} -> {wanted}")


def check_publication(status: Status, *, supersedes: bool, basis: str | None) -> None:
    """Let only an approved threshold out; replacing a published one also takes a basis."""
    check_step(status, Status.PUBLISHED)
    if supersedes and not basis:
        raise BasisMissing("superseding a published threshold needs a basis")


def previous_season(season: str) -> str:
    """Name the season before: «2022-2023» → «2021-2022»."""
    first, last = season.split("-")
    return f"{int(first) - 1:04d}-{int(last) - 1:04d}"


def next_season(season: str) -> str:
    """Name the season after: «2021-2022» → «2022-2023»."""
    first, last = season.split("-")
    return f"{int(first) + 1:04d}-{int(last) + 1:04d}"
