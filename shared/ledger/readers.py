"""Who may read what people said and did: open reads carry no actor, client or free comment."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Response

from shared.auth import Caller
from shared.web.authentication import optional_caller

PERSONAL = ("actor", "subject", "comment")


@dataclass(frozen=True, slots=True)
class ClosedReader:
    """A reader; `entitled` ones hold the service's reading scope."""

    entitled: bool

    def of(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return a row, its personal members null where the reader is not entitled."""
        if self.entitled:
            return dict(row)
        return {name: None if name in PERSONAL else value for name, value in row.items()}


def closed_reader(service: str) -> Callable[..., Awaitable[ClosedReader]]:
    """Return a dependency that gives the reader, entitled by `<service>:read`."""

    async def reader(
        response: Response, caller: Annotated[Caller | None, Depends(optional_caller)]
    ) -> ClosedReader:
        response.headers["Vary"] = "Authorization"
        return ClosedReader(caller is not None and f"{service}:read" in caller.scopes)

    return reader
