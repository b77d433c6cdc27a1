"""What is said of a document reaches the numbers of ratings that rest on it."""

from typing import Any

from services.ratings.schemas.tables import RatingTable
from tests.services.ratings.programme import KHABAROVSK, rated
from tests.services.ratings.service import Service

KAMCHATKA = "30000000"


async def by_id(service: Service) -> dict[str, Any]:
    answer = await service.get("/internal/findings")
    return {one["id"]: one for one in answer.json()["items"]}


async def test_tables_and_passports_carry_the_findings_on_their_figures(loaded: Service) -> None:
    findings = await by_id(loaded)
    table = (await loaded.get("/v1/ratings/rum/2022")).json()
    RatingTable.model_validate(table)
    total = rated(table, KAMCHATKA)["nodes"]["total"]
    rules = {findings[one]["rule"] for one in total["doubts"]}
    assert "place_sequence" in rules
    assert "assumption" in rules
    assert {findings[one]["rule"] for one in table["doubts"]} == {"assumption"}
    own = rated(table, KHABAROVSK)["nodes"]
    assert "method_dependence" in {findings[one]["rule"] for one in own["1.1"]["doubts"]}
    passport = (await loaded.get("/internal/passport")).json()["parts"]["ratings"]
    shown = passport["territories"][KAMCHATKA]["rum"]["2022"]["total"]
    assert shown["doubts"] == total["doubts"]
    profile = (await loaded.get(f"/v1/ratings/profiles/{KAMCHATKA}")).json()
    periods = {
        one["period"]: one["nodes"]["total"]["doubts"]
        for programme in profile["programmes"]
        for one in programme["periods"]
        if programme["programme"] == "rum"
    }
    assert periods["2022"] == total["doubts"]
    listed = (await loaded.get("/internal/documents")).json()["items"]
    assert len({item["version"] for item in listed if "/rum/" in item["path"]}) == 2
