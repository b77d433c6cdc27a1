"""The report on outcomes of routes; it names mentors and tutors, so it needs the scope."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from services.training.domain.outcome_report import By
from services.training.schemas.outcomes import OutcomeReport, report_row
from services.training.usecases.route_outcomes import report
from shared.web import Cursor, Limit, ReadSession, next_link, read_cursor, requires, write_cursor

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
    request: Request,
    response: Response,
    session: ReadSession,
    by: Annotated[By | None, Query(description="Только этот разрез.")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> OutcomeReport:
    """List the rows of the report in order of kind and code."""
    after = read_cursor(request, cursor)
    rows = [
        row
        for row in await report(session)
        if by in (None, row.by) and (after is None or [row.by, row.code] > after)
    ]
    following = None
    if len(rows) > limit:
        last = rows[limit - 1]
        following = write_cursor(request, [last.by, last.code])
    response.headers.update(next_link(request, following))
    return OutcomeReport(items=[report_row(row) for row in rows[:limit]], next=following)
