"""What the rules say of the programme's olympiad tables, over the whole way from the files."""

import csv
from collections import Counter
from typing import Any

from tests.services.olympiads.service import DATA, Service

ONE_SLIP = {"literature", "history", "chemistry", "physics"}
"""Subjects of which one cell, changed by a digit, would restore a common maximum."""


async def findings(service: Service) -> list[dict[str, Any]]:
    with (DATA / "manifest.csv").open(encoding="utf-8", newline="") as manifest:
        rows = list(csv.DictReader(manifest))
    for row in rows:
        report = await service.load(row["kind"], row["file"])
        assert report["counts"]["rejected"] == 0, report
    answer = await service.eventually(
        "/internal/findings",
        lambda a: (
            sum(f["rule"] == "assumption" for f in a.json()["items"]) == 8
            and any(f["rule"] == "maximum_conflict" for f in a.json()["items"])
            and any(f["rule"] == "code_coverage" for f in a.json()["items"])
        ),
    )
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_the_programme_s_olympiad_tables_are_judged(service: Service) -> None:
    items = await findings(service)
    conflicts = {
        f["subject"].get("subject"): f
        for f in items
        if f["rule"] == "maximum_conflict" and f["severity"] == "implausible"
    }
    assert set(conflicts) == ONE_SLIP
    dash = [f for f in items if f["rule"] == "missing_vs_zero"]
    assert len(dash) == 1
    assert dash[0]["subject"]["subject"] == "french"
    coverage = [f for f in items if f["rule"] == "code_coverage" and f["severity"] == "incomplete"]
    assert len(coverage) == 1
    missing = str(coverage[0])
    assert all(code in missing for code in ("italian", "spanish", "technology"))
    assert not [f for f in items if f["rule"] == "monotone_expectation"]
    assert Counter(f["severity"] for f in items)["contradiction"] == 0
