"""Did a measure for teachers help: those placed by the plan against its waiting list.

Everybody the plan placed counts as offered, whether they came or not (intention to treat). Scores
are of the same competency on parallel forms: the last one before the sessions began and the first
one after the last of them ended.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from services.training.domain.deficits import Diagnostic, Result
from shared.effects.adjusted_wording import adjusted_sentence, adjusted_verdict
from shared.effects.ancova import LEAST_SESSIONS, Adjusted, Scores, adjust, least_adjusted
from shared.effects.inference import ALPHA

FEWEST = 10
"""Fewer teachers on a side are neither compared nor published."""
DRAWS, WAITS = 9_999, "SEATS_TAKEN"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A teacher of a plan: the session they were placed in, None for one who waits."""

    ref: str
    session: str | None
    stratum: str


@dataclass(frozen=True, slots=True)
class TeacherTrial:
    """A measure, the teachers of its plans, the days of its sessions and every result."""

    measure: str
    title: str
    competency: str
    drawn: bool
    selected: bool
    seed: int
    first: date | None
    last: date | None
    candidates: tuple[Candidate, ...]
    diagnostics: Mapping[str, Diagnostic]
    results: tuple[Result, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """A teacher with both scores."""

    candidate: Candidate
    before: Result
    after: Result


def teacher_effect(trial: TeacherTrial) -> dict[str, object]:
    """Return the content of the effect document; CPU-bound, runs in a child process."""
    pairs, left_out = _pairs(trial)
    reason = _why_not(trial, pairs)
    found, mde = None, None
    if reason is None:
        scores = _scores(trial, pairs)
        found = adjust(scores)
        reason = "NOT_COMPARABLE" if found is None else None
        mde = None if found is None else least_adjusted(scores, found)
    return _content(trial, pairs, left_out, reason, found, mde)


def _pairs(trial: TeacherTrial) -> tuple[Sequence[Pair], Mapping[str, int]]:
    """Return the teachers with parallel scores in strata that were drawn, and who left why."""
    own: dict[str, list[Result]] = {}
    for result in sorted(trial.results, key=lambda one: (one.taken_on, one.diagnostic)):
        if trial.diagnostics[result.diagnostic].competency == trial.competency:
            own.setdefault(result.teacher, []).append(result)
    left: Counter[str] = Counter()
    pairs: list[Pair] = []
    for candidate in trial.candidates:
        found = _pair(trial, candidate, own.get(candidate.ref, ()))
        if isinstance(found, Pair):
            pairs.append(found)
        else:
            left[found] += 1
    pairs = _drop(pairs, left, "OTHER_SCALE", _of_main_scale(trial, pairs))
    if trial.drawn:
        pairs = _drop(pairs, left, "NOT_DRAWN", _of_mixed_strata(pairs))
    return pairs, left


def _pair(trial: TeacherTrial, candidate: Candidate, results: Sequence[Result]) -> Pair | str:
    if trial.first is None or trial.last is None:
        return "NO_SESSION_DATES"
    before = [one for one in results if one.taken_on < trial.first]
    after = [one for one in results if one.taken_on > trial.last]
    if not before:
        return "NO_SCORE_BEFORE"
    return Pair(candidate, before[-1], after[0]) if after else "NO_SCORE_AFTER"


def _drop(
    pairs: Sequence[Pair], left: Counter[str], why: str, retained: frozenset[str]
) -> list[Pair]:
    """Take out the pairs of teachers who are not retained and count them."""
    left[why] += sum(pair.candidate.ref not in retained for pair in pairs)
    return [pair for pair in pairs if pair.candidate.ref in retained]


def _of_main_scale(trial: TeacherTrial, pairs: Sequence[Pair]) -> frozenset[str]:
    """Return the teachers whose two scores are on the scale most teachers have."""
    scales = {
        pair.candidate.ref: {
            repr(trial.diagnostics[one.diagnostic].levels) for one in (pair.before, pair.after)
        }
        for pair in pairs
    }
    counts = Counter(scale for found in scales.values() for scale in found)
    main = max(counts, key=lambda scale: (counts[scale], scale), default="")
    return frozenset(ref for ref, found in scales.items() if found == {main})


def _of_mixed_strata(pairs: Sequence[Pair]) -> frozenset[str]:
    """Return the teachers of strata in which some were placed and some wait: those were drawn."""
    placed = {p.candidate.stratum for p in pairs if p.candidate.session is not None}
    waiting = {p.candidate.stratum for p in pairs if p.candidate.session is None}
    mixed = placed & waiting
    return frozenset(p.candidate.ref for p in pairs if p.candidate.stratum in mixed)


def _why_not(trial: TeacherTrial, pairs: Sequence[Pair]) -> str | None:
    if not any(one.session is not None for one in trial.candidates):
        return "NOBODY_EXPOSED"
    if all(one.session is not None for one in trial.candidates):
        return "NO_COMPARISON_POOL"
    offered = sum(pair.candidate.session is not None for pair in pairs)
    return "FEW_PERSONS" if min(offered, len(pairs) - offered) < FEWEST else None


def _scores(trial: TeacherTrial, pairs: Sequence[Pair]) -> Scores:
    sessions = sorted({p.candidate.session for p in pairs if p.candidate.session is not None})
    strata = sorted({p.candidate.stratum for p in pairs}) if trial.drawn else []
    errors = {trial.diagnostics[p.before.diagnostic].error for p in pairs}
    known = [float(error) for error in errors if error is not None]
    usable = len(known) == len(errors) and not trial.selected
    number = {code: place for place, code in enumerate(sessions)}
    return Scores(
        np.array([float(p.before.score) for p in pairs]),
        np.array([float(p.after.score) for p in pairs]),
        np.array([p.candidate.session is not None for p in pairs]),
        np.array([-1 if (s := p.candidate.session) is None else number[s] for p in pairs]),
        np.array([strata.index(p.candidate.stratum) if strata else 0 for p in pairs]),
        max(known) if usable else None,
        DRAWS,
        trial.seed,
    )


def _content(
    trial: TeacherTrial,
    pairs: Sequence[Pair],
    left_out: Mapping[str, int],
    reason: str | None,
    found: Adjusted | None,
    mde: float | None,
) -> dict[str, object]:
    offered = sum(pair.candidate.session is not None for pair in pairs)
    sessions = len({p.candidate.session for p in pairs} - {None})
    counts = (offered, len(pairs) - offered, sessions)
    small = reason == "FEW_PERSONS"
    verdict = adjusted_verdict(found, drawn=trial.drawn)
    return {
        "title": trial.title,
        "competency": trial.competency,
        "design": "lottery" if trial.drawn else "difference",
        "estimator": None if found is None else "ancova",
        "estimate": None if found is None else found.estimate,
        "inference": _inference(found),
        "corrected": None if found is None else found.corrected,
        "mde": mde,
        "offered": None if small else counts[0],
        "waiting": None if small else counts[1],
        "sessions": None if small else counts[2],
        "verdict": verdict,
        "sentence": adjusted_sentence(found, verdict, counts, mde, reason),
        "limits": _limits(found, reason, sessions),
        "left_out": [
            {"why": why, "count": None if count < FEWEST else count}
            for why, count in sorted(left_out.items())
            if count
        ],
    }


def _inference(found: Adjusted | None) -> dict[str, object] | None:
    if found is None:
        return None
    interval = found.interval
    return {
        "p": found.inference.p,
        "session_p": found.session_p,
        "exact": found.inference.exact,
        "assignments": found.inference.assignments,
        "least_p": found.inference.least_p,
        "set": None if interval is None else {"low": interval.low, "high": interval.high},
    }


def _limits(found: Adjusted | None, reason: str | None, sessions: int) -> list[str]:
    if found is None:
        return [reason] if reason else []
    limits = ["LEAST_P"] if found.inference.least_p > ALPHA else []
    return [*limits, *(["FEW_SESSIONS"] if sessions < LEAST_SESSIONS else [])]
