"""What the ledger and the cyclogram's own checks say about the programme's figures."""

from typing import Any

import httpx
import pytest

from shared.db import Database
from shared.figures.rules.finding import assumption_id
from tests.services.training.test_year import load
from tests.services.training.working import drain

ALL = (
    "headcounts",
    "measures",
    "events",
    "quotas",
    "classes",
    "facts",
    "claims",
    "assumptions",
)


@pytest.fixture
async def findings(client: httpx.AsyncClient, db: Database, valkey: str) -> list[dict[str, Any]]:
    await load(client, *ALL)
    await drain(db, valkey)
    answer = await client.get("/v1/training/findings?limit=1000")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def of(findings: list[dict[str, Any]], rule: str, **subject: object) -> list[dict[str, Any]]:
    return [
        finding
        for finding in findings
        if finding["rule"] == rule
        and all(finding["subject"].get(name) == value for name, value in subject.items())
    ]


async def test_seats_against_need(findings: list[dict[str, Any]]) -> None:
    found = {
        tuple(f["subject"]["codes"]): (f["severity"], f["recomputed"]["in_total"]["shortage"])
        for f in of(findings, "capacity_vs_demand")
        if "codes" in f["subject"]
    }
    assert found["mathematics", "profile"] == ("consistent", 0)
    assert found["mathematics", "subject"] == ("hazard", 235)
    assert found["physics", "subject"] == ("hazard", 85)
    assert found["informatics", "subject"] == ("hazard", 79)
    assert found["biology", "subject"] == ("implausible", 196)
    assert found["chemistry", "subject"] == ("implausible", 137)
    assert ("mathematics", "olympiad") not in found


async def test_the_tiers_and_the_active_add_up(findings: list[dict[str, Any]]) -> None:
    shares = of(findings, "share_sum")
    parts = of(findings, "whole_of_parts")
    assert [f["severity"] for f in shares] == ["consistent"]
    assert {f["subject"]["active"]: f["severity"] for f in parts} == {
        "methodical": "consistent",
        "managerial": "consistent",
    }


async def test_the_load_of_tutors_is_told_in_every_reading(findings: list[dict[str, Any]]) -> None:
    (load,) = of(findings, "tutor_load")
    assert load["severity"] == "hazard"
    assert load["declared"]["teachers"] == {"all_subjects": 7254, "subjects_with_courses": 1567}
    assert load["recomputed"]["subjects_with_courses"]["managerial"] == "3.3"
    assert {one["raw"] for one in load["evidence"]} >= {"480 чел.", "747"}


async def test_november_stands_outside_its_window(findings: list[dict[str, Any]]) -> None:
    dates = {f["subject"].get("session"): f for f in of(findings, "date_in_window")}
    assert dates["kpk-mathematics-profile"]["severity"] == "contradiction"
    assert dates["kpk-physics-profile"]["severity"] == "consistent"
    assert dates["kpk-mathematics-profile"]["evidence"][0]["locator"]["line"] == 209


async def test_5687_is_printed_under_two_concepts(findings: list[dict[str, Any]]) -> None:
    copies = of(findings, "cross_column_copy")
    assert any("5687" in str(f["evidence"]) for f in copies)


async def test_every_assumption_is_a_finding_and_doubts_lead_to_them(
    findings: list[dict[str, Any]], client: httpx.AsyncClient
) -> None:
    ids = {f["id"] for f in of(findings, "assumption")}
    assert assumption_id("programme-407", "subject_courses_total") in ids
    assert assumption_id("programme-407", "lost_slide_model") in ids
    everything = {f["id"] for f in findings}
    cyclogram = (await client.get("/v1/training/2023/cyclogram")).json()
    coverage = (await client.get("/v1/training/2023/coverage")).json()
    assert {doubt for item in cyclogram["items"] for doubt in item["doubts"]} <= everything
    assert {one for row in coverage["rows"] for one in row["assumptions"]} <= ids
