"""Wire forms of a year's coverage and cyclogram, as in `docs/rules/wire.md`."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from services.training.domain.calendar import Run, in_order, window_of
from services.training.domain.coverage import Coverage
from shared.figures.rules.finding import assumption_id
from shared.ledger.doubts import Doubts
from shared.ledger.table_sources import TableSource, cite

DOCUMENT = "programme-407"
SHARE = "share"


def finding_ids(codes: Iterable[str]) -> list[str]:
    """Return the ids of the findings that record these assumptions of the programme."""
    return [assumption_id(DOCUMENT, code) for code in codes]


def coverage_document(
    year: str,
    revision: int,
    rows: Sequence[Coverage],
    doubts: Doubts,
    sources: Sequence[TableSource] = (),
) -> dict[str, object]:
    """Show the coverage of a year, with the findings on the figures it is computed from."""
    cells = doubts.cells_by(("subject", "tier", "concept"), year=year)
    shown = [_row(row, _doubts_of(row, cells)) for row in rows]
    return {**_head("Обеспеченность курсами", year, revision, sources), "rows": shown}


def _head(
    title: str, year: str, revision: int, sources: Sequence[TableSource]
) -> dict[str, object]:
    return {
        "year": year,
        "revision": revision,
        "citation": cite(f"{title} {year}, редакция {revision}", sources),
        "sources": [source.wire() for source in sources],
    }


def event_doubts(
    year: str, odd: Mapping[str, Sequence[str]], doubts: Doubts
) -> dict[str, list[str]]:
    """Return the findings by event: what is odd about it, and those on its printed cells."""
    found = {code: list(ids) for code, ids in odd.items()}
    for (code,), ids in doubts.cells_by(("session",), year=year).items():
        if code is not None:
            known = found.setdefault(code, [])
            known += [one for one in ids if one not in known]
    return found


def _doubts_of(row: Coverage, cells: Mapping[tuple[str | None, ...], Sequence[str]]) -> list[str]:
    """Return the findings on the row's own figures, its subject's and the share of its tier."""
    found: dict[str, None] = {}
    for (subject, tier, concept), ids in cells.items():
        own = subject == row.subject and tier in (row.tier, None)
        if own or ((subject, tier) == (None, row.tier) and concept == SHARE):
            found |= dict.fromkeys(ids)
    return list(found)


def _row(row: Coverage, doubts: Sequence[str]) -> dict[str, object]:
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
        "doubts": list(doubts),
    }


def cyclogram_document(
    year: str,
    revision: int,
    runs: Iterable[Run],
    odd: Mapping[str, Sequence[str]],
    last: Mapping[str, Any] | None,
    sources: Sequence[TableSource] = (),
) -> dict[str, object]:
    """Show the cyclogram of a year in order of time.

    `odd` has ids of findings by event; `last` is the document published before: what stood in it
    and is planned no more is given as withdrawn in this revision, until it is planned again.
    """
    items = [_item(run, odd.get(run.code, ())) for run in in_order(runs)]
    present = {item["code"] for item in items}
    return {
        **_head("Циклограмма", year, revision, sources),
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
