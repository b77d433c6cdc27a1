"""Observations and the register of territories are open to read and bound to write."""

from tests.access.callers import OWN, REGION, SISTER, bound, faults, loaded, send
from tests.harness.service import Service

FORBIDDEN = "TERRITORY_FORBIDDEN"


def observation(territory: str, value: str = "90") -> dict[str, object]:
    return {
        "programme": "rum",
        "period": "2022",
        "territory": territory,
        "indicator": "1.1",
        "value": value,
    }


async def test_observations_are_written_within_territories(
    ratings: Service,
) -> None:
    other = "05000000"
    await loaded(ratings, "observations", [observation(REGION), observation(other)])
    mine = bound(ratings, REGION)
    rows = [observation(REGION, "91"), observation(other, "1")]
    assert faults(await send(ratings, "observations", rows, mine)) == [(3, "territory", FORBIDDEN)]
    part = {"mode": "replace_slice", "programme": "rum", "period": "2022"}
    refused = await send(ratings, "observations", rows[:1], mine, **part)
    assert (refused.status_code, refused.json()["code"]) == (403, FORBIDDEN)
    narrowed = await send(ratings, "observations", rows[:1], mine, **part, territory=REGION)
    counts = narrowed.json()["counts"]
    assert (counts["updated"], narrowed.json()["closed"]) == (1, 0), narrowed.text
    changes = (await ratings.get(narrowed.json()["changes"])).json()["items"]
    assert [(row["old"]["value"], row["new"]["value"]) for row in changes] == [("90", "91")]


async def test_a_municipality_renames_itself_and_no_other(ratings: Service) -> None:
    row = {"kind": "municipality", "parent": REGION, "title": "Город", "code_confirmed": "да"}
    rows = [{"code": code, **row} for code in (OWN, SISTER)]
    answer = await send(ratings, "territories", rows, bound(ratings, OWN))
    assert faults(answer) == [(3, "code", FORBIDDEN)]
