"""Effects of measures for teachers, published as numbered immutable documents."""

import json
from collections.abc import Mapping, Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.domain.teacher_effects import Candidate, TeacherTrial
from services.training.store import diagnostic_results, documents, measures, trials
from services.training.store.documents import Document
from services.training.store.measures import Measure
from services.training.usecases.exposures import PREFIX, outcome_view, same_content
from shared.db import lock
from shared.figures.rules.finding import Finding, Severity
from shared.jobs import enqueue
from shared.ledger.findings import store_findings
from shared.web.preconditions import strong_etag

FIND_TEACHER_EFFECTS = "find_teacher_effects"
NO_POOL = "no_comparison_pool"


def path_of(measure: str) -> str:
    """Return the public path of a measure's effect on its teachers."""
    return f"{PREFIX}{measure}/effect"


async def queue_teacher_effects(session: AsyncSession) -> None:
    """Queue the effects; unchanged ones make no revision."""
    await enqueue(session, FIND_TEACHER_EFFECTS, "measures", {})


async def load_trials(session: AsyncSession) -> Sequence[TeacherTrial]:
    """Return the measures for teachers that expect a competency to change, with their teachers."""
    found = [one for one in await measures.evaluated(session) if one.unit_level == "teacher"]
    diagnostics = await diagnostic_results.list_diagnostics(session)
    results = tuple(await diagnostic_results.results(session)) if found else ()
    loaded = []
    for measure in found:
        competency = _competency(measure)
        if competency is None:
            continue
        spans = await trials.spans(session, measure.code)
        rows = await trials.places(session, list(spans))
        placed = {row.session for row in rows if row.session is not None}
        own = [spans[code] for code in placed if code in spans]
        seeds = {row.seed for row in rows if row.session is not None}
        loaded.append(
            TeacherTrial(
                measure.code,
                measure.title,
                competency,
                measure.rule == "random" and bool(seeds) and None not in seeds,
                measure.selected_on is not None,
                measure.seed or 1,
                min((span.first for span in own), default=None),
                max((span.last for span in own), default=None),
                tuple(Candidate(row.ref, row.session, row.stratum) for row in rows),
                diagnostics,
                results,
            )
        )
    return loaded


def _competency(measure: Measure) -> str | None:
    """Return the competency of the first expected result «training competency up …»."""
    for outcome in map(outcome_view, measure.outcomes):
        if outcome["programme"] == "training":
            return str(outcome["indicator"])
    return None


async def publish_effect(
    session: AsyncSession, measure: str, content: Mapping[str, object], region: str
) -> bool:
    """Publish an effect that changed, with what it shows; say whether it did.

    Nothing is published of a measure while nobody is known to be placed for it.
    """
    await lock(session, "training:publication")
    last = await documents.find(session, path_of(measure))
    if last is None and "NOBODY_EXPOSED" in _texts(content["limits"]):
        return False
    if last is not None and same_content(json.loads(last.body), dict(content)):
        return False
    revision = await documents.next_revision(session)
    source_time = await measures.source_time(session, measure)
    head = {"measure": measure, "revision": revision, "source_time": source_time.isoformat()}
    body = json.dumps(head | dict(content), ensure_ascii=False, separators=(",", ":")).encode()
    document = Document(path_of(measure), revision, body, strong_etag(body), source_time)
    await documents.add(session, document)
    source = f"effect:{measure}"
    found = list(_findings(measure, content, region))
    await store_findings(session, service="training", source=source, findings=found)
    return True


def _texts(found: object) -> list[str]:
    return [str(one) for one in found] if isinstance(found, list) else []


def _findings(measure: str, content: Mapping[str, object], region: str) -> list[Finding]:
    if "NO_COMPARISON_POOL" not in _texts(content["limits"]):
        return []
    text = f"Меру «{content['title']}» не с кем сравнить: списка ожидания её курсов нет."
    return [
        Finding(
            rule=NO_POOL,
            severity=Severity.INCOMPLETE,
            text=text,
            subject={"territory": region, "codes": [measure]},
            claims=(),
            about=(NO_POOL, measure),
        )
    ]
