"""What a calculation found about its own inputs, stored in the ledger next to the rules' findings.

All of them are `incomplete`: the values do not suffice for the methodology's rule, and the default
used is said.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from shared.figures.rules.finding import Finding, Severity
from shared.ledger.findings import store_findings

LISTED = 100
DETAILS = {
    "VALUE_MISSING": "нет значений, а методика не допускает пропусков",
    "VALUE_OUT_OF_RANGE": "есть значения вне шкалы показателя",
}


async def keep_findings(
    session: AsyncSession, programme: str, period: str, told: Sequence[Mapping[str, Any]]
) -> None:
    """Bring the ledger to what the latest calculation of a slice says; no findings close all.

    `told` are findings of a revision's head: `rule`, `node`, `detail` and the `units` concerned,
    none for a whole column.
    """
    found = [_finding(programme, period, one) for one in told]
    await store_findings(
        session, service="ratings", source=f"rating:{programme}/{period}", findings=found
    )


def failure_told(failed: Mapping[str, Any]) -> dict[str, Any]:
    """Return a failed calculation as a finding of the whole slice."""
    cells: Any = failed["cells"]
    detail = (
        f"Расчёт не выполнен: {DETAILS[failed['code']]} (ячеек: {failed['cells_total']}). "
        "Действует прежняя редакция."
    )
    units = sorted({cell["territory"] for cell in cells})
    return {"rule": "calculation_failed", "node": "", "detail": detail, "units": units}


def _finding(programme: str, period: str, told: Mapping[str, Any]) -> Finding:
    units: list[str] = list(told["units"])
    subject: dict[str, Any] = {"programme": programme, "period": period}
    if told["node"]:
        subject["indicator"] = told["node"]
    if len(units) == 1:
        subject["territory"] = units[0]
    elif units:
        subject["territories"] = units[:LISTED]
    return Finding(
        rule=told["rule"],
        severity=Severity.INCOMPLETE,
        text=told["detail"],
        subject=subject,
        claims=(),
        recomputed=None,
        tolerance={"default": None, "units": len(units)},
        about=(programme, period, told["rule"], told["node"]),
    )
