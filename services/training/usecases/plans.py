"""The life of a plan: proposed, solved as a job, overridden by people, published, outdated."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.errors import (
    PlanNotSolved,
    PlanPublished,
    PlanUnknown,
    RoundTooEarly,
    SessionExpected,
    TeacherUnknown,
)
from services.training.store import diagnostic_results, people, plans
from services.training.topics import PLAN_PUBLISHED
from services.training.usecases.signatures import Signer, sign
from services.training.usecases.teacher_effects import queue_teacher_effects
from services.training.usecases.territory_rights import require_own_teacher
from shared.db import lock
from shared.jobs import enqueue
from shared.outbox import emit
from shared.publication.errors import RevisionUnknown
from shared.row_access import is_bound

SOLVE = "solve_plan"
PLANNER = "service:planner"


def tag_of(plan: RowMapping) -> str:
    """Return the strong tag of a plan's version."""
    return f'"{plan["id"]}-{plan["version"]}"'


async def find_plan(session: AsyncSession, plan_id: UUID, *, lock: bool = False) -> RowMapping:
    """Return a plan or raise `PLAN_UNKNOWN`."""
    plan = await plans.find(session, plan_id, lock=lock)
    if plan is None:
        raise PlanUnknown
    return plan


async def propose_plan(
    session: AsyncSession,
    year: str,
    half: int,
    round_: int,
    signer: Signer,
    *,
    lottery_seed: int | None = None,
) -> RowMapping:
    """Add a draft; a later round needs the one before it published."""
    if round_ > 1 and await plans.published(session, year, half, round_ - 1) is None:
        raise RoundTooEarly
    author = await sign(session, signer)
    plan_id = await plans.add(session, year, half, round_, author, lottery_seed)
    return await find_plan(session, plan_id)


async def queue_solving(session: AsyncSession, plan_id: UUID, subject: str | None) -> UUID:
    """Queue the solving of a plan that is not published."""
    plan = await find_plan(session, plan_id)
    if plan["state"] not in ("draft", "solved"):
        raise PlanPublished("Опубликованный план не пересчитывается.")
    return await enqueue(session, SOLVE, str(plan_id), {"plan": str(plan_id)}, caller=subject)


async def override_plan(
    session: AsyncSession, plan_id: UUID, decision: Mapping[str, str | None], signer: Signer
) -> UUID:
    """Record a person's decision with its reason; solving again takes it into account."""
    plan = await find_plan(session, plan_id, lock=True)
    if plan["state"] not in ("draft", "solved"):
        raise PlanPublished
    if (decision["act"] == "place") != (decision["session"] is not None):
        raise SessionExpected
    teacher = str(decision["teacher"])
    await require_own_teacher(session, teacher)
    if not await diagnostic_results.teacher_known(session, teacher):
        raise TeacherUnknown
    keys = await people.pseudonyms(session, [teacher])
    author = await sign(session, signer)
    row = {**decision, "plan": plan_id, "teacher": keys[teacher], "author": author}
    override_id = await plans.add_override(session, row)
    await plans.change(session, plan_id, plan["state"])
    return override_id


async def publish_plan(
    session: AsyncSession, plan_id: UUID, check: Callable[[str], None]
) -> RowMapping:
    """Publish the latest revision; `check` compares the caller's `If-Match` with the tag.

    One that is outdated already stays marked, and a fresh proposal follows it.
    """
    await lock(session, "training:plans")
    plan = await find_plan(session, plan_id, lock=True)
    check(tag_of(plan))
    if plan["state"] != "solved":
        raise PlanNotSolved
    found = await plans.revision(session, plan_id)
    if found is None:
        raise PlanNotSolved
    await plans.supersede(session, plan)
    await plans.change(session, plan_id, "published")
    body = {
        "revision": found["revision"],
        "documents": [],
        "plan": str(plan_id),
        "year": plan["year"],
        "half": plan["half"],
        "round": plan["round"],
    }
    await emit(session, PLAN_PUBLISHED, str(plan_id), body)
    await queue_teacher_effects(session)
    if plan["outdated_by"] is not None:
        await _propose_anew(session, plan["year"], plan["half"], plan["round"])
    return await find_plan(session, plan_id)


async def outdate_plans(session: AsyncSession, cause: Mapping[str, object]) -> int:
    """Mark solved and published plans as outdated and queue a fresh proposal for each."""
    await lock(session, "training:plans")
    marked = await plans.outdate(session, cause)
    for year, half, round_ in await plans.standing(session):
        await _propose_anew(session, year, half, round_)
    return marked


async def _propose_anew(session: AsyncSession, year: str, half: int, round_: int) -> None:
    """Queue the solving of the plan that is not published yet; add one where there is none."""
    plan_id = await plans.open_plan(session, year, half, round_)
    if plan_id is None:
        plan_id = await plans.add(session, year, half, round_, PLANNER)
    await enqueue(session, SOLVE, str(plan_id), {"plan": str(plan_id)})


@dataclass(frozen=True, slots=True)
class PlanPart:
    """A plan, a revision of it cut to one page of people, and where the next page begins."""

    plan: RowMapping
    revision: Mapping[str, Any] | None
    following: int | None


async def show_plan(
    session: AsyncSession, plan_id: UUID, number: int | None, start: int, limit: int
) -> PlanPart:
    """Return a plan and a page of a revision with references in place of pseudonyms.

    People are paged in the order placed, waiting, excluded; proofs of shortage name those of the
    page. For a caller bound to territories, people of others are left out; counts are of the
    region.
    """
    plan = await find_plan(session, plan_id)
    found = await plans.revision(session, plan_id, number)
    if found is None and number is not None:
        raise RevisionUnknown("Такой ревизии плана нет.")
    if found is None:
        return PlanPart(plan, None, None)
    result = found["result"]
    keys = people_of(result)
    own = await _own_keys(session, keys) if await is_bound(session) else frozenset(keys)
    chosen, following = page_of(keys, own, start, limit)
    names = await people.references(session, chosen)
    shown = named(only(result, frozenset(chosen)), names) | {"counts": _counts(result)}
    return PlanPart(plan, {**found, "result": shown}, following)


def people_of(result: Mapping[str, Any]) -> list[str]:
    """Return the pseudonyms of a plan: placed, waiting, excluded, each once."""
    rows = (*result["placed"], *result["waiting"])
    return list(dict.fromkeys([*(row["ref"] for row in rows), *result["excluded"]]))


def page_of(
    keys: Sequence[str], own: Collection[str], start: int, limit: int
) -> tuple[list[str], int | None]:
    """Return up to `limit` own keys from a position on, and the position of the next; None: end."""
    chosen: list[str] = []
    for position in range(start, len(keys)):
        if keys[position] in own:
            if len(chosen) == limit:
                return chosen, position
            chosen.append(keys[position])
    return chosen, None


async def _own_keys(session: AsyncSession, keys: Sequence[str]) -> frozenset[str]:
    names = await people.references(session, keys)
    own = await diagnostic_results.known_teachers(session, names.values())
    return frozenset(key for key, ref in names.items() if ref in own)


def _counts(result: Mapping[str, Any]) -> dict[str, int]:
    return {name: len(result[name]) for name in ("placed", "waiting", "excluded")}


def only(result: Mapping[str, Any], keys: Collection[str]) -> dict[str, Any]:
    """Leave out of a plan the people whose pseudonyms are not among these."""
    certificates = [
        {**proof, "refs": [key for key in proof["refs"] if key in keys]}
        for proof in result["certificates"]
    ]
    return {
        **result,
        "placed": [row for row in result["placed"] if row["ref"] in keys],
        "waiting": [row for row in result["waiting"] if row["ref"] in keys],
        "excluded": [key for key in result["excluded"] if key in keys],
        "certificates": certificates,
    }


def named(result: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Put references in place of pseudonyms; the erased are null."""
    ref = names.get
    return {
        **{name: value for name, value in result.items() if name != "people"},
        "placed": [{**row, "ref": ref(row["ref"])} for row in result["placed"]],
        "waiting": [{**row, "ref": ref(row["ref"])} for row in result["waiting"]],
        "excluded": [ref(key) for key in result["excluded"]],
        "certificates": [
            {**proof, "refs": [ref(key) for key in proof["refs"]]}
            for proof in result["certificates"]
        ],
    }
