"""This service's parts of the territories' passports: ratings and the state exam."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.ratings.store import claims, effects, register, results, revisions
from services.ratings.store.revisions import Revision
from services.ratings.usecases.effect_documents import effects_part
from services.ratings.usecases.node_doubts import NodeDoubts, narrow
from services.ratings.usecases.profiles import (
    Standing,
    comparable_rules,
    standing,
    with_changes,
)
from services.ratings.usecases.serializers import NodeSerializer, View
from shared.db import driver_connection
from shared.ledger.doubts import load_doubts
from shared.ledger.store import last_revision

EXAM = "ege"
MOST_UNITS = 2000
"""A rating of more units than this is no part of passports: its profiles are read one by one."""

SHOWN = (
    "score",
    "place",
    "place_note",
    "among",
    "group_place",
    "group_place_note",
    "group_among",
    "leaves",
    "incomplete",
    "place_if_known",
    "level",
    "level_note",
    "doubts",
    "declared",
)


async def passport_state(session: AsyncSession) -> object:
    """Return what changes whenever the parts do, at the cost of a few look-ups.

    The findings are in it since parts carry doubts, the register since parts go by the codes of
    territories; methodologies are not, since those of public revisions never change.
    """
    benchmarks = await claims.benchmarks(session)
    return [
        await revisions.heads(session),
        await register.version(session),
        sorted((period, subject, str(view)) for (period, subject), view in benchmarks.items()),
        await last_revision(session),
        await effects.heads(session),
    ]


async def passport_parts(session: AsyncSession) -> View:
    """Return the parts `ratings`, `ege` and `effects`: revision, time, data by territory."""
    heads = await revisions.all_public(session)
    public = [r for r in heads if r.status != "tombstone"]
    doubted = await load_doubts(session)
    steps = [
        await _standings(session, revision, narrow(doubted, revision.programme, revision.period))
        for revision in public
    ]
    rules = await comparable_rules(session)
    rated = [(r, s) for r, s in zip(public, steps, strict=True) if r.programme != EXAM]
    exams = [(r, s) for r, s in zip(public, steps, strict=True) if r.programme == EXAM]
    benchmarks = await claims.benchmarks(session)
    return {
        "ratings": _part(
            [r for r in heads if r.programme != EXAM], _ratings([s for _, s in rated], rules)
        ),
        "ege": _part([r for r in heads if r.programme == EXAM], _exams(exams, benchmarks)),
        "effects": await effects_part(session),
    }


async def _standings(
    session: AsyncSession, revision: Revision, doubts: NodeDoubts
) -> Mapping[str, Standing]:
    units = await results.read_units(await driver_connection(session), revision.id, most=MOST_UNITS)
    stated = {item.code: item for item in await revisions.declared(session, revision.id)}
    by_code = {unit["code"]: unit for unit in units}
    nodes = NodeSerializer(revision, doubts)
    return {
        code: standing(revision, nodes, by_code.get(code), stated.get(code))
        for code in sorted({*by_code, *stated})
    }


def _part(heads: Sequence[Revision], territories: View) -> View:
    """Return a part; its revision grows with any of its slices', withdrawals included."""
    latest = max((r.source_time for r in heads), default=None)
    return {
        "revision": sum(r.number for r in heads),
        "source_time": None if latest is None else latest.isoformat(),
        "territories": territories,
    }


def _ratings(slices: Sequence[Mapping[str, Standing]], rules: Mapping[int, Any]) -> View:
    """Return territory → programme → period → node → what is published of it, with the change."""
    codes = sorted({code for by_code in slices for code in by_code})
    return {code: _programmes([s[code] for s in slices if code in s], rules) for code in codes}


def _programmes(steps: Sequence[Standing], rules: Mapping[int, Any]) -> View:
    ordered = sorted(steps, key=lambda s: (s.revision.programme, s.revision.period))
    return {
        programme: {
            step.revision.period: {**_nodes(step), "change": change}
            for step, change in with_changes(list(of_programme), rules)
        }
        for programme, of_programme in groupby(ordered, key=lambda s: s.revision.programme)
    }


def _nodes(step: Standing) -> View:
    """Return the inner nodes of a calculated rating, all nodes of a declared one."""
    layout = step.revision.layout
    inner = [layout["nodes"][column]["code"] for column in layout["aggregates"]]
    codes = inner or list(step.nodes)
    views: Mapping[str, Any] = step.nodes
    return {code: {name: views[code][name] for name in SHOWN} for code in codes}


def _exams(
    slices: Sequence[tuple[Revision, Mapping[str, Standing]]], benchmarks: Mapping[Any, View]
) -> View:
    """Return territory → period → subject → takers and mean, with the benchmark next to it."""
    parts: dict[str, dict[str, View]] = {}
    for revision, by_code in slices:
        titles = {
            node["code"]: node["title"]
            for node in (*revision.layout["nodes"], *revision.layout["declared_nodes"])
        }
        for code, step in by_code.items():
            subjects = list(dict.fromkeys(node.rpartition(".")[0] for node in step.nodes))
            parts.setdefault(code, {})[revision.period] = {
                subject: {
                    "title": _subject_title(titles, subject),
                    "takers": _figure(step.nodes, f"{subject}.takers"),
                    "mean": _figure(step.nodes, f"{subject}.mean"),
                    "doubts": _doubts(step.nodes, f"{subject}.takers", f"{subject}.mean"),
                    "benchmark": benchmarks.get((revision.period, subject)),
                }
                for subject in subjects
            }
    return dict(parts)


def _subject_title(titles: Mapping[str, str], subject: str) -> str:
    title = titles.get(f"{subject}.takers") or titles.get(f"{subject}.mean") or subject
    return title.partition(":")[0]


def _doubts(nodes: Mapping[str, Any], *codes: str) -> list[str]:
    """Return the findings on any of these nodes, each once."""
    found = [finding for code in codes if code in nodes for finding in nodes[code]["doubts"]]
    return list(dict.fromkeys(found))


def _figure(nodes: Mapping[str, Any], code: str) -> View | None:
    """Return the declared figure, or the observed value as the figure nobody printed."""
    view = nodes.get(code)
    if view is None:
        return None
    if view["declared"]["score"] is not None or view["score"] is None:
        figure: View | None = view["declared"]["score"]
        return figure
    return {"raw": None, "value": f"{view['score']:.12g}", "digits": None}
