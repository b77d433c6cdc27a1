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


def claim(territory: str, raw: str) -> dict[str, object]:
    return {
        "scope": "rum",
        "territory": territory,
        "concept": "place",
        "key": "indicator=total;period=2022",
        "raw": raw,
        "document": "doc-1",
        "locator.line": 1,
        "locator.cell": 1,
        "locator.table": "table",
    }


async def test_claims_are_made_and_answered_within_territories(ratings: Service) -> None:
    await loaded(ratings, "claims", [claim("05000000", "24"), claim(REGION, "12")])
    mine = bound(ratings, REGION)
    rows = [claim(REGION, "13"), claim("05000000", "1")]
    answer = await send(ratings, "claims", rows, mine)
    assert faults(answer) == [(3, "territory", FORBIDDEN)]
    found = (await ratings.get("/v1/ratings/claims?document=doc-1")).json()["items"]
    correction = {"raw": "11", "basis": "Письмо № 1"}
    for row in found:
        answered = await ratings.post(
            f"/v1/ratings/claims/{row['id']}/corrections", correction, headers=mine
        )
        expected = 403 if row["territory"] == "05000000" else 201
        assert answered.status_code == expected, answered.text
    assert len(found) == 2
