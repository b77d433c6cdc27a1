"""The doubts of one rating, by territory and node: which findings rest on a published figure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from sqlalchemy.ext.asyncio import AsyncSession

from shared.ledger.doubts import Doubts, load_doubts

Ids = tuple[str, ...]
ROW = ("territory", "indicator")


@dataclass(frozen=True, slots=True)
class NodeDoubts:
    """Ids of findings by cell, by node of every territory, by level, and of the whole table."""

    by_cell: Mapping[tuple[str | None, ...], Ids] = field(default_factory=dict)
    by_subject: Mapping[tuple[str | None, ...], Ids] = field(default_factory=dict)
    by_level: Mapping[str, Ids] = field(default_factory=dict)
    of_table: Ids = ()

    def of_node(self, territory: str, node: str, *, root: bool, level: str | None) -> list[str]:
        """Return the findings on a node of a territory, each once.

        Those on a territory without a node are reported at the root, those on a level at the node
        that has it.
        """
        found = [
            *self.by_cell.get((territory, node), ()),
            *self.by_subject.get((territory, node), ()),
            *self.by_subject.get((None, node), ()),
            *(self.by_subject.get((territory, None), ()) if root else ()),
            *(self.by_level.get(level, ()) if level is not None else ()),
        ]
        return list(dict.fromkeys(found))

    @property
    def version(self) -> str:
        """Return a short text that changes when any of the doubts does."""
        stated: Sequence[object] = (
            sorted((*map(str, where), *ids) for where, ids in self.by_cell.items()),
            sorted((*map(str, where), *ids) for where, ids in self.by_subject.items()),
            sorted(self.by_level.items()),
            self.of_table,
        )
        return sha256(repr(stated).encode()).hexdigest()[:16]


def narrow(doubts: Doubts, programme: str, period: str) -> NodeDoubts:
    """Return what of the service's doubts concerns a programme and period."""
    given = {"programme": programme, "period": period}
    subjects = doubts.bases_by(ROW, **given)
    levels = doubts.bases_by(("band",), **given)
    return NodeDoubts(
        doubts.cells_by(ROW, **given),
        {where: ids for where, ids in subjects.items() if any(where)},
        {band: ids for (band,), ids in levels.items() if band is not None},
        subjects.get((None, None), ()),
    )


async def load_node_doubts(session: AsyncSession, programme: str, period: str) -> NodeDoubts:
    """Return the doubts of a programme and period by the findings in force."""
    return narrow(await load_doubts(session), programme, period)
