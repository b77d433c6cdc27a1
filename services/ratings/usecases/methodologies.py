"""Methodologies through their life: a draft, a published version that never changes, an archive."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from services.ratings.domain.json_fields import exact_decimal
from services.ratings.domain.methodology import Indicator, Method, Methodology
from services.ratings.domain.methodology_document import read_methodology
from services.ratings.domain.methodology_warnings import MethodologyWarning, warnings_of
from services.ratings.errors import (
    MethodologyInvalid,
    MethodologyNotPublished,
    MethodologyUnknown,
    NotDraft,
    ProgrammeFixed,
    VersionExists,
)
from services.ratings.store import methodologies, programmes, slices
from services.ratings.store.methodologies import MethodologyRow
from services.ratings.store.programmes import Passport
from services.ratings.usecases.inputs import canonical
from services.ratings.usecases.observations import queue_recalculation
from shared.errors import FieldError

Domain = tuple[Decimal | None, Decimal | None]

RULES_ASIDE = ("version", "title")
"""Members of a methodology in which two versions may differ and still be comparable."""


def methodology_of(row: MethodologyRow) -> Methodology:
    """Return a stored version as the engine takes it; Invalid if its document has faults."""
    return _valid(row.document)


def _valid(document: object) -> Methodology:
    methodology, faults = read_methodology(document)
    if methodology is None:
        raise MethodologyInvalid(errors=faults)
    return methodology


def same_rules(one: MethodologyRow, other: MethodologyRow) -> bool:
    """Say whether two versions differ in their version and title only."""
    return rules_of(one) == rules_of(other)


def rules_of(row: MethodologyRow) -> Mapping[str, object]:
    """Return a document without what two comparable versions may differ in."""
    return {name: rule for name, rule in row.document.items() if name not in RULES_ASIDE}


def version_tag(row: MethodologyRow) -> bytes:
    """Return what an entity tag of a version is made of."""
    return canonical([row.id, row.state, row.document])


async def find(session: AsyncSession, methodology_id: int) -> MethodologyRow:
    """Return a version; NotFound if there is none."""
    row = await methodologies.find(session, methodology_id)
    if row is None:
        raise MethodologyUnknown(methodology_id)
    return row


async def save_draft(session: AsyncSession, document: Mapping[str, object]) -> MethodologyRow:
    """Store a valid document as a draft of its programme."""
    methodology = await _of_known_programme(session, document)
    row = await methodologies.add(session, methodology.programme, methodology.version, document)
    if row is None:
        raise VersionExists(methodology.programme, methodology.version)
    return row


async def replace_draft(
    session: AsyncSession, row: MethodologyRow, document: Mapping[str, object]
) -> MethodologyRow:
    """Replace a draft by another valid document of the same programme."""
    methodology = await _of_known_programme(session, document)
    if methodology.programme != row.programme:
        raise ProgrammeFixed
    for other in await methodologies.listed(session):
        same = (other.programme, other.version) == (methodology.programme, methodology.version)
        if same and other.id != row.id:
            raise VersionExists(methodology.programme, methodology.version)
    replaced = await methodologies.replace(session, row.id, methodology.version, document)
    if replaced is None:
        raise NotDraft
    return replaced


def validate(
    row: MethodologyRow,
) -> tuple[tuple[FieldError, ...], Sequence[MethodologyWarning]]:
    """Return every fault and every warning of a version."""
    methodology, faults = read_methodology(row.document)
    return faults, [] if methodology is None else warnings_of(methodology)


async def publish(session: AsyncSession, row: MethodologyRow) -> MethodologyRow:
    """Publish a draft: bring its indicators' passports up to it, recalculate the slices."""
    published = await methodologies.publish(session, row.id)
    if published is None:
        raise NotDraft
    methodology = methodology_of(published)
    known = {one.code: one for one in await programmes.passports(session, methodology.programme)}
    passports = [
        passport_of(methodology.programme, leaf, known.get(leaf.code))
        for leaf in methodology.indicators
    ]
    await programmes.keep_passports(session, passports)
    await programmes.mark_computed(session, methodology.programme)
    await _recalculate_all(session, row.programme)
    return published


async def archive(session: AsyncSession, row: MethodologyRow) -> MethodologyRow:
    """Archive a published version: it counts for no new calculation, and stays readable."""
    archived = await methodologies.archive(session, row.id)
    if archived is None:
        raise MethodologyNotPublished
    await _recalculate_all(session, row.programme)
    return archived


async def _recalculate_all(session: AsyncSession, programme: str) -> None:
    for row in await slices.listed(session, programme):
        await queue_recalculation(session, programme, row.period, row.known_at)


async def _of_known_programme(session: AsyncSession, document: Mapping[str, object]) -> Methodology:
    methodology = _valid(document)
    known = {row.code for row in await programmes.listed(session)}
    if methodology.programme not in known:
        told = f"Программы {methodology.programme} нет: сначала заведите её."
        raise MethodologyInvalid(errors=[FieldError("/programme", "PROGRAMME_UNKNOWN", told)])
    return methodology


def passport_of(programme: str, leaf: Indicator, known: Passport | None) -> Passport:
    """Return the passport of an indicator once a methodology with this leaf is published.

    What the leaf leaves open stays as it was `known`. The scale of `percent_of_max` bounds the
    values too: it takes none outside it.
    """
    old = known or Passport(programme, leaf.code, leaf.code, "", "", 0, None, None, [], None, None)
    low, high = _bounds(leaf, (old.domain_low, old.domain_high))
    return Passport(
        programme,
        leaf.code,
        old.title if leaf.title == leaf.code else leaf.title,
        leaf.definition or old.definition,
        leaf.unit or old.unit,
        old.digits if leaf.digits is None else leaf.digits,
        low,
        high,
        list(leaf.topics) or old.topics,
        leaf.responsible or old.responsible,
        leaf.source or old.source,
    )


def _bounds(leaf: Indicator, known: Domain) -> Domain:
    if leaf.normalise.method is not Method.PERCENT_OF_MAX:
        return known if leaf.domain == (None, None) else leaf.domain
    (low, high), maximum = leaf.domain, exact_decimal(leaf.normalise.maximum)
    return max(Decimal(0), low or Decimal(0)), maximum if high is None else min(maximum, high)
