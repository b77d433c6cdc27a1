"""The report on outcomes of routes; it names mentors and tutors, so it needs the scope."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from services.training.domain.outcome_report import By
from services.training.schemas.outcomes import OutcomeReport, report_row
from services.training.usecases.route_outcomes import report
from shared.web import Paging, ReadSession, requires

router = APIRouter(
    prefix="/v1/training/routes",
    tags=["training"],
    dependencies=[Depends(requires("training:read"))],
)


@router.get(
    "/outcomes",
    summary="Итоги маршрутов",
    description="Сколько дефицитов закрыто по повторной диагностике, по курсам, наставникам, "
    "тьюторам и направлениям, и сколько закрылось бы без обучения (возврат к среднему).",
)
async def list_route_outcomes(
    session: ReadSession,
    page: Paging,
    by: Annotated[By | None, Query(description="Только этот разрез.")] = None,
) -> OutcomeReport:
    """List the rows of the report in order of kind and code."""
    wanted = [row for row in await report(session) if by in (None, row.by)]
    rows, following = page.cut_sorted(wanted, lambda row: [row.by, row.code])
    return OutcomeReport(items=[report_row(row) for row in rows], next=following)
