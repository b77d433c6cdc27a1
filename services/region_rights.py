"""Acts that hold for the whole region: who may do them."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Request

from shared.access_errors import TerritoryForbidden
from shared.web import Caller, requires


def requires_region(*scopes: str) -> Callable[..., Awaitable[Caller]]:
    """Return a dependency that gives a caller with these scopes and the region.

    One who is bound to a part of it is refused: what is written holds for everybody.
    """

    async def check(
        request: Request, caller: Annotated[Caller, Depends(requires(*scopes))]
    ) -> Caller:
        region: str = request.app.state.settings.region
        if not caller.territories.allow(region):
            raise TerritoryForbidden(region)
        return caller

    return check
