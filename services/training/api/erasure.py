"""The address of erasure before `/v1/training/persons`."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from services.training.usecases.erasure import ERASER
from shared.log import logger
from shared.persons.api import Reference
from shared.persons.errors import PersonUnknown
from shared.web import Caller, WriteSession, requires

log = logger(__name__)
router = APIRouter(prefix="/v1/training/people", tags=["training"])


@router.post(
    "/{ref}/erase",
    status_code=204,
    summary="Стереть сведения о человеке (прежний адрес)",
    description="То же, что POST /v1/training/persons/{ref}/erase, без отчёта.",
    deprecated=True,
)
async def erase_at_former_address(
    ref: Reference,
    session: WriteSession,
    caller: Annotated[Caller, Depends(requires("training:write", "admin"))],
) -> Response:
    """Erase a person."""
    await ERASER.require_own(session, ref)
    if not (await ERASER.erase(session, ref)).found:
        raise PersonUnknown
    log.info("person_erased", client=caller.subject)
    return Response(status_code=204)
