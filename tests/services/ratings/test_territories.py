"""The register of territories and the imports that correct it."""

from typing import Any

import pytest

from services.ratings.parsers.periods import first_day
from services.ratings.store.territories import units
from shared.db import Database
from tests.services.ratings.service import DATA, Service

PATH = "/v1/ratings/territories"
HEADING = (
    "code,kind,parent,title,register_name,aliases,okato,iso_code,code_confirmed,valid_from,"
    "valid_to,successors,replaces"
)


def file(*rows: str) -> bytes:
    return "\n".join([HEADING, *rows, ""]).encode()


async def shown(service: Service, code: str) -> Any:
    answer = await service.get(f"{PATH}/{code}")
    return answer.json() if answer.status_code == 200 else None


async def test_the_register_is_paged_and_filtered(quiet: Service) -> None:
    first = (await quiet.get(PATH, params={"kind": "region", "limit": 60})).json()
    rest = (
        await quiet.get(PATH, params={"kind": "region", "limit": 60, "cursor": first["next"]})
    ).json()
    assert (len(first["items"]), len(rest["items"]), rest["next"]) == (60, 29, None)
    for day, regions in (("2022-01-01", 85), ("2022-10-05", 89), ("2023-01-01", 89)):
        query = {"kind": "region", "valid_on": day, "limit": 100}
        assert len((await quiet.get(PATH, params=query)).json()["items"]) == regions, day
    district = (await quiet.get(PATH, params={"parent": "dfo"})).json()["items"]
    assert len(district) == 11
    names = {item["title"]: item["aliases"] for item in district}
    assert "ЕАО" in names["Еврейская автономная область"]
    assert all("iso_code" not in item for item in district)


async def test_the_files_of_the_system_are_what_it_starts_with(quiet: Service) -> None:
    report = await quiet.load("territories", (DATA / "territories.csv").read_bytes())
    assert report["counts"]["unchanged"] == report["counts"]["received"] == 117, report[
        "error_counts"
    ]


async def test_an_import_confirms_a_code(quiet: Service) -> None:
    assert (await shown(quiet, "08606000"))["code_confirmed"] is False
    row = "08606000,municipality,08000000,Аяно-Майский муниципальный район,,,,,да,,,,"
    report = await quiet.load("territories", file(row))
    assert report["counts"]["updated"] == 1, report
    assert (await shown(quiet, "08606000"))["code_confirmed"] is True


async def test_an_import_corrects_a_code_and_the_observations_stay(quiet: Service) -> None:
    observed = (
        "programme,period,territory,indicator,value,status,source.document,source.locator\n"
        "rum,2022,08606000,1.1,50,,,\n"
    )
    await quiet.load("observations", observed.encode())
    row = "08607000,municipality,08000000,Аяно-Майский муниципальный район,,,,,да,,,,08606000"
    await quiet.load("territories", file(row))
    assert await shown(quiet, "08606000") is None
    assert (await shown(quiet, "08607000"))["title"] == "Аяно-Майский муниципальный район"
    again = observed.replace("08606000", "08607000")
    assert (await quiet.load("observations", again.encode()))["counts"]["unchanged"] == 1


async def test_a_territory_under_an_unknown_or_lower_one_is_refused(quiet: Service) -> None:
    for parent in ("77777777", "08701000"):
        answer = await quiet.http.post(
            "/v1/ratings/imports",
            params={"kind": "territories"},
            content=file(f"08999000,municipality,{parent},Новый район,,,,,нет,,,,"),
            headers={"content-type": "text/csv"},
        )
        assert (answer.status_code, answer.json()["code"]) == (422, "IMPORT_REJECTED")
    assert await shown(quiet, "08999000") is None


async def test_a_reorganised_territory_names_its_successor(quiet: Service) -> None:
    rows = (
        "08660000,municipality,08000000,Новый муниципальный округ,,,,,да,2024-01-01,,,",
        "08634000,municipality,08000000,Охотский муниципальный округ,,,,,да,,2023-12-31,08660000,",
    )
    await quiet.load("territories", file(*rows))
    old = await shown(quiet, "08634000")
    assert (old["successors"], old["valid_to"]) == (["08660000"], "2023-12-31")


async def test_a_name_of_two_territories_names_neither(quiet: Service) -> None:
    rows = (
        "s1,organisation,08701000,Школа № 1,,,,,да,,,,",
        "s2,organisation,08709000,Школа № 1,,,,,да,,,,",
    )
    await quiet.load("territories", file(*rows))
    observed = (
        "programme,period,territory,indicator,value,status,source.document,source.locator\n"
        "rum,2022,{},1.1,50,,,\n"
    )
    refused = await quiet.http.post(
        "/v1/ratings/imports",
        params={"kind": "observations"},
        content=observed.format("Школа № 1").encode(),
        headers={"content-type": "text/csv"},
    )
    assert refused.status_code == 422
    assert refused.json()["report"]["error_counts"] == {"TERRITORY_UNKNOWN": 1}
    assert (await quiet.load("observations", observed.format("s1").encode()))["counts"][
        "inserted"
    ] == 1


@pytest.mark.parametrize(
    ("period", "regions"), [("2020", 85), ("2022", 85), ("2022-2023", 85), ("2023", 89)]
)
async def test_peers_are_the_regions_that_exist_on_1_january(
    database_of: Database, period: str, regions: int
) -> None:
    async with database_of.reading() as session:
        found = await units(session, "rum", "region", "federal_district", first_day(period))
    assert len(found) == regions
    later = {unit.code: unit.group for unit in found if unit.code in ("21000000", "74000000")}
    assert later == ({} if regions == 85 else {"21000000": None, "74000000": None})
