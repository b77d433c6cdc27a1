"""The one way to read a page of a registry, and the parameters its operations share."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, TypeVar

from fastapi import Depends, Query
from pydantic import AwareDatetime
from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.schemas.registries import RegistryPage
from services.training.store.registry_pages import REGISTRIES, list_rows
from shared.web import Caller, Pager, Paging, ReadSession, ResponseModel, requires

Row = TypeVar("Row", bound=ResponseModel)
Reader = Annotated[Caller, Depends(requires("training:read"))]
Filter = Annotated[str | None, Query(max_length=128, description="Только с этим значением.")]
KnownAt = Annotated[
    AwareDatetime | None, Query(description="Что было известно к этому моменту (RFC 3339).")
]


@dataclass(frozen=True, slots=True)
class RegistryRequest:
    """A page of a registry as it is now, or was known at an instant."""

    session: AsyncSession
    pager: Pager
    as_of: datetime | None = None

    async def read(
        self, name: str, **chosen: str | None
    ) -> tuple[Sequence[RowMapping], str | None]:
        """Return the rows in order of the registry's key and the cursor of the next page."""
        registry = REGISTRIES[name]
        given = {key: value for key, value in chosen.items() if value is not None}
        found = await list_rows(
            self.session,
            registry,
            given,
            self.pager.after,
            limit=self.pager.fetch,
            as_of=self.as_of,
        )
        return self.pager.cut(found, lambda row: [row[part] for part in registry.key])

    async def page(self, name: str, shape: type[Row], **chosen: str | None) -> RegistryPage[Row]:
        """Return the page in the shape of its rows."""
        rows, following = await self.read(name, **chosen)
        items = [shape.model_validate(dict(row)) for row in rows]
        return RegistryPage[Row](items=items, next=following)


async def present(session: ReadSession, pager: Paging) -> RegistryRequest:
    """Return the request for a registry that is read only as it is now."""
    return RegistryRequest(session, pager)


async def at_instant(session: ReadSession, pager: Paging, as_of: KnownAt = None) -> RegistryRequest:
    """Return the request for a registry that may be read as it was known."""
    return RegistryRequest(session, pager, as_of)


RegistryPages = Annotated[RegistryRequest, Depends(present)]
RegistryReader = Annotated[RegistryRequest, Depends(at_instant)]
