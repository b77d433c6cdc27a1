"""What the sender of a file asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from shared.imports.parse_task import Format
from shared.territories import Territories


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOrder:
    """What the sender asked for; `sheet` names one of a workbook.

    `territories` bound the sender; `territory` names a part of them to which the import keeps.
    """

    id: UUID
    mode: str
    dry_run: bool
    atomic: bool
    format: Format
    charset: str | None
    sheet: str | None
    slice: Mapping[str, str]
    subject: str
    actor: str | None
    territories: Territories
    territory: str | None = None

    @property
    def within(self) -> Territories:
        """Return the territories whose rows the import may touch."""
        return self.territories if self.territory is None else Territories.of([self.territory])
