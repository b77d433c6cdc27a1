"""Erasure of a person on demand."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response

from services.training.usecases.erasure import erase_person
from shared.web import Caller, WriteSession, requires

router = APIRouter(prefix="/v1/training/people", tags=["training"])
Ref = Annotated[
    str, Path(min_length=1, max_length=128, description="Непрозрачная ссылка на человека.")
]


@router.post(
    "/{ref}/erase",
    status_code=204,
    summary="Стереть сведения о человеке",
    description="Уничтожает ключ и строки; опубликованные итоги и история без имени остаются.",
)
async def erase(
    ref: Ref,
    session: WriteSession,
    caller: Annotated[Caller, Depends(requires("training:write", "admin"))],
) -> Response:
    """Erase a person."""
    await erase_person(session, ref, caller.subject)
    return Response(status_code=204)
