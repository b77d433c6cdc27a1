"""Wire forms of a year's coverage and cyclogram, as in `docs/rules/wire.md`."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from services.training.domain.calendar import Run, in_order, window_of
from services.training.domain.coverage import Coverage
from shared.figures.rules.finding import assumption_id

DOCUMENT = "programme-407"


def finding_ids(codes: Iterable[str]) -> list[str]:
    """Return the ids of the findings that record these assumptions of the programme."""
    return [assumption_id(DOCUMENT, code) for code in codes]


def coverage_document(year: str, revision: int, rows: Sequence[Coverage]) -> dict[str, object]:
    """Show the coverage of a year."""
    return {"year": year, "revision": revision, "rows": [_row(row) for row in rows]}


def _row(row: Coverage) -> dict[str, object]:
    return {
        "subject": row.subject,
        "title": row.title,
        "tier": row.tier,
        "headcount": row.headcount,
        "need": row.need,
        "seats": row.seats,
        "share": row.share,
        "shortage": row.shortage,
        "trained": row.trained,
        "half_years": [{"half": half, "seats": seats} for half, seats in row.halves],
        "venues": [{"venue": venue or None, "seats": seats} for venue, seats in row.venues],
        "assumptions": finding_ids(row.assumptions),
    }


def cyclogram_document(
    year: str,
    revision: int,
    runs: Iterable[Run],
    odd: Mapping[str, Sequence[str]],
    last: Mapping[str, Any] | None,
) -> dict[str, object]:
    """Show the cyclogram of a year in order of time.

    `odd` has ids of findings by event; `last` is the document published before: what stood in it
    and stands no more is listed as withdrawn in this revision, until it is planned again.
    """
    items = [_item(run, odd.get(run.code, ())) for run in in_order(runs)]
    present = {item["code"] for item in items}
    return {
        "year": year,
        "revision": revision,
        "items": items,
        "withdrawn": _withdrawn(revision, present, last or {}),
    }


def _withdrawn(
    revision: int, present: AbstractSet[object], last: Mapping[str, Any]
) -> list[dict[str, object]]:
    earlier = last.get("withdrawn", [])
    now = [{**item, "withdrawn_in": revision} for item in last.get("items", [])]
    gone = [item for item in (*earlier, *now) if item["code"] not in present]
    return sorted(gone, key=lambda item: str(item["code"]))


def _item(run: Run, odd: Sequence[str]) -> dict[str, object]:
    first, last = run.span.text() if run.span else (None, None)
    return {
        "code": run.code,
        "title": run.title,
        "kind": run.kind,
        "subject": run.subject,
        "tiers": list(run.tiers),
        "from": first,
        "to": last,
        "precision": run.span.precision if run.span else "month",
        "venues": list(run.venues),
        "seats": run.seats,
        "window": _window(run.window),
        "doubts": [*finding_ids(run.doubts), *odd],
    }


def _window(code: str | None) -> dict[str, str] | None:
    if code is None:
        return None
    first, last = window_of(code).text()
    return {"code": code, "from": first, "to": last}
