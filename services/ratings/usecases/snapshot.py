"""The outcome of a calculation, laid out for storage and identified by its content."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import numpy as np

from services.ratings.domain.engine import Ranking, Result
from services.ratings.domain.grading import Grades
from services.ratings.domain.methodology import Group
from services.ratings.domain.possible_places import possible_places
from services.ratings.parsers.declared import Nodes
from services.ratings.store.results import UnitRows
from services.ratings.usecases.inputs import Inputs, canonical
from services.ratings.usecases.serializers import View
from services.ratings.usecases.weaknesses import Before, weaknesses
from shared.figures.places import Places


@dataclass(frozen=True, slots=True)
class Outcome:
    """Rows to store, and the head that says what their columns are.

    `head` has `nodes` (code, title, parent), `aggregates` (the columns of the inner nodes),
    `levels` (the band set, or null), `of` (ranked peers at each node), `group_of` (the same by
    group), `scored` (units with a score at each node), `registered` (peers and by group) and
    `findings`.
    """

    head: Mapping[str, object]
    rows: UnitRows
    weak_spots: Sequence[View] = ()

    @property
    def findings(self) -> Sequence[Mapping[str, Any]]:
        """What the calculation found about its own inputs."""
        found = self.head["findings"]
        return found if isinstance(found, Sequence) else []

    def layout_with(
        self, declared: Mapping[str, Nodes], titles: Mapping[str, str]
    ) -> dict[str, object]:
        """Return the head with the nodes added that only documents speak of."""
        nodes = self.head["nodes"]
        known = [dict(node) for node in nodes] if isinstance(nodes, Sequence) else []
        codes = {node["code"] for node in known}
        stated = {code for by_node in declared.values() for code in by_node}
        only_stated = [code for code in [*titles, *sorted(stated)] if code in stated - codes]
        extra = [
            {"code": code, "title": titles.get(code, code), "parent": None}
            for code in dict.fromkeys(only_stated)
        ]
        return {**self.head, "nodes": known, "declared_nodes": extra}

    def digest(self, layout: Mapping[str, object], declared: Mapping[str, Nodes]) -> str:
        """Return the digest of the content, without ids, numbers and times."""
        made = sha256(canonical(layout))
        made.update(canonical(declared))
        for name in UnitRows.__slots__:
            made.update(np.ascontiguousarray(getattr(self.rows, name)).tobytes())
        return made.hexdigest()


def calculated(result: Result, inputs: Inputs, before: Before | None) -> Outcome:
    """Lay out a result of the engine, with its weak spots."""
    aggregates = [i for i, node in enumerate(result.layout.nodes) if isinstance(node, Group)]
    codes = [node.code for node in result.layout.nodes]
    head = {
        "nodes": [
            {
                "code": node.code,
                "title": node.title,
                "parent": None if parent is None else codes[parent],
            }
            for node, parent in zip(result.layout.nodes, result.layout.parents, strict=True)
        ],
        "aggregates": aggregates,
        "levels": None if result.grades is None else levels_head(result.grades),
        "findings": [
            {
                "rule": finding.rule,
                "node": finding.node,
                "detail": finding.detail,
                "units": [inputs.observed.units[unit] for unit in finding.units],
            }
            for finding in result.findings
        ],
        "scored": (~np.isnan(result.scores)).sum(axis=0).tolist(),
        **_counts(inputs, result.places, result.group_places),
    }
    return Outcome(head, _rows(inputs, result, aggregates), weaknesses(result, before))


def observed_only(titles: Mapping[str, str], inputs: Inputs) -> Outcome:
    """Lay out the observations of a programme that has no methodology: values, no places."""
    values = inputs.observed.values
    seen = [i for i, code in enumerate(titles) if not np.isnan(values[:, i]).all()]
    codes = list(titles)
    nobody = np.zeros((values.shape[0], len(seen)), dtype=np.int32)
    unranked = Ranking(nobody, nobody, nobody)
    head = {
        "nodes": [{"code": codes[i], "title": titles[codes[i]], "parent": None} for i in seen],
        "aggregates": [],
        "levels": None,
        "findings": [],
        "scored": (~np.isnan(values[:, seen])).sum(axis=0).tolist(),
        **_counts(inputs, unranked, unranked),
    }
    units = values.shape[0]
    none = np.full(units, -1, dtype=np.int16)
    unknown = np.full(units, np.nan)
    rows = UnitRows(
        inputs.territory,
        inputs.group,
        np.ascontiguousarray(values[:, seen]),
        nobody,
        nobody,
        nobody,
        nobody,
        np.empty((units, 0)),
        np.isnan(values[:, seen]),
        np.zeros((units, 0), dtype=np.int32),
        np.zeros((units, 0), dtype=np.int32),
        none,
        none,
        none,
        unknown,
        unknown,
    )
    return Outcome(head, rows)


def levels_head(grades: Grades) -> dict[str, object]:
    """Return what the levels of stored rows mean."""
    return {
        "node": grades.bands.node,
        "on": grades.bands.on.value,
        "bands": [{"code": band.code, "title": band.title} for band in grades.bands.ordered],
    }


def _counts(inputs: Inputs, places: Ranking, in_groups: Ranking) -> dict[str, object]:
    return {
        "of": _most(places.of),
        "group_of": _most_by_group(inputs.observed.groups, in_groups.of),
        "registered": {"peers": inputs.registered, "groups": dict(inputs.registered_groups)},
    }


def _most(of: Places) -> list[int]:
    """Return the number of ranked peers at each node; units without a place carry 0."""
    return [int(count) for count in of.max(axis=0, initial=0)]


def _most_by_group(groups: Sequence[str | None], of: Places) -> Mapping[str, list[int]]:
    """Return the same for every group, by its name."""
    named = sorted({group for group in groups if group is not None})
    numbers = {group: number for number, group in enumerate(named)}
    grouped = np.array([numbers[group] for group in groups if group is not None], dtype=np.int64)
    rows = np.flatnonzero([group is not None for group in groups])
    order = np.argsort(grouped, kind="stable")
    if order.size == 0:
        return {}
    starts = np.searchsorted(grouped[order], np.arange(len(named)))
    most = np.maximum.reduceat(of[rows[order]], starts, axis=0)
    return dict(zip(named, most.tolist(), strict=True))


def _rows(inputs: Inputs, result: Result, aggregates: Sequence[int]) -> UnitRows:
    units = len(inputs.observed.units)
    none = np.full(units, -1, dtype=np.int16)
    nowhere = np.full(units, np.nan)
    grades, possible = result.grades, possible_places(result)
    return UnitRows(
        inputs.territory,
        inputs.group,
        np.ascontiguousarray(result.scores),
        np.ascontiguousarray(result.places.first),
        np.ascontiguousarray(result.places.last),
        np.ascontiguousarray(result.group_places.first),
        np.ascontiguousarray(result.group_places.last),
        np.ascontiguousarray(result.coverage[:, aggregates]),
        np.isnan(result.observed.values),
        possible.first[:, aggregates],
        possible.last[:, aggregates],
        none if grades is None else grades.band.astype(np.int16),
        none if grades is None else grades.first.astype(np.int16),
        none if grades is None else grades.last.astype(np.int16),
        nowhere if grades is None else grades.up,
        nowhere if grades is None else grades.down,
    )
