"""A territory over periods: its place in every programme, and what changed between periods."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby, pairwise
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.ratings.domain import dynamics
from services.ratings.store import methodologies, results, revisions, territories
from services.ratings.store.results import UnitRecord
from services.ratings.store.revisions import Declared, Revision
from services.ratings.usecases.json_document import Document
from services.ratings.usecases.methodologies import rules_of
from services.ratings.usecases.node_doubts import narrow
from services.ratings.usecases.serializers import NodeSerializer, View
from shared.db import driver_connection
from shared.figures.decimals import published
from shared.figures.places import Place
from shared.ledger.doubts import load_doubts
from shared.publication.errors import TerritoryUnknown

NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a public revision says of one territory."""

    revision: Revision
    nodes: View
    missing: list[str] | None


async def standings(
    session: AsyncSession, territory: str, programme: str | None = None
) -> Sequence[Standing]:
    """Return the territory's places in every slice that speaks of it, by programme and period."""
    found = []
    doubted = await load_doubts(session)
    for revision in await revisions.all_public(session, programme):
        if revision.status == "tombstone":
            continue
        units: Sequence[UnitRecord] = await results.read_units(
            await driver_connection(session), revision.id, territory=territory
        )
        stated = await revisions.declared(session, revision.id, territory)
        if units or stated:
            doubts = narrow(doubted, revision.programme, revision.period)
            nodes = NodeSerializer(revision, doubts)
            found.append(standing(revision, nodes, _one(units), _one(stated)))
    return found


def standing(
    revision: Revision, nodes: NodeSerializer, unit: UnitRecord | None, stated: Declared | None
) -> Standing:
    """Return what a revision says of a unit."""
    return Standing(revision, nodes.views(unit, stated), nodes.missing(unit))


def _one(rows: Sequence[Any]) -> Any:
    return rows[0] if rows else None


async def comparable_rules(session: AsyncSession) -> Mapping[int, Mapping[str, object]]:
    """Return the rules of every methodology, by its number, without its version and title."""
    return {row.id: rules_of(row) for row in await methodologies.listed(session)}


def with_changes(
    followed: Sequence[Standing], rules: Mapping[int, Mapping[str, object]]
) -> list[tuple[Standing, View | None]]:
    """Pair each place in one programme with its change since the period before, in order.

    A change gives for every node the difference of scores and the interval of the change of place;
    where the methodology changed it is `not_comparable` and has neither. Where a methodology is
    unknown nobody can say whether the periods compare: declared figures alone are subtracted.
    """
    changes: list[View | None] = [None]
    changes += [_change(before, after, rules) for before, after in pairwise(followed)]
    return list(zip(followed, changes[: len(followed)], strict=True))


def _change(before: Standing, after: Standing, rules: Mapping[int, Mapping[str, object]]) -> View:
    old, new = _rules(before, rules), _rules(after, rules)
    nodes = {
        code: _node_change(before, after, code, comparable=old == new)
        for code in after.nodes
        if code in before.nodes
    }
    known = old is not None and new is not None
    unlike = "not_comparable" if known else "METHODOLOGY_UNKNOWN"
    return {
        "since": before.revision.period,
        "comparable": old == new if known else None,
        "note": None if known and old == new else unlike,
        "nodes": nodes,
    }


def _rules(followed: Standing, rules: Mapping[int, Mapping[str, object]]) -> object:
    number = followed.revision.methodology_id
    return None if number is None else rules[number]


def _node_change(before: Standing, after: Standing, code: str, *, comparable: bool) -> View:
    """Compare one node; the two standings count as of one methodology if that is said."""
    step = _step(before, after, code, "place", comparable=comparable)
    in_group = _step(before, after, code, "group_place", comparable=comparable)
    return {
        "score": None if step.score is None else published(step.score),
        "place": None if step.place is None else dict(step.place.wire()),
        "group_place": None if in_group.place is None else dict(in_group.place.wire()),
    }


def _step(
    before: Standing, after: Standing, code: str, part: str, *, comparable: bool
) -> dynamics.Step:
    """Compare computed places where both are public, else declared ones where both are."""
    old, new = _view(before, code), _view(after, code)
    declared = old[part] is None or new[part] is None
    pair = [
        dynamics.Standing(
            followed.revision.period,
            "" if comparable else followed.revision.period,
            _place(view["declared"][part] if declared else view[part]),
            view["score"],
            None,
        )
        for followed, view in ((before, old), (after, new))
    ]
    return dynamics.steps(pair)[0]


def _view(followed: Standing, code: str) -> Mapping[str, Any]:
    view: Any = followed.nodes[code]
    found: Mapping[str, Any] = view
    return found


def _place(wire: Mapping[str, int] | None) -> Place | None:
    return None if wire is None else Place(wire["from"], wire["to"])


async def read_profile(session: AsyncSession, territory: str) -> Document:
    """Return a territory's places in every programme over its periods; NotFound if unknown."""
    found = await territories.listed(session, code=territory, limit=1)
    if not found:
        raise TerritoryUnknown(territory)
    steps = await standings(session, territory)
    rules = await comparable_rules(session)
    latest = max((step.revision.source_time for step in steps), default=NEVER)
    content = {
        "territory": territory,
        "title": found[0].title,
        "programmes": [
            {"programme": programme, "periods": _periods(list(of_programme), rules)}
            for programme, of_programme in groupby(steps, key=lambda s: s.revision.programme)
        ],
    }
    version = "-".join(str(step.revision.number) for step in steps) or "0"
    return Document(content, latest, version)


def _periods(steps: Sequence[Standing], rules: Mapping[int, Mapping[str, object]]) -> list[View]:
    return [
        {
            "period": step.revision.period,
            "revision": step.revision.number,
            "methodology": step.revision.methodology,
            "source_time": step.revision.source_time.isoformat(),
            "missing": step.missing,
            "nodes": step.nodes,
            "change": change,
        }
        for step, change in with_changes(steps, rules)
    ]
