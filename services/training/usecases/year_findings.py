"""Findings about a year's cyclogram, computed from the registries, with the printed evidence."""

from collections.abc import Mapping, Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.domain.calendar import Run
from services.training.domain.coverage import Coverage, Headcount
from services.training.domain.cyclogram_checks import (
    Oddity,
    examine,
    methodical_gaps,
    tutor_load,
)
from services.training.store import calendar
from services.training.usecases.year_documents import DOCUMENT
from shared.figures.claims import Claim, Concept
from shared.figures.reading import read_claim
from shared.figures.rules.finding import Finding, Severity
from shared.ledger.findings import store_findings
from shared.ledger.recheck import current_claims


async def find_oddities(
    session: AsyncSession,
    year: str,
    region: str,
    runs: Sequence[Run],
    counts: Sequence[Headcount],
    coverage: Sequence[Coverage],
) -> Mapping[str, Sequence[str]]:
    """Store what is odd about the year; return the ids of the findings by event.

    Dates that the ledger judges from the document's own claims are left to it. What other
    documents print of the year is no evidence of the programme's own.
    """
    claims = [c for c in await current_claims(session, year) if c.document == DOCUMENT]
    judged = {claim.about("session") for claim in claims if claim.about("window")}
    fixed = await calendar.fixed_dates(session)
    addressed, methodical = (
        await calendar.addressed(session, year),
        await calendar.methodical(session),
    )
    oddities = (
        *examine(runs, coverage, fixed, _per_run(claims)),
        *methodical_gaps(year, runs, addressed, methodical),
        *tutor_load(counts, runs, await calendar.tutors(session)),
    )
    found = [
        (oddity, _finding(oddity, year, region, claims))
        for oddity in oddities
        if not (oddity.rule == "date_in_window" and oddity.codes[0] in judged)
    ]
    await store_findings(
        session,
        service="training",
        source=f"cyclogram:{year}",
        findings=[finding for _, finding in found],
    )
    odd: dict[str, list[str]] = {}
    for oddity, finding in found:
        if finding.severity is not Severity.CONSISTENT:
            for code in oddity.codes:
                odd.setdefault(code, []).append(finding.id)
    return odd


def _per_run(claims: Sequence[Claim]) -> dict[tuple[str, str], int]:
    """Seats by subject and tier if what is printed holds for each run."""
    seats: dict[tuple[str, str], int] = {}
    for claim in claims:
        subject, tier = claim.about("subject"), claim.about("tier")
        reading = read_claim(claim)
        if claim.concept is Concept.SEATS and subject and tier and reading.printed:
            told = claim.about("runs") or "1"
            runs = int(told) if told.isdecimal() else 1
            key = (subject, tier)
            seats[key] = seats.get(key, 0) + int(reading.printed.value) * runs
    return seats


def _finding(oddity: Oddity, year: str, region: str, claims: Sequence[Claim]) -> Finding:
    evidence = _evidence(oddity, claims)
    return Finding(
        rule=oddity.rule,
        severity=Severity(oddity.severity),
        text=oddity.text,
        subject={"year": year, "territory": region, "codes": list(oddity.codes)}
        | ({"document": evidence[0].document} if evidence else {}),
        claims=evidence,
        declared=oddity.declared,  # type: ignore[arg-type]  # Plain numbers and texts.
        recomputed=oddity.recomputed,  # type: ignore[arg-type]  # As above.
        about=("cyclogram", year, *oddity.codes),
    )


def _evidence(oddity: Oddity, claims: Sequence[Claim]) -> tuple[Claim, ...]:
    """Return what is printed about need and seats of a subject and tier, teachers and tutors."""
    if oddity.rule == "tutor_load":
        counted = [claim for claim in claims if claim.concept is Concept.COUNT]
        return tuple(
            claim
            for claim in counted
            if claim.about("of") == "teachers" or claim.about("active") == "managerial"
        )
    if oddity.rule != "capacity_vs_demand":
        return ()
    subject, tier = oddity.codes
    return tuple(
        claim
        for claim in claims
        if (claim.about("of") == "teachers" and claim.about("subject") == subject)
        or (claim.concept is Concept.SHARE and claim.about("tier") == tier)
        or (
            claim.concept is Concept.SEATS
            and (claim.about("subject"), claim.about("tier")) == (subject, tier)
        )
    )
