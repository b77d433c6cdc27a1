"""Which rules have their inputs in a document, and all their findings, `consistent` ones included.

Each module gathers the inputs of one family of rules by the keys of the claims and the registered
facts; a rule whose inputs are not all there says nothing.
"""

from shared.figures.checks.bands import check_bands
from shared.figures.checks.domains import check_domains
from shared.figures.checks.gaps import check_gaps
from shared.figures.checks.means import check_means
from shared.figures.checks.ranks import check_ranks
from shared.figures.checks.scales import check_scales
from shared.figures.checks.series import check_series
from shared.figures.checks.sums import check_sums
from shared.figures.document import SourceDocument
from shared.figures.reading import read_claim
from shared.figures.rules.finding import Finding, Severity

CHECKS = (
    check_gaps,
    check_means,
    check_scales,
    check_bands,
    check_ranks,
    check_sums,
    check_series,
    check_domains,
)


GRAVITY = {severity: rank for rank, severity in enumerate(Severity)}


def check_document(document: SourceDocument) -> list[Finding]:
    """Return every finding of a document in a stable order (rule, then id).

    Of several that one rule has about the same claims the gravest stands.
    """
    readings = [read_claim(claim) for claim in sorted(document.claims, key=lambda c: c.identity)]
    found: dict[str, Finding] = {}
    for check in CHECKS:
        for finding in check(readings, document):
            known = found.get(finding.id)
            if known is None or GRAVITY[finding.severity] < GRAVITY[known.severity]:
                found[finding.id] = finding
    return sorted(found.values(), key=lambda finding: (finding.rule, finding.id))
