"""The report of an import: counts, the first faults, how many of each code."""

from collections import Counter
from typing import Any

from shared.imports.ipc import ListedDefect, RejectedRow

MAX_LISTED = 10_000


class RowTally:
    """Adds up what the blocks of a file brought."""

    def __init__(self) -> None:
        self.staged = 0
        self.rejected = 0
        self.codes: Counter[str] = Counter()
        self.listed: list[ListedDefect] = []

    def reject(self, row: RejectedRow) -> None:
        """Count one rejected row with its faults."""
        self.rejected += 1
        for defect in row.defects:
            self.codes[defect.code] += 1
            if len(self.listed) < 2 * MAX_LISTED:
                self.listed.append(defect)

    def errors(self) -> list[dict[str, Any]]:
        """Return the first faults in the order of rows."""
        first = sorted(self.listed, key=lambda d: d.row)[:MAX_LISTED]
        return [
            {"row": d.row, "column": d.column, "code": d.code, "detail": d.detail, "raw": d.raw}
            for d in first
        ]
