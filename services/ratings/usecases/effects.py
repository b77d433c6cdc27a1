"""Effects of measures: found from published values, stored as numbered immutable revisions."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.ratings.store import effects
from services.ratings.store.effects import EffectRow
from services.ratings.topics import EFFECTS_PUBLISHED
from services.ratings.usecases.effect_findings import store_effect_findings
from services.ratings.usecases.effect_inputs import AskedOutcome, EffectInputs
from services.ratings.usecases.effect_preview import to_view
from shared.db import lock
from shared.effects.analysis import Effect, analyse
from shared.effects.conclusion import conclude
from shared.effects.family import Family, holm
from shared.effects.unit_rows import unit_rows
from shared.outbox import emit

PREFIX = "/v1/ratings/effects/"
BROKEN = "Прежние периоды рассчитаны по другой методике: с ними не сравнивали."

View = dict[str, object]


def path_of(measure: str) -> str:
    """Return the public path of the effect of a measure."""
    return f"{PREFIX}{measure}"


async def is_known(session: AsyncSession, inputs: EffectInputs) -> bool:
    """Say whether the effect of these inputs is the latest one published."""
    last = await effects.find(session, inputs.plan.measure)
    return last is not None and last.input_hash == inputs.hash


def find_effect(inputs: EffectInputs) -> tuple[View, list[View]]:
    """Return content and unit rows of an effect; CPU-bound, runs in a child process."""
    families = _families(inputs)
    analysed = [_analysed(one, families.get(place)) for place, one in enumerate(inputs.outcomes)]
    found, main = analysed[0], inputs.main
    view = dict(to_view(found))
    limits = [*found.limits, *main.prepared.limits, *inputs.limits]
    content = {
        **view,
        "sentence": f"{found.sentence} {BROKEN}" if main.prepared.broken else found.sentence,
        "limits": list(dict.fromkeys(limits)),
        "measure": inputs.plan.measure,
        "title": inputs.exposures["title"],
        "outcome": outcome_view(main),
        "period": main.prepared.periods[-1].period if main.prepared.periods else None,
        "periods": [
            {
                "period": one.period,
                "revision": one.revision,
                "known_at": one.source_time.isoformat(),
            }
            for one in main.prepared.periods
        ],
        "unit_level": inputs.exposures["unit_level"],
        "exposures": {"revision": inputs.exposures["revision"]},
        "plan": _plan_view(inputs),
        "outcomes": [
            _outcome_row(asked, effect, families.get(place))
            for place, (asked, effect) in enumerate(zip(inputs.outcomes, analysed, strict=True))
        ],
    }
    return content, _rows(inputs)


async def save_effect(
    session: AsyncSession, inputs: EffectInputs, found: tuple[View, list[View]]
) -> int | None:
    """Store an effect as the next revision and announce it; None where it is the latest already."""
    measure = inputs.plan.measure
    await lock(session, f"effect:{measure}")
    last = await effects.find(session, measure)
    if last is not None and last.input_hash == inputs.hash:
        return None
    content, units = found
    revision = 1 if last is None else last.revision + 1
    row = EffectRow(
        measure, revision, inputs.hash, content, units, inputs.source_time, inputs.source_time
    )
    await effects.add(session, row)
    await store_effect_findings(session, row)
    body = {
        "measure": measure,
        "revision": revision,
        "verdict": content["verdict"],
        "documents": [path_of(measure)],
    }
    await emit(session, EFFECTS_PUBLISHED, measure, body)
    return revision


def outcome_view(asked: AskedOutcome) -> View:
    """Return an outcome with its title."""
    return {**asked.outcome, "title": asked.title}


def _analysed(asked: AskedOutcome, family: Family | None) -> Effect:
    return analyse(asked.prepared.question, unit=asked.unit, family=family)


def _families(inputs: EffectInputs) -> Mapping[int, Family]:
    """Return Holm's correction of each primary outcome, where there are several."""
    places = [place for place, one in enumerate(inputs.outcomes) if one.role in ("main", "primary")]
    if len(places) == 1:
        return {}
    found = [conclude(inputs.outcomes[place].prepared.question).found for place in places]
    adjusted = holm([None if one is None else one.inference.p for one in found])
    return {
        place: Family(len(places), p)
        for place, p in zip(places, adjusted, strict=True)
        if p is not None
    }


def _plan_view(inputs: EffectInputs) -> View:
    frozen = inputs.plan.frozen_at
    return {
        "hash": inputs.plan.hash,
        "frozen_at": None if frozen is None else frozen.isoformat(),
        "pre_registered": inputs.pre_registered,
    }


def _outcome_row(asked: AskedOutcome, effect: Effect, family: Family | None) -> View:
    p = None if effect.inference is None else effect.inference.p
    return {
        "role": asked.role,
        "outcome": outcome_view(asked),
        "estimate": effect.estimate,
        "p": p,
        "adjusted_p": p if family is None else family.adjusted_p,
        "verdict": effect.verdict,
    }


def _rows(inputs: EffectInputs) -> list[View]:
    """Return the units the main answer uses, then the exposed and drawn ones it does not."""
    doses = {item["unit"]: item for item in inputs.exposures["items"]}
    rows = [
        {
            "unit": row.unit,
            **_dose(doses.get(row.unit)),
            "before": row.before,
            "after": row.after,
            "change": row.change,
            "without_it": row.without_it,
        }
        for row in unit_rows(inputs.main.prepared.question)
    ]
    used = {row["unit"] for row in rows}
    nothing = dict.fromkeys(("before", "after", "change", "without_it"))
    left = [{"unit": unit, **_dose(doses[unit]), **nothing} for unit in sorted(doses.keys() - used)]
    return [*rows, *left]


def _dose(item: Mapping[str, Any] | None) -> View:
    if item is None:
        return {"first_exposed": None, "dose": None}
    names = ("trained", "need", "share", "hours", "suppressed")
    dose = {name: item[name] for name in names} if item["periods"] else None
    return {"first_exposed": item["first_exposed"], "dose": dose}


def with_titles(rows: Sequence[Mapping[str, Any]], titles: Mapping[str, str]) -> list[View]:
    """Return unit rows with the names of the register, null where it has none."""
    return [{"unit": row["unit"], "title": titles.get(row["unit"])} | dict(row) for row in rows]
