"""Observations at the door: the value as printed, where it came from, what a revision knew."""

from typing import Any

from tests.services.ratings.service import Service

PATH = "/v1/ratings/rum/2022/observations"
TABLE = "/v1/ratings/rum/2022"
HEADING = "programme,period,territory,indicator,value,status,source.document,source.locator"


async def load(service: Service, revision: int, *rows: str) -> Any:
    """Import rows of 2022 and wait for the revision made of them."""
    content = "\n".join([HEADING, *(f"rum,2022,{row}" for row in rows), ""])
    report = await service.load("observations", content.encode())
    await service.eventually(
        TABLE, lambda answer: answer.status_code == 200 and answer.json()["revision"] == revision
    )
    return report


async def observations(service: Service, **query: str) -> Any:
    answer = await service.get(PATH, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def test_an_observation_names_its_printed_value_source_and_import(service: Service) -> None:
    report = await load(
        service,
        1,
        "08000000,1.1,99.50,,programme-407,98:3",
        "08000000,1.2,-,,,",
        "08000000,1.3,,missing,,",
        "05000000,1.1,7,,,A5",
    )
    other, first, dashed, missing = await observations(service)
    assert (first["territory"], first["indicator"]) == ("08000000", "1.1")
    assert first["value"] == {"raw": "99.50", "value": "99.50", "digits": 2}
    assert (first["status"], first["known_to"]) == (None, None)
    assert first["source"] == {"document": "programme-407", "locator": "98:3"}
    assert (first["import"]["id"], first["import"]["row"]) == (report["id"], 2)
    assert first["import"]["at"] == first["known_from"]
    assert (dashed["value"], dashed["status"]) == (None, "not_applicable")
    assert (missing["value"], missing["status"], missing["source"]) == (None, "missing", None)
    assert other["source"] == {"document": None, "locator": "A5"}
    explained = (await service.get(f"{TABLE}/08000000")).json()
    assert explained["observations"] == [first, dashed, missing]


async def test_observations_are_filtered_and_paged(service: Service) -> None:
    codes = [
        f"{territory},{code}" for code in ("1.1", "1.2") for territory in ("05000000", "08000000")
    ]
    await load(service, 1, *(f"{code},{value}0,,," for value, code in enumerate(codes, 1)))
    mine = await observations(service, territory="08000000")
    assert [row["indicator"] for row in mine] == ["1.1", "1.2"]
    one = await observations(service, territory="08000000", indicator="1.2")
    assert [row["value"]["value"] for row in one] == ["40"]
    for wrong in ({"territory": "nowhere"}, {"indicator": "9.9"}):
        assert (await service.get(PATH, params=wrong)).status_code == 404
    whole = await observations(service)
    first = (await service.get(PATH, params={"limit": "3"})).json()
    rest = (await service.get(PATH, params={"limit": "3", "cursor": first["next"]})).json()
    assert (first["items"] + rest["items"], rest["next"]) == (whole, None)
    foreign = await service.get(PATH, params={"limit": "2", "cursor": first["next"]})
    assert foreign.status_code == 422


async def test_a_revision_keeps_the_observations_it_was_calculated_from(service: Service) -> None:
    await load(service, 1, "08000000,1.1,10,,old,1:1", "05000000,1.1,30,,old,2:1")
    page = (await service.get(PATH, params={"limit": "1"})).json()
    await load(service, 2, "08000000,1.1,20,,new,1:1")
    (now,) = await observations(service, territory="08000000")
    (before,) = await observations(service, territory="08000000", revision="1")
    assert (now["value"]["value"], now["source"]["document"]) == ("20", "new")
    assert (before["value"]["value"], before["source"]["document"]) == ("10", "old")
    assert before["known_to"] == now["known_from"]
    (then,) = await observations(service, territory="08000000", as_of=now["known_from"])
    assert then == before
    following = {"limit": "1", "cursor": page["next"]}
    assert (await service.get(PATH, params=following)).json()["revision"] == 1
    assert (await service.get(PATH.replace("2022", "1999"))).status_code == 404
