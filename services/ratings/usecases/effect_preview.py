"""Effects of measures calculated from a request, at once or as a job."""

import json
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import pairwise
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy.ext.asyncio import AsyncSession

from services.ratings.errors import EffectInvalid
from shared.cost import CostBound
from shared.effects.analysis import Effect, analyse
from shared.effects.inference import Bounds, Inference
from shared.effects.panel import AssignmentRule, Question, Threshold
from shared.effects.power import Plan, Power, plan_power
from shared.effects.wording import decimal
from shared.errors import FieldError
from shared.jobs import enqueue

AT_ONCE = 50_000_000
"""Units × periods × draws answered at once; above it a job works on the question."""
JOB_COST = CostBound("значений панели, умноженных на число перестановок", 5_000_000_000)
POWER_COST = CostBound("значений панели, умноженных на число единиц", 50_000_000)

RULE_CAVEATS = {
    "universal": "Если мера у всех, сравнить не с кем: возможно только описание.",
    "chosen": "Участников выбирают не жребием: видимый эффект описательный, сильнее слов "
    "«согласуется с эффектом» не будет.",
    "threshold": "Участников выбирают по порогу: сравнить можно только единицы у порога.",
}
ESTIMATE = "estimate_effect"
MOST_FAULTS = 100

View = Mapping[str, object]


async def order_preview(session: AsyncSession, body: Mapping[str, Any], caller: str) -> UUID:
    """Queue a question too large to be answered at once; only its caller reads the job."""
    scope = sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
    return await enqueue(session, ESTIMATE, scope, {"question": dict(body)}, caller=caller)


def effect_view(body: Mapping[str, Any]) -> View:
    """Answer a validated question; CPU-bound, runs in a child process."""
    return to_view(analyse(question_of(body)))


def power_view(body: Mapping[str, Any]) -> View:
    """Answer a validated question about power; CPU-bound, runs in a child process."""
    plan = plan_of(body)
    named = repr((plan.units, plan.treated, plan.after)).encode()
    seed = int.from_bytes(sha256(named).digest()[:4])
    found = plan_power(plan, seed=seed)
    left_out = len(body["panel"]["units"]) - len(plan.units)
    advice = [*_advice(plan, found), *_caveats(body["assignment"]["rule"], left_out)]
    return _power(found, advice)


def preview_cost(body: Mapping[str, Any]) -> int:
    """Return units × periods × draws."""
    panel = body["panel"]
    return len(panel["units"]) * len(panel["periods"]) * int(body["draws"])


def power_cost(body: Mapping[str, Any]) -> int:
    """Return units × periods × units."""
    panel = body["panel"]
    return len(panel["units"]) ** 2 * len(panel["periods"])


def check_question(body: Mapping[str, Any]) -> None:
    """Raise Invalid with every contradiction between the members of a question."""
    units = set(body["panel"]["units"])
    rule = body["assignment"]
    faults = [*_panel_faults(body["panel"])]
    faults += _unknown("/body/exposed", body["exposed"], units)
    faults += _strata_faults(rule["strata"], units)
    if rule["threshold"] is not None:
        faults += _unknown("/body/assignment/threshold/values", rule["threshold"]["values"], units)
    if rule["selected_on_outcome"] and rule["selected_period"] is None:
        faults.append(
            FieldError(
                "/body/assignment/selected_period",
                "REQUIRED",
                "При выборе по показателю нужен период, по которому выбирали.",
            )
        )
    _refuse(faults)


def check_plan(body: Mapping[str, Any]) -> None:
    """Raise Invalid with every contradiction between the members of a plan."""
    panel, treated = body["panel"], body["treated"]
    units = set(panel["units"])
    faults = [*_panel_faults(panel), *_strata_faults(body["assignment"]["strata"], units)]
    complete = {
        unit for unit, row in zip(panel["units"], panel["values"], strict=False) if None not in row
    }
    if isinstance(treated, list):
        faults += [
            FieldError(f"/body/treated/{place}", "UNIT_UNKNOWN", f"У единицы {unit} нет значений.")
            for place, unit in enumerate(treated)
            if unit not in complete
        ]
        if len(set(treated)) != len(treated):
            faults.append(FieldError("/body/treated", "DUPLICATE", "Единица названа дважды."))
    count = len(treated) if isinstance(treated, list) else treated
    if not 0 < count < len(complete):
        told = "Единиц с мерой должно быть больше нуля и меньше, чем единиц с полными значениями."
        faults.append(FieldError("/body/treated", "RANGE", told))
    _refuse(faults)


def question_of(body: Mapping[str, Any]) -> Question:
    """Return the question of a checked body."""
    panel, rule = body["panel"], body["assignment"]
    cut = rule["threshold"]
    threshold = None if cut is None else Threshold(cut["values"], cut["cut"], cut["treated"])
    return Question(
        tuple(panel["units"]),
        tuple(panel["periods"]),
        _values(panel),
        panel["digits"],
        body["exposed"],
        AssignmentRule(
            rule["rule"],
            rule["strata"],
            rule["selected_on_outcome"],
            rule["selected_period"],
            threshold,
        ),
        body["comparison"],
        body["estimator"],
        body["draws"],
        body["seed"],
    )


def plan_of(body: Mapping[str, Any]) -> Plan:
    """Return the plan of a checked body, with the units whose history is complete."""
    panel, treated = body["panel"], body["treated"]
    values = _values(panel)
    whole = ~np.isnan(values).any(axis=1)
    units = tuple(unit for unit, keep in zip(panel["units"], whole, strict=True) if keep)
    return Plan(
        units,
        values[whole],
        treated if isinstance(treated, int) else tuple(treated),
        body["after"],
        body["assignment"]["strata"],
        body["alpha"],
        body["power"],
    )


def to_view(effect: Effect) -> View:
    """Return the answer in its wire format."""
    expected = effect.return_to_mean
    return {
        "design": effect.design,
        "estimator": effect.estimator,
        "estimate": effect.estimate,
        "identified": _bounds(effect.identified or Bounds(None, None)),
        "groups": [
            {"group": one.group, "period": one.period, "att": one.att} for one in effect.groups
        ],
        "event_study": [{"lag": one.lag, "att": one.att} for one in effect.event_study],
        "inference": _inference(effect.inference, effect.interval),
        "placebo": [
            {"kind": one.kind, "estimate": one.estimate, "p": one.p} for one in effect.placebo
        ],
        "return_to_mean": None
        if expected is None
        else {"expected": expected.expected, "low": expected.low, "high": expected.high},
        "mde": effect.mde,
        "overturned_by": list(effect.overturned_by),
        "robustness": [
            {"kind": one.kind, "estimate": one.estimate, "p": one.p} for one in effect.robustness
        ],
        "verdict": effect.verdict,
        "sentence": effect.sentence,
        "limits": list(effect.limits),
        "left_out": [{"unit": one.unit, "why": one.why} for one in effect.left_out],
    }


def _inference(found: Inference | None, interval: Bounds | None) -> View:
    if found is None:
        return {"p": None, "exact": False, "assignments": 0, "least_p": None, "set": None}
    return {
        "p": found.p,
        "exact": found.exact,
        "assignments": found.assignments,
        "least_p": found.least_p,
        "set": None if interval is None else _bounds(interval),
    }


def _bounds(bounds: Bounds) -> View:
    return {"low": bounds.low, "high": bounds.high}


def _power(found: Power, advice: Sequence[str]) -> View:
    proposal = found.proposal
    strata = proposal.strata
    return {
        "sd": found.sd,
        "rho": found.rho,
        "mde": found.mde,
        "least_p": found.least_p,
        "advice": list(advice),
        "proposal": {
            "seed": proposal.seed,
            "strata": None if strata is None else dict(strata),
            "treated": list(proposal.treated),
        },
    }


def _advice(plan: Plan, found: Power) -> Iterator[str]:
    """Say what the plan shows and what other numbers of units would show."""
    if not found.sd:
        yield "По прежним значениям разброс не оценить: нужны хотя бы два периода с разными."
        return
    if found.mde is None:
        strata = "" if plan.strata is None else " и в таких стратах"
        yield (
            f"С таким числом единиц{strata} не увидеть ничего: наименьшее возможное p = "
            f"{decimal(found.least_p)} при пороге {decimal(plan.alpha)}."
        )
    else:
        yield f"Эффект меньше {decimal(found.mde)} этот замысел, скорее всего, не покажет."
    for count, mde in found.advice:
        seen = "не виден никакой эффект" if mde is None else f"виден эффект от {decimal(mde)}"
        yield f"Если мера у {count} из {len(plan.units)} единиц, {seen}."
    if plan.strata is None:
        yield "Жребий внутри страт из похожих единиц уменьшает случайное различие."


def _caveats(rule: str, left_out: int) -> Iterator[str]:
    """Say what no number of units changes: the rule of choice and units without a history."""
    if rule in RULE_CAVEATS:
        yield RULE_CAVEATS[rule]
    if left_out:
        yield f"Единиц без полного ряда прежних значений: {left_out}, они не учтены."


def _values(panel: Mapping[str, Any]) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.array(
        [[np.nan if value is None else value for value in row] for row in panel["values"]],
        dtype=float,
    )


def _panel_faults(panel: Mapping[str, Any]) -> Iterator[FieldError]:
    units, periods, values = panel["units"], panel["periods"], panel["values"]
    if len(set(units)) != len(units):
        yield FieldError("/body/panel/units", "DUPLICATE", "Код единицы повторяется.")
    if any(left >= right for left, right in pairwise(periods)):
        yield FieldError("/body/panel/periods", "ORDER", "Периоды должны возрастать.")
    if len(values) != len(units):
        told = f"Строк {len(values)}, а единиц {len(units)}."
        yield FieldError("/body/panel/values", "SHAPE", told)
    for row, cells in enumerate(values):
        if len(cells) != len(periods):
            told = f"Значений {len(cells)}, а периодов {len(periods)}."
            yield FieldError(f"/body/panel/values/{row}", "SHAPE", told)


def _strata_faults(strata: Mapping[str, str] | None, units: set[str]) -> Iterator[FieldError]:
    if strata is None:
        return
    yield from _unknown("/body/assignment/strata", strata, units)
    missing = sorted(units - set(strata))
    if missing:
        told = f"Страта не указана для {len(missing)} единиц, первая: {missing[0]}."
        yield FieldError("/body/assignment/strata", "INCOMPLETE", told)


def _unknown(pointer: str, named: Mapping[str, object], units: set[str]) -> list[FieldError]:
    return [
        FieldError(f"{pointer}/{unit}", "UNIT_UNKNOWN", f"Единицы {unit} в панели нет.")
        for unit in named
        if unit not in units
    ]


def _refuse(faults: Sequence[FieldError]) -> None:
    if faults:
        raise EffectInvalid(errors=faults[:MOST_FAULTS])
