"""Findings on references that registries loaded so far do not resolve."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.store import dangling
from services.training.store.dangling import DanglingReference
from shared.figures.rules.finding import Finding, Severity
from shared.figures.rules.wording import shorten
from shared.imports.import_types import ImportRun
from shared.jobs import enqueue
from shared.ledger.findings import store_findings

CHECK_REFERENCES = "check_references"
RULE = "dangling_reference"
OWNERS = {
    "event": "мероприятия циклограммы",
    "measure": "мероприятия программы",
    "quota": "части актива",
    "competency": "компетенции",
    "programme": "программы курсов",
}
REGISTRIES = {
    "programme": "реестре программ",
    "measure": "реестре мероприятий",
    "quota": "численности актива",
    "competency": "реестре компетенций",
}


async def queue_check(session: AsyncSession, _run: ImportRun) -> None:
    """Queue the check of references in the transaction of an import."""
    await enqueue(session, CHECK_REFERENCES, "references")


async def check_references(session: AsyncSession, region: str) -> int:
    """Bring the ledger to the references that dangle now; one that resolves closes its finding."""
    found = [_finding(one, region) for one in await dangling.dangling_references(session)]
    people = await dangling.unknown_superiors(session)
    if people:
        found.append(_superiors(people, region))
    await store_findings(session, service="training", source="references", findings=found)
    return len(found)


def _finding(reference: DanglingReference, region: str) -> Finding:
    named = shorten(f"«{owner}»" for owner in reference.owners)
    return Finding(
        rule=RULE,
        severity=Severity.INCOMPLETE,
        text=f"Кода «{reference.code}» в {REGISTRIES[reference.registry]} нет, на него ссылаются "
        f"{OWNERS[reference.kind]}: {named}.",
        subject={"territory": region, "codes": [reference.code]},
        claims=(),
        declared=reference.code,
        recomputed={"default": None},
        about=("references", reference.kind, reference.registry, reference.code),
    )


def _superiors(people: int, region: str) -> Finding:
    return Finding(
        rule=RULE,
        severity=Severity.INCOMPLETE,
        text=f"Руководитель назван, но не зарегистрирован: учителей с такой ссылкой — {people}.",
        subject={"territory": region, "codes": ["superior"]},
        claims=(),
        declared=people,
        recomputed={"default": None},
        about=("references", "teacher", "superior"),
    )
