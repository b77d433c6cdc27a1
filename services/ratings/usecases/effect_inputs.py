"""What an effect is found from: a frozen plan, exposures, and published values of its outcomes."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any, cast

import numpy as np
from sqlalchemy.ext.asyncio import AsyncSession

from services.ratings.domain.effect_question import (
    Design,
    ExposedUnit,
    OutcomePeriod,
    Prepared,
    prepare,
    year_of,
)
from services.ratings.parsers.periods import period_number
from services.ratings.store import (
    effects,
    methodologies,
    programmes,
    results,
    revisions,
    slices,
    territories,
)
from services.ratings.store.effects import PlanRow
from services.ratings.store.observations import Column, read_observed
from services.ratings.store.revisions import Revision
from services.ratings.usecases.profiles import comparable_rules
from shared.db import driver_connection
from shared.effects.panel import Threshold

ENGINE = 1
KINDS = {"municipality": "municipality", "school": "organisation"}
SCHOOL_YEAR_MONTH = 9
ROLES = ("primary", "secondary", "placebo_outcomes")

Outcome = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AskedOutcome:
    """One outcome of a plan with its question; `role` main is the one the verdict is about."""

    role: str
    outcome: Outcome
    title: str
    unit: str
    prepared: Prepared


@dataclass(frozen=True, slots=True)
class EffectInputs:
    """Everything an effect follows from; equal hashes give equal effects."""

    plan: PlanRow
    exposures: Mapping[str, Any]
    outcomes: Sequence[AskedOutcome]
    limits: tuple[str, ...]
    source_time: datetime
    pre_registered: bool
    hash: str

    @property
    def main(self) -> AskedOutcome:
        """Return the outcome the verdict is about."""
        return self.outcomes[0]


async def load_inputs(session: AsyncSession, measure: str) -> EffectInputs | None:
    """Load what the effect of a measure is found from; None without frozen plan or exposures."""
    plan = await effects.plan(session, measure)
    exposures = await effects.exposures(session, measure)
    if plan is None or plan.frozen_at is None or exposures is None:
        return None
    outcomes: list[AskedOutcome] = []
    limits: tuple[str, ...] = ()
    for role, outcome in outcomes_of(plan.document):
        design, limits = await _design(session, plan.document, exposures, outcome)
        outcomes.append(await _ask(session, role, outcome, exposures, design))
    periods = [one for asked in outcomes for one in asked.prepared.periods]
    basis = [
        [ENGINE, plan.hash, exposures["revision"], limits],
        *(_fingerprint(asked.prepared) for asked in outcomes),
    ]
    return EffectInputs(
        plan,
        exposures,
        outcomes,
        limits,
        max([_instant(exposures["source_time"]), *(one.source_time for one in periods)]),
        pre_registered(plan.frozen_at, exposures),
        sha256(json.dumps(basis).encode()).hexdigest(),
    )


def _fingerprint(prepared: Prepared) -> list[object]:
    """Return what represents the values of an outcome and the choice of its units."""
    question = prepared.question
    threshold = question.assignment.threshold
    return [
        question.units,
        [one.period for one in prepared.periods],
        sha256(np.ascontiguousarray(question.values).tobytes()).hexdigest(),
        question.digits,
        None if threshold is None else sorted(threshold.values.items()),
        prepared.limits,
    ]


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def outcomes_of(plan: Mapping[str, Any]) -> list[tuple[str, Outcome]]:
    """Return the outcomes of a plan with their roles, the main one first."""
    others = [(role, outcome) for role in ROLES for outcome in plan[role]]
    return [("main", plan["outcome"]), *others]


def pre_registered(frozen_at: datetime, exposures: Mapping[str, Any] | None) -> bool:
    """Say whether a plan was frozen before the first day of the first exposed period."""
    starts = [
        first_day_of(item["first_exposed"])
        for item in ([] if exposures is None else exposures["items"])
        if item["first_exposed"] is not None
    ]
    return not starts or frozen_at.astimezone(UTC).date() < min(starts)


def first_day_of(period: str) -> date:
    """Return 1 January of a year, 1 September of a school year."""
    school = "-" in period
    return date(year_of(period), SCHOOL_YEAR_MONTH if school else 1, 1)


async def _ask(
    session: AsyncSession,
    role: str,
    outcome: Outcome,
    exposures: Mapping[str, Any],
    design: Design,
) -> AskedOutcome:
    kind = KINDS[exposures["unit_level"]]
    codes = await territories.codes_of_kind(session, kind)
    node = outcome["node"]
    title, unit = await _names(session, outcome)
    periods = (
        await _observed(session, outcome, codes)
        if node is None
        else await _calculated(session, outcome, frozenset(codes.values()))
    )
    exposed = [exposed_unit(item) for item in exposures["items"]]
    prepared = prepare(periods, exposed, design, calculated=node is not None)
    return AskedOutcome(role, outcome, title, unit, prepared)


def exposed_unit(item: Mapping[str, Any]) -> ExposedUnit:
    """Return a published exposure; a unit without any period took part in no draw."""
    return ExposedUnit(
        item["unit"],
        item["first_exposed"],
        item["stratum"],
        neighbour=item["neighbour"],
        drawn=bool(item["periods"]),
    )


async def _names(session: AsyncSession, outcome: Outcome) -> tuple[str, str]:
    """Return title and unit of measurement; a node has its code and no unit."""
    for passport in await programmes.passports(session, outcome["programme"]):
        if passport.code == outcome["indicator"]:
            return passport.title, passport.unit
    return outcome["indicator"] or outcome["node"], ""


async def _public(session: AsyncSession, programme: str) -> list[Revision]:
    return [r for r in await revisions.all_public(session, programme) if r.status != "tombstone"]


async def _known_at(session: AsyncSession, revision: Revision) -> datetime:
    """Return as of which knowledge the values of a period are public.

    Values of units that no rating ranks come with no revision: the latest knowledge counts, unless
    a person publishes the period, whose last act then counts.
    """
    methodology = await methodologies.for_period(session, revision.programme, revision.period)
    row = await slices.find(session, revision.programme, revision.period)
    manual = methodology is not None and methodology.document.get("publication") == "manual"
    return revision.data_known_at if manual or row is None else row.known_at


async def _observed(
    session: AsyncSession, outcome: Outcome, codes: Mapping[int, str]
) -> list[OutcomePeriod]:
    """Return the public values of an indicator; a period nobody published is not among them."""
    indicators = await programmes.indicator_ids(session, outcome["programme"])
    listed = {row.code: row.id for row in await programmes.listed(session)}
    number = indicators.get(outcome["indicator"])
    found = []
    for revision in await _public(session, outcome["programme"]):
        known_at = await _known_at(session, revision)
        columns = await read_observed(
            await driver_connection(session),
            listed[revision.programme],
            period_number(revision.period),
            known_at,
        )
        column = None if number is None else columns.get(number)
        if column is not None:
            found.append(_period(revision, known_at, column, codes))
    return found


def _period(
    revision: Revision, known_at: datetime, column: Column, codes: Mapping[int, str]
) -> OutcomePeriod:
    rows = [
        (codes[unit], float(value), int(digits))
        for unit, value, digits in zip(
            column.territory.tolist(), column.values.tolist(), column.digits.tolist(), strict=True
        )
        if unit in codes and not np.isnan(value)
    ]
    values = {unit: value for unit, value, _ in rows}
    digits = min((one for _, _, one in rows), default=None)
    return OutcomePeriod(revision.period, revision.number, values, digits, None, known_at)


async def _calculated(
    session: AsyncSession, outcome: Outcome, codes: frozenset[str]
) -> list[OutcomePeriod]:
    """Return the published scores of a node; a period whose tree lacks it is not among them."""
    rules = await comparable_rules(session)
    found = []
    for revision in await _public(session, outcome["programme"]):
        nodes = [node["code"] for node in revision.layout["nodes"]]
        if outcome["node"] not in nodes or revision.methodology_id is None:
            continue
        column = nodes.index(outcome["node"])
        units = await results.read_units(await driver_connection(session), revision.id)
        values = {
            unit["code"]: float(unit["score"][column])
            for unit in units
            if unit["code"] in codes and not np.isnan(unit["score"][column])
        }
        same = rules[revision.methodology_id]
        found.append(
            OutcomePeriod(
                revision.period, revision.number, values, None, same, revision.source_time
            )
        )
    return found


async def _design(
    session: AsyncSession, plan: Mapping[str, Any], exposures: Mapping[str, Any], outcome: Outcome
) -> tuple[Design, tuple[str, ...]]:
    """Return the design the measure registered, as far as the plan does not weaken it.

    A plan cannot make a lottery or a cut of a measure that registered neither
    (`ASSIGNMENT_NOT_REGISTERED`), nor hide a choice by the outcome.
    """
    registered, planned = exposures["assignment"], plan["assignment"]
    rule = registered["rule"] if planned is None else planned["rule"]
    limits: tuple[str, ...] = ()
    if rule in ("random", "threshold") and rule != registered["rule"]:
        rule, limits = "chosen", ("ASSIGNMENT_NOT_REGISTERED",)
    code = outcome["indicator"] or outcome["node"]
    by_outcome = registered["selected_on"] == f"{outcome['programme']} {code}"
    period = registered["selected_period"] if by_outcome else None
    year = None if period is None else year_of(period)
    if planned is not None and planned["selected_on_outcome"]:
        by_outcome, year = True, year if year is not None else planned["selected_period"]
    threshold = None
    if rule == "threshold" and registered["threshold"] is not None:
        threshold = await _threshold(session, registered["threshold"], exposures)
    design = Design(
        rule,
        by_outcome,
        year,
        threshold,
        plan["comparison"],
        plan["estimator"],
        plan["draws"],
        plan["seed"],
        outcome["lag"],
    )
    return design, limits


async def _threshold(
    session: AsyncSession, rule: Mapping[str, Any], exposures: Mapping[str, Any]
) -> Threshold:
    """Return the rule with the published values of its indicator in its period."""
    programme, _, indicator = rule["indicator"].partition(" ")
    codes = await territories.codes_of_kind(session, KINDS[exposures["unit_level"]])
    asked = {"programme": programme, "indicator": indicator, "node": None}
    periods = await _observed(session, asked, codes)
    values = next((one.values for one in periods if one.period == rule["period"]), {})
    cut = float(str(rule["cut"]).replace(",", "."))
    return Threshold(values, cut, cast("Any", rule["treated"]))
