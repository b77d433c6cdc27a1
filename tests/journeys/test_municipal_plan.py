"""Monitoring finds mathematics weak in a municipality: its teacher comes first in the next plan."""

import asyncio
import time
from typing import Any

from tests.journeys.live import LiveSystem

PATIENCE_SECONDS = 60.0
PLANS = "/v1/training/plans"
# No unit of other journeys: their monitoring would change the priorities.
STRONG, WEAK, OTHERS = "08644000", "08709000", ("08701000", "08624000", "08642000")
VENUE = "08701000"
METHODOLOGY = {
    "programme": "school_mathematics",
    "version": "1",
    "title": "Математика в муниципалитетах",
    "peers": {"kind": "municipality", "group": None},
    "missing": {"policy": "skip", "min_coverage": 0.5},
    "rounding": {"mode": "half_up", "digits": 0},
    "rank_on": "unrounded",
    "publication": "automatic",
    "tree": {
        "code": "total",
        "title": "Итог",
        "aggregate": {"method": "arithmetic"},
        "children": [
            {
                "code": "1",
                "title": "Средний балл по математике",
                "unit": "score",
                "digits": 0,
                "domain": [0, 100],
                "topics": ["mathematics"],
                "direction": "higher",
                "weight": 1,
                "normalise": {"method": "none"},
            }
        ],
    },
}


async def posted(live: LiveSystem, path: str, body: Any, **headers: str) -> Any:
    answer = await live.client.post(path, json=body, headers=headers)
    assert answer.status_code < 300, answer.text
    return answer


async def monitored(live: LiveSystem, values: dict[str, str]) -> None:
    """Post observations of mathematics by municipality and wait until all is told."""
    rows = [
        {
            "programme": "school_mathematics",
            "period": "2022",
            "territory": territory,
            "indicator": "1",
            "value": value,
            "status": None,
            "source": None,
        }
        for territory, value in values.items()
    ]
    await posted(live, "/v1/ratings/imports?kind=observations", rows)
    await live.settle()


async def seated(live: LiveSystem, plan: str, wanted: list[str]) -> list[str]:
    """Return who has a seat in a plan once it is solved for those wanted, or after a minute."""
    placed: list[str] = []
    end = time.monotonic() + PATIENCE_SECONDS
    while placed != wanted and time.monotonic() < end:
        shown = (await live.client.get(f"{PLANS}/{plan}")).json()
        if shown["state"] == "solved":
            placed = [row["ref"] for row in shown["revision"]["result"]["placed"]]
        await asyncio.sleep(0.1)
    return placed


async def registered(live: LiveSystem) -> None:
    """Register two equal teachers of two municipalities, one seat, and the monitoring."""
    teachers = [
        {"ref": ref, "municipality": place, "subjects": ["mathematics"], "tier": "profile"}
        for ref, place in (("j-strong", STRONG), ("j-weak", WEAK))
    ]
    await posted(live, "/v1/training/imports?kind=teachers", teachers)
    seat = {
        "code": "j-course",
        "year": "2030",
        "title": "Курсы",
        "kind": "kpk",
        "subject": "mathematics",
        "tiers": ["profile"],
        "from": "2030-10-01",
        "to": "2030-10-05",
        "zone": VENUE,
        "seats": 1,
        "state": "planned",
    }
    await posted(live, "/v1/training/imports?kind=events", [seat])
    programme = {"code": "school_mathematics", "title": "Математика", "description": "Проба"}
    await posted(live, "/v1/ratings/programmes", {**programme, "peers": []})
    made = await posted(live, "/v1/ratings/methodologies", METHODOLOGY)
    path = f"/v1/ratings/methodologies/{made.json()['id']}/publish"
    await posted(live, path, None, **{"if-match": made.headers["etag"]})


async def test_a_weak_municipality_comes_first_in_the_next_plan(live: LiveSystem) -> None:
    await registered(live)
    await monitored(live, {STRONG: "70", WEAK: "71", **dict.fromkeys(OTHERS, "72")})
    created = await posted(live, PLANS, {"year": "2030", "half": 2})
    plan = created.json()["id"]
    await posted(live, f"{PLANS}/{plan}/solve", None)
    await live.settle()
    assert await seated(live, plan, ["j-strong"]) == ["j-strong"]
    await monitored(live, {STRONG: "90", WEAK: "20"})
    assert await seated(live, plan, ["j-weak"]) == ["j-weak"]
