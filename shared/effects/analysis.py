"""The answer to a question about an effect, put together."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from shared.effects.conclusion import conclude
from shared.effects.design import Design, Setup
from shared.effects.estimation import Estimation, Estimator, estimate_panel
from shared.effects.family import Family, within_family
from shared.effects.inference import Bounds, Inference
from shared.effects.least_visible import least_visible
from shared.effects.leave_one_out import Overturning, leave_one_out
from shared.effects.panel import LeftOut, Panel, Question
from shared.effects.return_to_mean import Return
from shared.effects.robustness import Line, bootstrap_line, logit_line, neighbours_line
from shared.effects.studies import Attained, Lag, attained, event_study, published_estimate
from shared.effects.verdict import Verdict
from shared.effects.wording import Facts, sentence


@dataclass(frozen=True, slots=True)
class Placebo:
    """An estimate where no effect can be, and how unusual the real one is next to it."""

    kind: Literal["time", "space"]
    estimate: float
    p: float


@dataclass(frozen=True, slots=True)
class Effect:
    """Everything an answer carries; numbers are None where they are not defined."""

    design: Design
    estimator: Estimator | None
    estimate: float | None
    identified: Bounds | None
    groups: tuple[Attained, ...]
    event_study: tuple[Lag, ...]
    inference: Inference | None
    interval: Bounds | None
    placebo: tuple[Placebo, ...]
    return_to_mean: Return | None
    mde: float | None
    overturned_by: tuple[str, ...]
    robustness: tuple[Line, ...]
    verdict: Verdict
    sentence: str
    limits: tuple[str, ...]
    left_out: tuple[LeftOut, ...]


def analyse(question: Question, *, unit: str = "", family: Family | None = None) -> Effect:
    """Answer a question; `unit` is the unit of the outcome as the sentence prints it.

    `family` is what Holm's correction says of the outcome among the primary ones of its plan.
    """
    conclusion = within_family(conclude(question), family)
    setup, found = conclusion.setup, conclusion.found
    if found is not None:
        shown = published_estimate(setup.panel, found.estimator, found.estimate)
        found = replace(found, estimate=shown)
        conclusion = replace(conclusion, found=found)
    limits = list(conclusion.limits)
    mde, overturning = None, Overturning((), (), complete=True)
    robustness: tuple[Line, ...] = ()
    placebo: tuple[Placebo, ...] = ()
    if found is not None:
        mde = least_visible(setup.panel, found, seed=question.seed)
        robustness = _robustness(question, setup, found)
        placebo = _placebo(question, setup, found)
        overturning = leave_one_out(question, conclusion)
        limits += [] if overturning.complete else ["LEAVE_ONE_OUT_SKIPPED"]
        limits += ["HOLM"] if family is not None and family.overturns(found) else []
    facts = Facts(question, conclusion, mde, overturning, unit, family)
    return Effect(
        setup.design,
        setup.estimator,
        None if found is None else found.estimate,
        None if found is None else found.identified,
        () if found is None else attained(setup.panel, found.estimator),
        () if found is None else event_study(setup.panel, found.estimator),
        None if found is None else found.inference,
        None if found is None else found.interval(),
        placebo,
        conclusion.expected,
        mde,
        overturning.units,
        robustness,
        conclusion.verdict,
        sentence(facts),
        tuple(dict.fromkeys(limits)),
        setup.reduced.left_out,
    )


def _robustness(question: Question, setup: Setup, found: Estimation) -> tuple[Line, ...]:
    panel, draws, seed = setup.panel, question.draws, question.seed
    lines = [
        logit_line(panel, found, digits=question.digits, draws=draws, seed=seed),
        neighbours_line(question, panel, found),
        bootstrap_line(panel, found, draws=draws, seed=seed),
    ]
    if setup.design == "few_treated" and found.estimator != "synthetic_control":
        other = estimate_panel(
            panel, "synthetic_control", digits=question.digits, draws=draws, seed=seed
        )
        if other is not None:
            shown = published_estimate(panel, other.estimator, other.estimate)
            lines.append(Line("synthetic_control", shown, other.inference.p))
    return tuple(line for line in lines if line is not None)


def _placebo(question: Question, setup: Setup, found: Estimation) -> tuple[Placebo, ...]:
    placebo: list[Placebo] = []
    if found.placebo is not None:
        placebo.append(Placebo("time", found.placebo.estimate, found.placebo.p))
    if setup.design == "few_treated":
        placebo += _in_space(question, setup.panel, found)
    return tuple(placebo)


def _in_space(question: Question, panel: Panel, found: Estimation) -> list[Placebo]:
    """Let each unit of the pool be the exposed one in turn; the exposed ones are taken out.

    The estimate is the largest of theirs in size, p the share with at least the real one, which
    counts itself.
    """
    pool = panel.labels == 0
    if pool.sum() < 2:  # noqa: PLR2004 -- one unit has nobody to be compared with.
        return []
    labels = np.zeros(int(pool.sum()), dtype=np.int64)
    labels[0] = 1
    units = tuple(code for code, keep in zip(panel.units, pool, strict=True) if keep)
    others = replace(
        panel,
        units=units,
        values=panel.values[pool],
        labels=labels,
        first=(panel.first[0],),
        strata=np.zeros(len(labels), dtype=np.int64),
    )
    moved = estimate_panel(
        others, found.estimator, digits=None, draws=question.draws, seed=question.seed
    )
    if moved is None:
        return []
    sizes = np.abs(moved.statistics)
    share = (1 + int((sizes >= abs(found.estimate) - found.width).sum())) / (1 + len(sizes))
    return [Placebo("space", float(moved.statistics[sizes.argmax()]), share)]
