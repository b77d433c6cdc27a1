"""Stability of a revision's places: asked once, calculated by the worker, stored by its inputs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.ratings.domain.jackknife import LeftOut, leave_one_out
from services.ratings.domain.methodology import Methodology
from services.ratings.domain.peers_guard import GuardedPlace
from services.ratings.domain.question_document import Question, read_question
from services.ratings.domain.sobol import Index
from services.ratings.domain.stability import (
    FactorShare,
    Stability,
    UnitStability,
    check_size,
    stability,
)
from services.ratings.errors import StabilityInvalid, TerritoryNotRated
from services.ratings.store import analyses, revisions
from services.ratings.store.revisions import Revision
from services.ratings.usecases.inputs import Inputs, canonical
from services.ratings.usecases.replay import (
    Calculation,
    calculation_of,
    computed_by,
    load_inputs,
)
from services.ratings.usecases.serializers import View, place_views
from shared.figures.decimals import published
from shared.jobs import enqueue
from shared.publication.errors import RevisionUnknown

ANALYSE = "analyse_stability"
MOST_PLACES = 500_000
ANSWER_VERSION = 2
"""Raised when the answer to a question changes, so that an older stored one is not given."""


def question_of(body: object) -> Question:
    """Return a complete question; Invalid with every fault of the body."""
    question, faults = read_question(body)
    if faults:
        raise StabilityInvalid(errors=faults)
    return question


def question_hash(question: Question) -> str:
    """Return what identifies a question, whatever the order of its members."""
    return sha256(canonical([ANSWER_VERSION, question.document])).hexdigest()


async def kept(session: AsyncSession, revision: Revision, question: Question) -> View | None:
    """Return the answer if the same inputs have been asked the same question before."""
    return await analyses.find(session, revision.input_hash, question_hash(question))


async def order(
    session: AsyncSession, revision: Revision, question: Question, caller: str | None
) -> UUID:
    """Queue the analysis, or return the job that is at it already.

    Conflict for a revision without a calculation; Invalid where the rating has too many units for
    so many draws.
    """
    computed_by(revision)
    check_size(max(question.draws, 5 * question.samples), max(revision.layout["of"], default=0))
    scope = f"{revision.input_hash}:{question_hash(question)}"
    under_way = await analyses.under_way(session, ANALYSE, scope)
    if under_way is not None:
        return under_way
    args = {
        "programme": revision.programme,
        "period": revision.period,
        "number": revision.number,
        "question": question.document,
    }
    return await enqueue(session, ANALYSE, scope, args, caller=caller)


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A queued question with what it is computed from; `answer` where it was computed before."""

    question: Question
    revision: Revision
    methodology: Methodology
    inputs: Inputs
    answer: View | None


async def load_question(session: AsyncSession, args: Mapping[str, Any]) -> AskedQuestion:
    """Load a queued question's inputs; NotFound when its revision is gone."""
    question = question_of(args["question"])
    revision = await revisions.numbered(session, args["programme"], args["period"], args["number"])
    if revision is None:
        raise RevisionUnknown(f"Редакции {args['number']} больше нет.")
    answer = await kept(session, revision, question)
    methodology, inputs = await load_inputs(session, revision)
    return AskedQuestion(question, revision, methodology, inputs, answer)


async def store_answer(session: AsyncSession, asked: AskedQuestion) -> Mapping[str, object]:
    """Store the answer by its inputs, unless it is stored already; return the job's result."""
    if asked.answer is None:
        raise ValueError("An answer is stored after it was computed.")
    digest = question_hash(asked.question)
    await analyses.add(session, asked.revision.input_hash, digest, asked.answer)
    return {"analysis": digest, "mean_shift": asked.answer["mean_shift"]}


def make_answer(
    revision: Revision, methodology: Methodology, inputs: Inputs, question: Question
) -> View:
    """Analyse a revision: all the work of a processor."""
    calculation = calculation_of(revision, methodology, inputs)
    result = calculation.result
    found = stability(
        result,
        question.choices,
        draws=question.draws,
        seed=question.seed,
        samples=question.samples,
    )
    return answer_view(calculation, question, found, leave_one_out(result))


def answer_view(
    calculation: Calculation, question: Question, found: Stability, left: tuple[LeftOut, ...]
) -> View:
    """Return the whole answer, units in the order of the calculation.

    Places are given of units whose own place may be published; without an indicator, only where
    the answer stays of a sensible size.
    """
    units = calculation.result.observed.units
    told = len(units) * len(left) <= MOST_PLACES
    places = [calculation.place(row) for row in range(len(units))]
    return {
        "question": question.document,
        "mean_shift": _number(found.mean_shift),
        "units": [_unit(unit, place) for unit, place in zip(found.units, places, strict=True)],
        "factors": [_factor(units, factor) for factor in found.factors],
        "leave_one_out": [_left_out(units, one, places if told else None) for one in left],
    }


def territory_view(answer: View, territory: str) -> View:
    """Return what an answer says of one territory; NotFound if it is no unit of the rating."""
    whole: Any = answer
    unit = next((one for one in whole["units"] if one["territory"] == territory), None)
    if unit is None:
        raise TerritoryNotRated(territory)
    return {
        "question": whole["question"],
        **unit,
        "factors": [
            {"factor": factor["factor"], **_own(factor["units"], territory)}
            for factor in whole["factors"]
        ],
        "leave_one_out": [
            {"indicator": one["indicator"], **_own(one["units"], territory)}
            for one in whole["leave_one_out"]
            if one["units"] is not None
        ],
    }


def _own(rows: Sequence[View], territory: str) -> View:
    """Return the row of a territory without its code."""
    found = next(row for row in rows if row["territory"] == territory)
    return {name: value for name, value in found.items() if name != "territory"}


def _unit(unit: UnitStability, guarded: GuardedPlace) -> View:
    """Return the spread of a unit's place; a lone unit, or one among too few, has none."""
    levels = unit.levels
    alone = guarded.place is None or guarded.place.of == 1
    return {
        "territory": unit.unit,
        "place": None if guarded.place is None else unit.nominal,
        "place_note": guarded.note,
        "among": place_views("", guarded)["among"],
        "median": None if alone else _number(unit.median),
        "low": None if alone else _number(unit.low),
        "high": None if alone else _number(unit.high),
        "ranked": _number(unit.ranked),
        "levels": None
        if levels is None
        else [{"level": code, "probability": _number(share)} for code, share in levels],
    }


def _factor(units: tuple[str, ...], factor: FactorShare) -> View:
    return {
        "factor": factor.factor,
        "mean_shift": _index(factor.mean_shift),
        "units": [
            {"territory": unit, **_index(index)}
            for unit, index in zip(units, factor.units, strict=True)
        ],
    }


def _index(index: Index) -> View:
    return {"first": _number(index.first), "total": _number(index.total)}


def _left_out(units: tuple[str, ...], one: LeftOut, places: Sequence[GuardedPlace] | None) -> View:
    if places is None:
        return {"indicator": one.indicator, "mean_shift": _number(one.mean_shift), "units": None}
    shown = [guarded.place is not None for guarded in places]
    return {
        "indicator": one.indicator,
        "mean_shift": _number(one.mean_shift),
        "units": [
            {
                "territory": unit,
                "place": place if known else None,
                "shift": shift if known else None,
            }
            for unit, place, shift, known in zip(units, one.places, one.shifts, shown, strict=True)
        ],
    }


def _number(value: float | None) -> float | None:
    return None if value is None else published(value)
