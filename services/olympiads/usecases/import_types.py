"""What follows an import: thresholds enter their life, public answers are queued again."""

from collections.abc import Mapping
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from services.olympiads.domain.thresholds import Key, Stage, TiePolicy
from services.olympiads.parsers import layouts
from services.olympiads.store import declared, imported, registry, results, thresholds
from services.olympiads.store.imported import ThresholdRow
from services.olympiads.store.thresholds import Draft
from services.olympiads.usecases.lifecycle import approve_and_publish, lock_key
from shared.imports.columns import registry_of
from shared.imports.foreign_rows import TerritoryRule
from shared.imports.import_types import ImportKind, ImportRun
from shared.jobs import enqueue


async def load_registered(session: AsyncSession, _slice: Mapping[str, str]) -> Mapping[str, object]:
    """Return the seasons and subjects that rows may name, the subjects by any of their titles."""
    seasons = [season.code for season in await registry.load_seasons(session)]
    subjects = await registry.load_subjects(session)
    return {
        "registries": {
            "season": registry_of(
                dict.fromkeys(seasons, ""),
                "SEASON_UNKNOWN",
                "Сезон не зарегистрирован.",
                other_names=[(code.replace("-", "/"), code) for code in seasons],
                source="/v1/olympiads/seasons",
            ),
            "subject": registry_of(
                {code: subject.titles[-1].title for code, subject in subjects.items()},
                "SUBJECT_UNKNOWN",
                "Предмет не зарегистрирован.",
                other_names=[
                    (name, code)
                    for code, subject in subjects.items()
                    for title in subject.titles
                    for name in (title.title, title.short_title)
                    if name
                ],
                source="/v1/olympiads/subjects",
            ),
        },
        "maxima": {},
    }


async def load_with_maxima(session: AsyncSession, part: Mapping[str, str]) -> Mapping[str, object]:
    """Return the codes and every given maximum by «season|stage|subject|grade»."""
    return {
        **await load_registered(session, part),
        "maxima": await declared.every_maximum(session),
    }


async def load_with_scores(session: AsyncSession, part: Mapping[str, str]) -> Mapping[str, object]:
    """Return the codes and the greatest stored score by «season|stage|subject|grade»."""
    return {
        **await load_registered(session, part),
        "reached": await results.greatest_scores(session, part.get("season"), part.get("stage")),
    }


async def publish_imported(session: AsyncSession, run: ImportRun) -> None:
    """Make every threshold that the import brought public, the one before it superseded."""
    for row in await imported.threshold_rows(session, "threshold_row", run.id):
        draft = _draft(row)
        await lock_key(session, draft.key)
        old = await thresholds.lock_published(session, draft.key)
        if old is None or not _same(old, draft):
            await approve_and_publish(session, draft, old, run.known_at, _who(run))
    await _queue(session, "publish_thresholds", run)


async def draft_imported(session: AsyncSession, run: ImportRun) -> None:
    """Draft every threshold that the import brought."""
    for row in await imported.threshold_rows(session, "threshold_draft_row", run.id):
        await thresholds.add_draft(session, _draft(row), run.known_at, _who(run))


async def republish(session: AsyncSession, run: ImportRun) -> None:
    """Queue the tables of the seasons whose declared figures changed."""
    await _queue(session, "publish_thresholds", run)


async def recount(session: AsyncSession, run: ImportRun) -> None:
    """Queue the statistics of the seasons whose results changed."""
    await _queue(session, "publish_statistics", run)


async def _queue(session: AsyncSession, kind: str, run: ImportRun) -> None:
    seasons = {values[0] for values in run.affected_keys} | {run.slice.get("season")}
    for season in sorted(season for season in seasons if season):
        await enqueue(session, kind, season, {"season": season}, caller=run.subject)


def _who(run: ImportRun) -> str:
    return run.actor or run.subject


def _draft(row: ThresholdRow) -> Draft:
    return Draft(
        Key(row.season, Stage(row.stage), row.subject, row.grade),
        Decimal(row.score),
        None if row.percent is None else Decimal(row.percent),
        row.tie_policy or TiePolicy.NOT_STATED,
        row.basis_document,
        row.basis_date,
    )


def _same(old: thresholds.Threshold, new: Draft) -> bool:
    mine = (old.score, str(old.percent), old.tie_policy, old.basis_document, old.basis_date)
    return mine == (
        new.score,
        str(new.percent),
        new.tie_policy,
        new.basis_document,
        new.basis_date,
    )


THRESHOLDS = ImportKind(
    code="thresholds",
    title="Опубликованные пороги",
    layout=layouts.PUBLISHED,
    table="threshold_row",
    context=load_with_maxima,
    on_committed_rows=publish_imported,
    scopes=("olympiads:publish",),
    not_revertible="Опубликованный порог отзывается или исправляется новой публикацией.",
)
THRESHOLD_DRAFTS = ImportKind(
    code="threshold_drafts",
    title="Проекты порогов",
    layout=layouts.DRAFTS,
    table="threshold_draft_row",
    context=load_with_maxima,
    on_committed_rows=draft_imported,
    not_revertible="Проект порога отклоняется или исправляется новой загрузкой.",
)
DECLARED_PERFORMERS = ImportKind(
    code="declared_performers",
    title="Объявленное число выполнивших не менее 75 %",
    layout=layouts.DECLARED,
    table="declared_performers",
    context=load_registered,
    on_committed_rows=republish,
    slices=("season", "stage"),
)
MAXIMA = ImportKind(
    code="maxima",
    title="Максимальные баллы",
    layout=layouts.MAXIMA,
    table="maximum",
    context=load_with_scores,
    on_committed_rows=recount,
    slices=("season", "stage"),
)
# A participant belongs to every municipality that holds a result of theirs.
OF_PARTICIPANT = TerritoryRule(
    "participant",
    "EXISTS (SELECT FROM result AS own WHERE own.participant = {row}.participant"
    " AND own.known_to = 'infinity' AND own.municipality ~ {codes})",
)
RESULTS = ImportKind(
    code="results",
    title="Результаты этапа",
    layout=layouts.RESULTS,
    table="result",
    context=load_with_maxima,
    on_committed_rows=recount,
    slices=("season", "stage", "subject"),
    territory=TerritoryRule.by("municipality"),
)
DIPLOMAS = ImportKind(
    code="diplomas",
    title="Дипломы этапа",
    layout=layouts.DIPLOMAS,
    table="diploma",
    context=load_registered,
    slices=("season", "stage", "subject"),
    territory=OF_PARTICIPANT,
)
PARTICIPANTS = ImportKind(
    code="participants",
    title="Участники сезона",
    layout=layouts.PARTICIPANTS,
    table="participant",
    context=load_registered,
    slices=("season",),
    territory=OF_PARTICIPANT,
)
REFUSALS = ImportKind(
    code="refusals",
    title="Отказы приглашённых",
    layout=layouts.REFUSALS,
    table="refusal",
    context=load_registered,
    slices=("season", "stage", "subject"),
    territory=OF_PARTICIPANT,
)
KINDS = (
    THRESHOLDS,
    THRESHOLD_DRAFTS,
    DECLARED_PERFORMERS,
    MAXIMA,
    RESULTS,
    DIPLOMAS,
    PARTICIPANTS,
    REFUSALS,
)
