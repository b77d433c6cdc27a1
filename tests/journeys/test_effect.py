"""From a weak direction to a measure drawn by lot, to what may be said of it a year later."""

import asyncio
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from tests.journeys.live import LiveSystem
from tests.journeys.test_clients import Taken, receiving
from tests.journeys.test_municipal_plan import METHODOLOGY, posted

PROGRAMME = "effect_mathematics"
UNITS = [
    "08603000", "08606000", "08609000", "08612000", "08614000", "08617000",
    "08620000", "08624000", "08628000", "08631000", "08634000", "08637000",
]  # fmt: skip
NORTH = set(UNITS[:6])
YEARS = ("2027", "2028", "2029")
EFFECT = "/v1/ratings/effects/j-tour"
EXPOSURES = "/v1/training/measures/j-tour/exposures"
TOPIC = "ratings.effects_published.v1"


def value(unit: str, year: str, added: float = 0) -> str:
    row, at = UNITS.index(unit), int(year) - 2027
    return f"{40 + row + at + (row * 7 + at * 3) % 4 / 2 + added:.0f}"


async def monitor(live: LiveSystem, year: str, values: dict[str, str]) -> None:
    """Import a year of monitoring and wait until everything that follows is published."""
    rows = [
        {
            "programme": PROGRAMME,
            "period": year,
            "territory": unit,
            "indicator": "1",
            "value": shown,
            "status": None,
            "source": None,
        }
        for unit, shown in values.items()
    ]
    await posted(live, "/v1/ratings/imports?kind=observations", rows)
    await live.settle()


async def load(live: LiveSystem, kind: str, *rows: dict[str, Any]) -> None:
    await posted(live, f"/v1/training/imports?kind={kind}", list(rows))


async def read(live: LiveSystem, path: str) -> Any:
    answer = await live.client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def register_programme(live: LiveSystem) -> None:
    programme = {"code": PROGRAMME, "title": "Математика", "description": "Проба", "peers": []}
    await posted(live, "/v1/ratings/programmes", programme)
    made = await posted(live, "/v1/ratings/methodologies", METHODOLOGY | {"programme": PROGRAMME})
    path = f"/v1/ratings/methodologies/{made.json()['id']}/publish"
    await posted(live, path, None, **{"if-match": made.headers["etag"]})


async def draw_municipalities(live: LiveSystem) -> dict[str, Any]:
    """Ask what could be seen, and take the stratified lot that is proposed."""
    history = {
        "units": UNITS,
        "periods": [int(year) for year in YEARS],
        "values": [[float(value(unit, year)) for year in YEARS] for unit in UNITS],
        "digits": 0,
    }
    strata = {unit: "north" if unit in NORTH else "south" for unit in UNITS}
    question = {
        "panel": history,
        "treated": 6,
        "after": 1,
        "assignment": {"rule": "random", "strata": strata},
    }
    answer = await posted(live, "/v1/ratings/effects/power", question)
    proposal: dict[str, Any] = answer.json()["proposal"]
    return proposal


async def offer(live: LiveSystem, proposal: dict[str, Any]) -> None:
    """Register the measure with its draw, and freeze the plan before it begins."""
    await load(
        live,
        "measures",
        {
            "code": "j-tour",
            "title": "Выездной семинар",
            "unit_level": "municipality",
            "reached_by": "attendance",
            "assignment": {"rule": "random", "seed": proposal["seed"]},
            "outcomes": [f"{PROGRAMME} 1 up 5 2"],
        },
    )
    draw = [
        {
            "measure": "j-tour",
            "unit": unit,
            "period": "2029",
            "exposed": False,
            "stratum": proposal["strata"][unit],
        }
        for unit in UNITS
    ]
    await load(live, "exposures", *draw)
    body = {"outcome": {"programme": PROGRAMME, "indicator": "1", "lag": 0}, "seed": 1}
    put = await live.client.put(f"{EFFECT}/plan", json=body)
    assert put.status_code == 200, put.text
    frozen = await posted(live, f"{EFFECT}/plan/freeze", None, **{"if-match": put.headers["etag"]})
    assert frozen.json()["frozen_at"] is not None


LEVELS = {
    "on": "published",
    "domain": ["0", "100"],
    "step": "1",
    "bands": [
        {"code": "base", "from": "50", "to": "100", "title": None, "colour": None},
        {"code": "low", "from": "0", "to": "49", "title": None, "colour": None},
    ],
}


async def diagnose(live: LiveSystem, refs: dict[str, str]) -> None:
    """Register the teachers of the drawn municipalities and find their deficits."""
    geometry = {"code": "j-geometry", "title": "Геометрия", "kind": "subject"}
    await load(live, "competencies", geometry | {"subject": "mathematics"})
    diagnostic = {"code": "j-test", "title": "Геометрия", "competency": "j-geometry"}
    await load(live, "diagnostics", diagnostic | {"level_set": LEVELS, "required": "base"})
    people = [
        {"ref": ref, "municipality": unit, "subjects": ["mathematics"], "tier": "olympiad"}
        for unit, ref in refs.items()
    ]
    await load(live, "teachers", *people)
    await load(live, "results", *results(refs, "2029-12-01", "30"))
    for ref in refs.values():
        found = await read(live, f"/v1/training/deficits?teacher={ref}")
        assert [one["competency"] for one in found["items"]] == ["j-geometry"]


def results(refs: dict[str, str], day: str, score: str) -> list[dict[str, Any]]:
    taken = {"diagnostic": "j-test", "taken_on": day, "score": score}
    return [taken | {"teacher": ref} for ref in refs.values()]


async def teach(live: LiveSystem, refs: dict[str, str]) -> None:
    """Seat the teachers by lot, register their attendance and measure them again."""
    course = {
        "code": "j-tour-1",
        "year": "2030",
        "title": "Выездной семинар",
        "kind": "kpk",
        "measure": "j-tour",
        "subject": "mathematics",
        "tiers": ["olympiad"],
        "from": "2030-02-04",
        "to": "2030-02-08",
        "zone": UNITS[0],
        "seats": len(refs),
        "state": "planned",
    }
    await load(live, "events", course)
    proposed = {"year": "2030", "half": 1, "lottery": {"seed": 2030}}
    plan = (await posted(live, "/v1/training/plans", proposed)).json()["id"]
    await posted(live, f"/v1/training/plans/{plan}/solve", None)
    await live.settle()
    content = (await read(live, f"/v1/training/plans/{plan}"))["revision"]["result"]
    seated = [one["ref"] for one in content["placed"] if one["ref"] in refs.values()]
    assert sorted(seated) == sorted(refs.values())
    assert content["lottery"]["seed"] == 2030
    done = {"event": "j-tour-1", "state": "completed", "completed_on": "2030-02-08"}
    await load(live, "attendance", *({**done, "teacher": ref} for ref in seated))
    await load(live, "results", *results(refs, "2030-03-10", "70"))
    await live.settle()
    for ref in refs.values():
        assert (await read(live, f"/v1/training/deficits?teacher={ref}"))["items"] == []


async def order_webhook(live: LiveSystem, hook: str) -> str:
    body = {"url": hook, "types": [TOPIC]}
    secret: str = (await posted(live, "/v1/webhooks", body)).json()["secret"]
    return secret


async def test_a_measure_drawn_by_lot_is_measured_a_year_later(live: LiveSystem) -> None:
    taken: Taken = []
    await register_programme(live)
    for year in YEARS:
        await monitor(live, year, {unit: value(unit, year) for unit in UNITS})
    proposal = await draw_municipalities(live)
    treated = proposal["treated"]
    await offer(live, proposal)
    async with receiving(taken) as hook:
        secret = await order_webhook(live, hook)
        refs = {unit: f"j-e-{unit}" for unit in treated}
        await diagnose(live, refs)
        await teach(live, refs)
        reached = {one["unit"]: one for one in (await read(live, EXPOSURES))["items"]}
        assert {u for u, one in reached.items() if one["first_exposed"] == "2030"} == set(treated)
        after = {u: value(u, "2030", 8 if u in treated else 0) for u in UNITS}
        await monitor(live, "2030", after)
        document = await read(live, EFFECT)
        assert (document["design"], document["verdict"]) == ("lottery", "measured")
        assert document["plan"]["pre_registered"] is True
        assert document["inference"]["assignments"] == 20 * 20
        assert document["inference"]["p"] == pytest.approx(2 / 400)
        assert abs(document["estimate"] - 8) < 1.5
        await check_published(live, document, treated[0])
        await monitor(live, "2030", {treated[0]: str(int(after[treated[0]]) - 3)})
        corrected = await read(live, EFFECT)
        assert corrected["revision"] == document["revision"] + 1
        assert corrected["estimate"] == pytest.approx(document["estimate"] - 0.5)
        assert await read(live, f"{EFFECT}?revision={document['revision']}") == document
        async with asyncio.timeout(60):
            while not taken:
                await asyncio.sleep(0.1)
    headers, body = taken[0]
    assert Webhook(secret).verify(body, headers)["type"] == TOPIC


async def check_published(live: LiveSystem, document: dict[str, Any], unit: str) -> None:
    """The effect stands in the list, the passport, the table of its units."""
    listed = (await read(live, "/v1/ratings/effects"))["items"]
    assert "j-tour" in [one["measure"] for one in listed]
    passport = await read(live, f"/v1/territories/{unit}/passport")
    (own,) = [one for one in passport["parts"]["effects"]["data"] if one["measure"] == "j-tour"]
    assert own["sentence"] == document["sentence"]
    assert own["unit"]["first_exposed"] == "2030"
    table = await live.client.get(EFFECT, headers={"accept": "text/csv"})
    assert table.status_code == 200, table.text
    assert unit in table.text
