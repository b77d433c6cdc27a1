"""What can be wrong with a file as a whole, and the codes and sentences for its rows."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

DATA = Path(__file__).with_name("data")
RAW_SHOWN = 200
MAX_DETAIL, MAX_SUGGESTIONS = 2000, 5
NUL, SHOWN_NUL = "\0", "\u2400"

MESSAGES: dict[str, str] = json.loads((DATA / "messages.json").read_bytes())
"""The Russian sentence of each code."""


def message_for(code: str, **parts: object) -> str:
    """Return the Russian sentence of a code."""
    return MESSAGES[code].format(**parts)


class CellUnreadable(Exception):  # noqa: N818 -- it names the fact.
    """What a cell shows cannot be known; `code` is stable, `detail` is Russian."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail


class FileRefused(Exception):  # noqa: N818 -- it names the fact.
    """The file cannot be read as a whole; `code` is stable, `detail` is Russian."""

    def __init__(self, code: str, detail: str, fields: Sequence[tuple[str, str, str]] = ()) -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail
        self.fields = tuple(fields)

    def as_problem(self) -> dict[str, object]:
        """Return what is stored of the refusal."""
        errors = [{"pointer": p, "code": c, "detail": d} for p, c, d in self.fields]
        return {"code": self.code, "detail": self.detail, "errors": errors}


class HeadingMismatch(FileRefused):
    """The heading row differs from the template; every column is compared."""

    def __init__(
        self, compared: Sequence[tuple[str | None, str | None, bool]], place: str = ""
    ) -> None:
        fields = [
            (
                f"/columns/{i}",
                "HEADING_MATCHES" if fits else "HEADING_MISMATCH",
                f"ожидается: {expected or '—'}; получено: {got or '—'}",
            )
            for i, (expected, got, fits) in enumerate(compared)
        ]
        super().__init__(
            "HEADING_MISMATCH",
            f"Заголовки колонок не совпадают с шаблоном вида данных{place}.",
            fields,
        )


@dataclass(frozen=True, slots=True)
class Notice:
    """What a sender should know of a file that is read; no row is rejected for it."""

    row: int | None
    column: str | None
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Defect:
    """One fault of one cell, as the report lists it."""

    row: int
    column: str | None
    code: str
    detail: str
    raw: str | None
    suggestions: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        row: int,
        column: str | None,
        code: str,
        detail: str,
        raw: str | None,
        suggestions: Sequence[str] = (),
    ) -> "Defect":
        """Make a defect with its raw text cut to what a report shows and can store."""
        shown = None if raw is None else raw[:RAW_SHOWN].replace(NUL, SHOWN_NUL)
        name = None if column is None else column.replace(NUL, SHOWN_NUL)
        offered = tuple(text[:RAW_SHOWN] for text in suggestions[:MAX_SUGGESTIONS])
        return cls(row, name, code, detail.replace(NUL, SHOWN_NUL)[:MAX_DETAIL], shown, offered)


@dataclass(slots=True)
class Rejected:
    """A row that is not taken: its cells in the layout's order (or its raw text), its faults."""

    row: int
    cells: list[str | None]
    defects: list[Defect] = field(default_factory=list)
