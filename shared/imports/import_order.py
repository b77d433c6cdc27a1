"""What the sender of a file asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from shared.imports.parse_task import Format


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOrder:
    """What the sender asked for; `sheet` names one of a workbook."""

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
