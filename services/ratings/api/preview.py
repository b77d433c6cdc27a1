"""`POST /v1/ratings/preview`: what if."""

import asyncio

from fastapi import APIRouter, Depends, Request, Response

from services.ratings.usecases.preview import preview_answer
from shared.web import requires

router = APIRouter(prefix="/v1/ratings", tags=["ratings"])

EXAMPLE = {
    "methodology": {
        "programme": "rum",
        "version": "what-if",
        "title": "Проба",
        "peers": {"kind": "region"},
        "tree": {
            "code": "total",
            "title": "Итог",
            "aggregate": {"method": "arithmetic"},
            "children": [
                {
                    "code": "1.1",
                    "title": "Система оценки качества подготовки обучающихся",
                    "direction": "higher",
                    "weight": 1,
                    "normalise": {"method": "none"},
                }
            ],
        },
        "missing": {"policy": "skip", "min_coverage": 0.5},
        "rounding": {"mode": "half_up", "digits": 0},
        "rank_on": "unrounded",
    },
    "units": [{"code": "u1", "group": "g1"}, {"code": "u2", "group": "g1"}],
    "indicators": ["1.1"],
    "values": [[99], [90]],
}
# Said in words of JSON Schema, since generated clients take a bare object for an empty one.
QUESTION = {"type": "object", "additionalProperties": True, "maxProperties": 1000}


@router.post(
    "/preview",
    summary="Расчёт «что если»",
    description="Рассчитать баллы, места и уровни по методике и значениям из запроса. "
    "Ничего не сохраняется.",
    dependencies=[Depends(requires("ratings:read"))],
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": QUESTION, "example": EXAMPLE}},
        }
    },
)
async def preview_rating(request: Request) -> Response:
    """Calculate what the body describes."""
    body = await request.body()
    answer = await asyncio.to_thread(preview_answer, body)
    return Response(answer, media_type="application/json")
