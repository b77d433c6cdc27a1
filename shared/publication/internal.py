"""What the gateway pulls of a service: its public documents and its parts of the passports."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from shared.publication.heads import PublishedHead
from shared.web import ReadSession, requires
from shared.web.parts import unless_known


@dataclass(frozen=True, slots=True)
class Publications:
    """How a service tells of what it publishes.

    `passport_state` is what changes whenever `passport_parts` do, at the cost of a few look-ups.
    Both know the region from the settings of the application.
    """

    service: str
    heads: Callable[[AsyncSession], Awaitable[Sequence[PublishedHead]]]
    passport_state: Callable[[AsyncSession, Request], Awaitable[object]]
    passport_parts: Callable[[AsyncSession, Request], Awaitable[Mapping[str, object]]]


def publication_router(publications: Publications) -> APIRouter:
    """Return `/internal/documents` and `/internal/passport` of a service, for other services."""
    router = APIRouter(
        prefix="/internal",
        include_in_schema=False,
        dependencies=[Depends(requires("internal:read"))],
    )

    @router.get("/documents")
    async def list_documents(session: ReadSession) -> dict[str, object]:
        heads = await publications.heads(session)
        return {
            "items": [
                {
                    "path": head.path,
                    "version": head.version,
                    "source_time": head.source_time.isoformat(),
                }
                for head in heads
            ]
        }

    @router.get("/passport")
    async def read_passport(request: Request, session: ReadSession) -> Response:
        async def make() -> object:
            return {"parts": await publications.passport_parts(session, request)}

        state = await publications.passport_state(session, request)
        return await unless_known(request, publications.service, state, make)

    return router
