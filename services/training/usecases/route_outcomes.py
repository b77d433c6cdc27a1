"""Routes end with a measurement: the same competency, diagnosed after the last activity."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from uuid import UUID

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.domain.deficits import find_deficits
from services.training.domain.outcome_report import OutcomeRow, outcome_report
from services.training.domain.outcomes import Baseline, Measured, last_activity, measure
from services.training.domain.route_states import REDIAGNOSIS, Step
from services.training.store import diagnostic_results, outcomes, routes
from services.training.store.outcomes import Outcome
from shared.figures.decimals import RoundingMode, decimal_text, round_to
from shared.figures.rules.finding import Finding, Severity
from shared.ledger.findings import store_findings

RETURNED = "deficit_returned"
DIGITS = 1


@dataclass(frozen=True, slots=True)
class RouteResult:
    """What measured a route: its deficits before and after, and the route proposed next."""

    outcomes: Sequence[Outcome]
    next_route: UUID | None


async def measured(
    session: AsyncSession, route: RowMapping, steps: Sequence[Step], *, vouched: bool = False
) -> tuple[Measured, ...] | None:
    """Measure a route by the diagnostics known now; None while something is not measured.

    What was measured before the route was reopened does not measure it again. `vouched`: people
    ended the route, whatever steps are open.
    """
    baselines = [Baseline(**row) for row in route["task"].get("deficits", [])]
    over = last_activity(steps, vouched=vouched)
    if over is None or not baselines:
        return None
    earlier = await outcomes.of_route(session, route["id"])
    after = max([over, *(outcome.after_on for outcome in earlier)])
    diagnostics = await diagnostic_results.list_diagnostics(session)
    results = await diagnostic_results.results(session, route["owner"])
    spreads = await outcomes.spreads(session, [base.diagnostic for base in baselines])
    return measure(baselines, diagnostics, results, after, spreads)


def with_rediagnosis(steps: Sequence[Step], *, done: bool) -> tuple[Step, ...]:
    """Set the step of the new diagnosis; nothing else of a route can."""
    return tuple(replace(s, done=done) if s.code == REDIAGNOSIS else s for s in steps)


async def keep_outcome(
    session: AsyncSession, route_id: UUID, version: int, found: Sequence[Measured]
) -> None:
    """Keep what was measured with the version of the route that it ended."""
    await outcomes.add(session, [_outcome(route_id, version, one) for one in found])


def _outcome(route_id: UUID, version: int, one: Measured) -> Outcome:
    base = one.baseline
    return Outcome(
        route=route_id,
        version=version,
        competency=base.competency,
        before_diagnostic=base.diagnostic,
        before_score=base.score,
        before_level=base.level,
        before_on=date.fromisoformat(base.taken_on),
        required=base.required,
        after_diagnostic=one.diagnostic,
        after_score=decimal_text(one.score),
        after_level=one.level,
        after_on=one.taken_on,
        closed=one.closed,
        error=None if one.error is None else decimal_text(one.error),
        expected=None if one.expected is None else rounded(one.expected),
        chance=one.chance,
    )


def rounded(value: float) -> str:
    """Print a computed figure with one digit, half up."""
    return decimal_text(round_to(Fraction(value), DIGITS, RoundingMode.HALF_UP), DIGITS)


async def result_of(session: AsyncSession, route_id: UUID) -> RouteResult:
    """Return what was measured of a route and the route that follows it."""
    return RouteResult(
        await outcomes.of_route(session, route_id), await routes.follower(session, route_id)
    )


async def needs_next(session: AsyncSession, route_id: UUID) -> RowMapping | None:
    """Return a route without result that nothing follows yet, its owner without an open route."""
    route = await routes.find(session, route_id, lock=True)
    if route is None or route["state"] != "completed_without_result":
        return None
    if await routes.follower(session, route_id) is not None:
        return None
    return None if await routes.open_route_of(session, route["owner"]) is not None else route


async def report(session: AsyncSession) -> tuple[OutcomeRow, ...]:
    """Return the outcomes by course, mentor, tutor and direction."""
    return outcome_report(
        await outcomes.endings(session),
        await outcomes.addressed(session),
        await outcomes.mentors(session),
        await outcomes.directions(session),
    )


async def find_returned(session: AsyncSession, region: str) -> int:
    """Store a finding for every closed deficit that a later diagnosis shows again.

    The finding names the route and nobody: who may read the route learns whose it is.
    """
    diagnostics = await diagnostic_results.list_diagnostics(session)
    deficits = {
        (one.teacher, one.competency): one
        for one in find_deficits(diagnostics, await diagnostic_results.results(session))
    }
    findings = []
    for last in await outcomes.last_outcomes(session):
        deficit = deficits.get((last.owner, last.competency))
        if last.closed and deficit is not None and deficit.taken_on > last.after_on:
            findings.append(_returned(str(last.route), region))
    await store_findings(session, service="training", source="routes:returned", findings=findings)
    return len(findings)


def _returned(route: str, region: str) -> Finding:
    return Finding(
        rule=RETURNED,
        severity=Severity.HAZARD,
        text="После завершённого маршрута более поздняя диагностика снова показала дефицит: "
        "вопрос, помог ли маршрут, открыт.",
        subject={"territory": region, "route": route},
        claims=(),
        about=("route", route),
    )
