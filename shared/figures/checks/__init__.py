"""Which rules have their inputs in a document, and all their findings, `consistent` ones included.

Each module gathers the inputs of one family of rules by the keys of the claims and the registered
facts; a rule whose inputs are not all there says what it lacks.
"""

import gc

from shared.figures.checks.repairs import verify_repairs
from shared.figures.checks.run import CheckResult, run_checks
from shared.figures.document import SourceDocument
from shared.figures.rules.finding import Finding

__all__ = ["CheckResult", "check_document", "examine_document"]


def examine_document(document: SourceDocument) -> CheckResult:
    """Run every rule on a document and verify the repairs against the whole of it.

    The collector of cycles is paused: a check makes millions of values and no cycles, and looking
    for them took a fifth of its time.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        return verify_repairs(document, run_checks(document))
    finally:
        if enabled:
            gc.enable()


def check_document(document: SourceDocument) -> list[Finding]:
    """Return every finding of a document in a stable order (rule, then id)."""
    return list(examine_document(document).findings)
