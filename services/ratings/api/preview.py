"""`POST /v1/ratings/preview`: what if."""

import asyncio

from fastapi import APIRouter, Depends, Request, Response

from services.ratings.schemas.preview import QUESTION, PreviewAnswer, PreviewQuestion
from services.ratings.usecases.preview import preview_answer
from shared.web import requires

router = APIRouter(prefix="/v1/ratings", tags=["ratings"])

# The reader takes the body as it came and names every fault, so the schema is only described.
QUESTION_REF = {"$ref": f"#/components/schemas/{PreviewQuestion.__name__}"}


@router.post(
    "/preview",
    summary="Расчёт «что если»",
    description="Рассчитать баллы, места и уровни по методике и значениям из запроса. "
    "Ничего не сохраняется.",
    response_model=PreviewAnswer,
    dependencies=[Depends(requires("ratings:read"))],
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": QUESTION_REF, "example": QUESTION}},
        }
    },
)
async def preview_rating(request: Request) -> Response:
    """Calculate what the body describes."""
    body = await request.body()
    answer = await asyncio.to_thread(preview_answer, body)
    return Response(answer, media_type="application/json")
