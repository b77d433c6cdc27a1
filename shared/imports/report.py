"""The report of an import: counts, the first faults, how many of each code."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from shared.imports.ipc import ListedDefect, ListedNotice, RejectedRow

MAX_LISTED = 10_000
MAX_NOTICES = 1000


class RowTally:
    """Adds up what the blocks of a file brought."""

    def __init__(self) -> None:
        self.staged = 0
        self.rejected = 0
        self.codes: Counter[str] = Counter()
        self.listed: list[ListedDefect] = []
        self.notices: list[ListedNotice] = []
        self.notices_closed = False

    def reject(self, row: RejectedRow) -> None:
        """Count one rejected row with its faults."""
        self.rejected += 1
        for defect in row.defects:
            self.codes[defect.code] += 1
            if len(self.listed) < 2 * MAX_LISTED:
                self.listed.append(defect)

    def note(self, notices: Iterable[ListedNotice]) -> None:
        """Keep the first notices, each once."""
        for notice in notices:
            if self.notices_closed:
                return
            if len(self.notices) < MAX_NOTICES and notice not in self.notices[-100:]:
                self.notices.append(notice)

    def warnings(self) -> list[dict[str, Any]]:
        """Return the notices as a report lists them."""
        return [
            {"row": n.row, "column": n.column, "code": n.code, "detail": n.detail}
            for n in self.notices
        ]

    def errors(self) -> list[dict[str, Any]]:
        """Return the first faults in the order of rows."""
        first = sorted(self.listed, key=lambda d: d.row)[:MAX_LISTED]
        return [
            {
                "row": d.row,
                "column": d.column,
                "code": d.code,
                "detail": d.detail,
                "raw": d.raw,
                "suggestions": d.suggestions,
            }
            for d in first
        ]
