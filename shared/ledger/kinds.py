"""The import kinds every service takes for its ledger: claims, facts, assumptions."""

import re
from collections.abc import Iterator, Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from shared.errors import FieldError
from shared.imports.foreign_rows import TerritoryRule
from shared.imports.import_types import AffectedKeys, ImportKind, ImportRun
from shared.ledger import store
from shared.ledger.errors import DocumentInvalid, DocumentUnnamed
from shared.ledger.fact_rows import TERRITORY
from shared.ledger.inline_facts import MEMBERS, read_assumptions, read_facts
from shared.ledger.layouts import ASSUMPTIONS_LAYOUT, CLAIMS_LAYOUT, CODE, FACTS_LAYOUT
from shared.ledger.recheck import enqueue_recheck

MAX_TITLE = 1000


async def after_claims(session: AsyncSession, run: ImportRun) -> None:
    """Keep what came with the claims, then have every affected document checked."""
    affected = {document for (document,) in run.affected_keys if document is not None}
    if run.slice.get("document"):
        affected.add(run.slice["document"])
    if run.extras:
        document = document_of(run.extras, affected)
        members = members_of(run.extras)
        check_members(members)
        if members:
            await store.keep_context(session, document, members, run.id)
        affected.add(document)
    for document in sorted(affected):
        await enqueue_recheck(session, document)


async def has_changes(
    session: AsyncSession, extras: Mapping[str, object], affected: AffectedKeys
) -> bool:
    """Tell whether what comes with the claims differs from what is stored of the document."""
    document = document_of(extras, {code for (code,) in affected if code is not None})
    members = members_of(extras)
    check_members(members)
    return bool(members) and members != await store.context_of(session, document)


async def after_facts(session: AsyncSession, run: ImportRun) -> None:
    """Have the documents checked whose facts or assumptions came; a general fact is for all."""
    affected = {document for (document,) in run.affected_keys}
    if None in affected:
        affected |= set(await store.documents(session))
    for document in sorted(d for d in affected if d is not None):
        await enqueue_recheck(session, document)


def members_of(extras: Mapping[str, object]) -> dict[str, object]:
    """Return facts, assumptions, title and region among what comes with the claims."""
    stated = {name: extras[name] for name in MEMBERS if extras.get(name) is not None}
    return {**stated, **_about_document(extras)}


def _about_document(extras: Mapping[str, object]) -> dict[str, object]:
    """Return title and territory of the document, whichever way they are given."""
    named = extras.get("document")
    described = named if isinstance(named, dict) else {}
    about = {
        "title": extras.get("title") or described.get("title"),
        "territory": described.get("territory"),
    }
    rows, _ = read_facts({"facts": extras.get("facts")})
    about.update({row.fact: row.value or row.code for row in rows if row.fact in about})
    return {name: value for name, value in about.items() if value is not None}


def document_of(extras: Mapping[str, object], affected: set[str]) -> str:
    """Return the document that members next to the claims belong to: the one named, or the only."""
    named = extras.get("document")
    code = named.get("code") if isinstance(named, dict) else named
    if code is None and len(affected) == 1:
        return next(iter(affected))
    if not isinstance(code, str) or not re.fullmatch(CODE, code):
        raise DocumentUnnamed
    return code


def check_members(members: Mapping[str, object]) -> None:
    """Raise `DocumentInvalid` with every fault of what came with the claims."""
    _, faults = read_facts(members)
    _, more = read_assumptions(members.get("assumptions"))
    wrong = [*_wrong_names(members), *faults, *more]
    if wrong:
        raise DocumentInvalid("Сведения о документе не прочитаны.", errors=wrong)


def _wrong_names(members: Mapping[str, object]) -> Iterator[FieldError]:
    title, territory = members.get("title", ""), members.get("territory", "-")
    if not isinstance(title, str) or len(title) > MAX_TITLE:
        told = f"Название документа — текст не длиннее {MAX_TITLE} знаков."
        yield FieldError("/title", "TITLE_INVALID", told)
    if not isinstance(territory, str) or not re.fullmatch(TERRITORY, territory):
        told = "Регион документа — код территории, например восемь цифр ОКТМО."
        yield FieldError("/document/territory", "TERRITORY_INVALID", told)


LEDGER_KINDS = (
    ImportKind(
        code="claims",
        title="Напечатанные числа документа",
        layout=CLAIMS_LAYOUT,
        table="claim",
        on_committed_rows=after_claims,
        has_changes=has_changes,
        slices=("document",),
        # A claim that names no territory is of its document, not of anybody's territory.
        territory=TerritoryRule(
            "territory", "{row}.territory IS NULL OR {row}.territory ~ {codes}"
        ),
    ),
    ImportKind(
        code="facts",
        title="Факты о документе",
        layout=FACTS_LAYOUT,
        table="document_fact",
        on_committed_rows=after_facts,
        slices=("document",),
    ),
    ImportKind(
        code="assumptions",
        title="Допущения о документе",
        layout=ASSUMPTIONS_LAYOUT,
        table="assumption",
        on_committed_rows=after_facts,
        slices=("document",),
    ),
)
