"""The active at work: rules of its directions, their numbers, overdue tasks of the roadmap."""

import csv
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from services.region import home_region
from services.training.domain.calendar import local_day
from services.training.domain.deficits import find_deficits
from services.training.domain.direction_rules import DirectionNumber, DirectionRule, number_of
from services.training.domain.roadmap import RoadmapTask
from services.training.domain.schools import standing
from services.training.store import active, diagnostic_results, measures
from services.training.store.measures import Term
from shared.clock import now
from shared.figures.rules.finding import Finding, Severity
from shared.imports.columns import Context
from shared.ledger.findings import store_findings

RULES = Path(__file__).parents[1] / "data" / "direction_rules.csv"
OVERDUE, MEASURE_OVERDUE = "task_overdue", "measure_overdue"
MEASURE_ENDED = frozenset({"done", "cancelled"})


@cache
def direction_rules() -> Mapping[str, DirectionRule]:
    """Return the rules of the twelve directions by code."""
    with RULES.open(encoding="utf-8", newline="") as file:
        return {
            row["direction"]: DirectionRule(
                row["direction"],
                tuple(row["targets"].split("|")),
                row["requires"],
                row["evidence"],
                row["number"],
                row["refusal"],
                row["detail"],
            )
            for row in csv.DictReader(file)
        }


async def known_targets(session: AsyncSession) -> Context:
    """Return the rules of the directions and what is known of whom they may be for."""
    diagnostics = await diagnostic_results.list_diagnostics(session)
    deficits = find_deficits(diagnostics, await diagnostic_results.results(session))
    shares = await active.school_shares(session)
    facts = await active.facts(session) | {
        "deficit": frozenset(deficit.teacher for deficit in deficits),
        "shnor": frozenset(code for code, share in shares.items() if standing(share).listed),
    }
    return {"direction_rules": direction_rules(), "facts": facts}


async def direction_numbers(session: AsyncSession) -> Sequence[DirectionNumber]:
    """Return the number of each direction, in order of the list."""
    assignments = await active.assignments(session)
    return [number_of(rule, assignments) for rule in direction_rules().values()]


def today() -> date:
    """Return the present day of the region."""
    return local_day(now(), home_region().zone)


async def find_overdue(session: AsyncSession, region: str) -> int:
    """Store a finding for every task and measure whose term is over; return how many.

    A measure that is a task of the roadmap is found as that task alone.
    """
    tasks = await active.tasks(session)
    findings = [_overdue(task, region) for task in tasks if task.overdue(today())]
    followed = {task.code for task in tasks}
    findings += [
        _measure_overdue(one, region)
        for one in await measures.terms(session)
        if one.code not in followed and one.term < today() and one.state not in MEASURE_ENDED
    ]
    await store_findings(session, service="training", source="roadmap", findings=findings)
    return len(findings)


def _overdue(task: RoadmapTask, region: str) -> Finding:
    term = "" if task.term is None else task.term.strftime("%d.%m.%Y")
    return Finding(
        rule=OVERDUE,
        severity=Severity.HAZARD,
        text=f"«{task.title}»: срок {term} прошёл, выполнение не подтверждено.",
        subject={"territory": region, "codes": [task.code]},
        claims=(),
        about=("roadmap", task.code),
    )


def _measure_overdue(measure: Term, region: str) -> Finding:
    return Finding(
        rule=MEASURE_OVERDUE,
        severity=Severity.HAZARD,
        text=f"Мера «{measure.title}»: срок {measure.term:%d.%m.%Y} прошёл, "
        "выполнение не подтверждено.",
        subject={"territory": region, "codes": [measure.code]},
        claims=(),
        about=("measure", measure.code),
    )
