"""Publication of whom a measure reached, as numbered immutable documents."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.domain.exposures import (
    Exposure,
    dose_view,
    exposures_of,
    merge_doses,
    period_views,
)
from services.training.store import documents, measures
from services.training.store.documents import Document
from services.training.store.measures import Measure
from services.training.topics import EXPOSURES_PUBLISHED
from shared.db import lock
from shared.outbox import emit
from shared.web.preconditions import strong_etag

JsonObject = dict[str, object]
PREFIX = "/v1/training/measures/"


def path_of(measure: str) -> str:
    """Return the public path of a measure's exposures."""
    return f"{PREFIX}{measure}/exposures"


async def publish_exposures(session: AsyncSession) -> Sequence[str]:
    """Publish the exposures that changed; return their measures.

    Measures of teachers have none: their effects are found where the teachers are registered. A
    measure that nobody is known to be in the draw of, or reached by, is not published at first.
    """
    await lock(session, "training:publication")
    found = await measures.evaluated(session)
    return [
        one.code for one in found if one.unit_level != "teacher" and await _publish(session, one)
    ]


async def _publish(session: AsyncSession, measure: Measure) -> bool:
    exposures = await load_exposures(session, measure)
    last = await documents.find(session, path_of(measure.code))
    if last is None and not exposures:
        return False
    revision = await documents.next_revision(session)
    source_time = await measures.source_time(session, measure.code)
    content = exposures_document(measure, exposures)
    if last is not None and same_content(json.loads(last.body), content):
        return False
    body = json.dumps(
        {"measure": measure.code, "revision": revision, "source_time": source_time.isoformat()}
        | content,
        ensure_ascii=False,
        separators=(",", ":"),
    ).encode()
    path = path_of(measure.code)
    await documents.add(session, Document(path, revision, body, strong_etag(body), source_time))
    told = {"measure": measure.code, "revision": revision, "documents": [path]}
    await emit(session, EXPOSURES_PUBLISHED, measure.code, told)
    return True


def same_content(published: Mapping[str, object], content: JsonObject) -> bool:
    """Say whether a published document says the same, whatever its revision and source time."""
    head = ("measure", "revision", "source_time")
    return {name: value for name, value in published.items() if name not in head} == content


async def load_exposures(session: AsyncSession, measure: Measure) -> Sequence[Exposure]:
    """Return the exposures of a measure by what is known now."""
    doses = merge_doses(
        await measures.stated_doses(session, measure.code),
        await measures.counted_doses(session, measure),
    )
    near = await measures.neighbours(session, measure)
    least = None if measure.least_share is None else Decimal(measure.least_share)
    return exposures_of(doses, near, least)


def exposures_document(measure: Measure, exposures: Sequence[Exposure]) -> JsonObject:
    """Return the document without its number and source time."""
    return {
        "title": measure.title,
        "unit_level": measure.unit_level,
        "least_share": measure.least_share,
        "assignment": assignment_view(measure),
        "outcomes": [outcome_view(text) for text in measure.outcomes],
        "items": [
            {
                "unit": one.unit,
                "first_exposed": one.first_exposed,
                "stratum": one.stratum,
                "neighbour": one.neighbour,
                **dose_view(one),
                "periods": period_views(one),
            }
            for one in exposures
        ],
    }


def assignment_view(measure: Measure) -> JsonObject:
    """Return how the units are chosen; a measure that does not say is `chosen`."""
    threshold = None
    if measure.rule == "threshold":
        threshold = {
            "indicator": measure.indicator,
            "period": measure.period,
            "cut": measure.cut,
            "treated": measure.side,
        }
    return {
        "rule": measure.rule or "chosen",
        "why": measure.why,
        "selected_on": measure.selected_on,
        "selected_period": measure.selected_period,
        "threshold": threshold,
        "seed": measure.seed,
    }


def outcome_view(text: str) -> JsonObject:
    """Return an expected result of the form «programme indicator up|down size least»."""
    programme, indicator, direction, *sizes = text.split()
    size, least = [one.replace(",", ".") for one in sizes] + [None] * (2 - len(sizes))
    return {
        "programme": programme,
        "indicator": indicator,
        "direction": direction,
        "size": size,
        "least": least,
    }


def measure_card(row: JsonObject, measure: Measure | None) -> JsonObject:
    """Return a registered measure with what is stated for its evaluation, null where nothing is."""
    if measure is None:
        nothing = ("unit_level", "reached_by", "least_share", "assignment")
        return {**row, **dict.fromkeys(nothing), "outcomes": []}
    return {
        **row,
        "unit_level": measure.unit_level,
        "reached_by": measure.reached_by,
        "least_share": measure.least_share,
        "assignment": None if measure.rule is None else assignment_view(measure),
        "outcomes": [outcome_view(text) for text in measure.outcomes],
    }
