"""Questions about one unit of a calculated revision, answered where the calculation is stored.

A small calculation stays in the process that serves. A large one never enters it: a child process
makes and keeps it, and gets the question alone. Either is made once, however many ask for it.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

from sqlalchemy.ext.asyncio import AsyncSession

from services.ratings.domain.methodology import Methodology
from services.ratings.store.revisions import Revision
from services.ratings.usecases.inputs import Inputs
from services.ratings.usecases.replay import (
    Calculation,
    calculation_of,
    computed_by,
    load_inputs,
)
from services.ratings.usecases.serializers import View, cells_of
from shared.process_pool import Capacity, Limits, ProcessPool

SMALL_CELLS = 200_000
KEPT_SMALL = 4
LIMITS = Limits(memory_bytes=2 << 30, processor_seconds=20, wall_seconds=25)
CAPACITY = Capacity(parallel=1, waiting=32, waiting_per_caller=32)
Question = Callable[..., View]
"""A module-level function of a calculation and of values, since it is sent to a child."""


@dataclass(slots=True)
class Calculations:
    """The last few small calculations of this process, and which revisions are being calculated."""

    small_cells: int = SMALL_CELLS
    small: OrderedDict[int, Calculation] = field(default_factory=OrderedDict)
    making: dict[int, asyncio.Lock] = field(default_factory=dict)

    async def answer(
        self, session: AsyncSession, revision: Revision, question: Question, *args: object
    ) -> View:
        """Return what the question says of the revision's calculation.

        Conflict for a revision without a calculation; Overloaded and RequestTooLarge as of the
        pool of children.
        """
        computed_by(revision)
        if cells_of(revision.layout) > self.small_cells:
            return await self._in_child(session, revision, question, args)
        calculation = await self._small(session, revision)
        return await asyncio.to_thread(question, calculation, *args)

    async def _small(self, session: AsyncSession, revision: Revision) -> Calculation:
        async with self.lock_of(revision):
            if revision.id not in self.small:
                inputs = await load_inputs(session, revision)
                made = await asyncio.to_thread(calculation_of, revision, *inputs)
                self.small[revision.id] = made
                while len(self.small) > KEPT_SMALL:
                    self.small.popitem(last=False)
            self.small.move_to_end(revision.id)
            return self.small[revision.id]

    async def _in_child(
        self,
        session: AsyncSession,
        revision: Revision,
        question: Question,
        args: tuple[object, ...],
    ) -> View:
        found = await large_pool().run(answer_kept, revision.id, question, args)
        if found is not None:
            return found
        async with self.lock_of(revision):
            found = await large_pool().run(answer_kept, revision.id, question, args)
            if found is not None:
                return found
            inputs = await load_inputs(session, revision)
            return await large_pool().run(answer_new, revision, *inputs, question, args)

    def lock_of(self, revision: Revision) -> asyncio.Lock:
        """Return the lock under which a revision is calculated; locks nobody holds are dropped."""
        self.making = {number: lock for number, lock in self.making.items() if lock.locked()}
        return self.making.setdefault(revision.id, asyncio.Lock())


@cache
def large_pool() -> ProcessPool:
    """Return the pool whose children keep large calculations; one works at a time."""
    return ProcessPool(LIMITS, CAPACITY)


_kept_here: dict[int, Calculation] = {}


def answer_kept(revision_id: int, question: Question, args: tuple[object, ...]) -> View | None:
    """Answer in the child that keeps the calculation; None in any other."""
    calculation = _kept_here.get(revision_id)
    return None if calculation is None else question(calculation, *args)


def answer_new(
    revision: Revision,
    methodology: Methodology,
    inputs: Inputs,
    question: Question,
    args: tuple[object, ...],
) -> View:
    """Calculate a revision in a child, keep it there in place of the one before, and answer."""
    _kept_here.clear()
    _kept_here[revision.id] = calculation_of(revision, methodology, inputs)
    return question(_kept_here[revision.id], *args)
