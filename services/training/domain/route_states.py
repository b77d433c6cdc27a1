"""The life of a route: who may move it from where to where.

draft → waiting_for_review → in_review → active → completed, moved only by verbs. A route whose
deficits a later diagnostic still shows ends as completed_without_result.

Rights belong to people by their relation to the route: its `owner` (the teacher), its `tutor`, a
`manager` of the municipality. Nobody decides on one's own route, whatever else one is to it. The
rule set follows the section ИОМ of the specification; where it is silent the reviewer's verbs
belong to tutor and manager, and taking back what was approved to the manager alone.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Literal

State = Literal[
    "draft",
    "waiting_for_review",
    "in_review",
    "active",
    "completed",
    "completed_without_result",
]
Verb = Literal[
    "submit",
    "cancel",
    "start_review",
    "return",
    "approve",
    "unapprove",
    "complete",
    "reopen",
]
Relation = Literal["owner", "tutor", "manager"]


@dataclass(frozen=True, slots=True)
class Move:
    """One verb: the states it leaves and enters, and the relations that may use it."""

    source: State
    target: State
    relations: frozenset[Relation]


REVIEWERS: frozenset[Relation] = frozenset({"tutor", "manager"})
MOVES: Mapping[Verb, Move] = {
    "submit": Move("draft", "waiting_for_review", frozenset({"owner", "tutor"})),
    "cancel": Move("waiting_for_review", "draft", frozenset({"owner", "tutor"})),
    "start_review": Move("waiting_for_review", "in_review", REVIEWERS),
    "return": Move("in_review", "draft", REVIEWERS),
    "approve": Move("in_review", "active", REVIEWERS),
    "unapprove": Move("active", "draft", frozenset({"manager"})),
    "complete": Move("active", "completed", REVIEWERS),
    "reopen": Move("completed", "active", frozenset({"manager"})),
}

SUPPORT, REDIAGNOSIS = "post_course_support", "rediagnosis"
"""Codes of the steps that follow the activities of every route."""
ENDED: frozenset[State] = frozenset({"completed", "completed_without_result"})


class WrongRelation(Exception):  # noqa: N818 -- errors name the fact
    """The acting person's relation to the route does not give this right."""


class WrongState(Exception):  # noqa: N818 -- errors name the fact
    """The verb does not leave from the state the route is in."""


def entitled(verb: Verb, relations: Collection[Relation]) -> bool:
    """Tell whether such a person may ever use the verb.

    An owner never uses a reviewer's verb on the own route, whatever else the owner is to it.
    """
    rule = MOVES[verb].relations
    return bool(rule & set(relations)) and ("owner" in rule or "owner" not in relations)


def move(state: State, verb: Verb, relations: Collection[Relation]) -> State:
    """Return the state after the verb.

    Raises `WrongRelation` before `WrongState`: who may not do it at all learns nothing of the
    state.
    """
    rule = MOVES[verb]
    if not entitled(verb, relations):
        raise WrongRelation(verb)
    if not _leaves(rule, state):
        raise WrongState(verb)
    return rule.target


def verbs_of(state: State, relations: Collection[Relation]) -> tuple[Verb, ...]:
    """List what such a person can do now, in the order of the rule set."""
    return tuple(
        verb for verb, rule in MOVES.items() if _leaves(rule, state) and entitled(verb, relations)
    )


def _leaves(rule: Move, state: State) -> bool:
    """Tell whether a verb leaves from a state; what ended without result reopens as any other."""
    return state == rule.source or (state in ENDED and rule.source in ENDED)


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a route: done when somebody showed evidence; ratings by people and by machine.

    `done_on` is the day evidence states, ISO, where it states one.
    """

    code: str
    title: str = ""
    hours: int = 0
    first: str | None = None
    last: str | None = None
    done: bool = False
    rating: int | None = None
    rated_by: Literal["person", "machine"] | None = None
    done_on: str | None = None


def rate(step: Step, rating: int, rated_by: Literal["person", "machine"]) -> Step:
    """Rate a step; a machine's rating never replaces a person's."""
    if rated_by == "machine" and step.rated_by == "person":
        return step
    return replace(step, rating=rating, rated_by=rated_by)


def completes_itself(state: State, steps: Collection[Step]) -> bool:
    """Tell whether an active route has every step done; one without steps never ends itself."""
    return state == "active" and bool(steps) and all(step.done for step in steps)


@dataclass(frozen=True, slots=True)
class Difference:
    """What a rebuilt route would change: codes added and dropped, and whether the order moves."""

    added: tuple[str, ...]
    dropped: tuple[str, ...]
    reordered: bool

    def __bool__(self) -> bool:
        return bool(self.added or self.dropped or self.reordered)


def difference(old: Collection[str], new: Collection[str]) -> Difference:
    """Compare two sequences of steps; the order is compared on what both hold."""
    kept_old = [code for code in old if code in new]
    kept_new = [code for code in new if code in old]
    return Difference(
        added=tuple(code for code in new if code not in old),
        dropped=tuple(code for code in old if code not in new),
        reordered=kept_old != kept_new,
    )


def rebuild(steps: Collection[Step], proposed: Collection[Step]) -> tuple[Step, ...]:
    """Keep what is done where it is, then take the proposed steps that are not done yet."""
    done = [step for step in steps if step.done]
    codes = {step.code for step in done}
    return (*done, *(step for step in proposed if step.code not in codes))
