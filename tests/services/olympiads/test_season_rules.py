"""Decisions on admission cite the order in force for their season."""

from typing import Any

import pytest

from tests.services.olympiads.service import Service, bearer

RULES = "/v1/olympiads/2022-2023/rules"
ORDER = {"order": "Приказ Минпросвещения России № 678", "date": "2020-11-27"}


async def cited(service: Service) -> dict[str, Any]:
    body = {"season": "2022-2023", "subject": "physics", "items": []}
    answer = await service.post("/v1/olympiads/eligibility", body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()["rules"]
    return found


async def test_a_season_without_a_registered_order_says_so(service: Service) -> None:
    found = (await service.get(RULES)).json()
    assert (found["rules"], found["earlier"]) == (None, [])
    assert "не зарегистрирован" in found["note"]
    own = await cited(service)
    assert (own["order"], own["date"], own["edition"]) == (None, None, None)
    assert own["note"] == found["note"]


async def test_the_last_registered_order_is_in_force_and_its_unknown_edition_is_said(
    service: Service,
) -> None:
    assert (await service.post(RULES, ORDER)).status_code == 201
    own = await cited(service)
    assert (own["order"], own["date"], own["edition"]) == (*ORDER.values(), None)
    assert "редакция" in own["note"]
    made = await service.post(RULES, ORDER | {"edition": "14.02.2022"})
    assert made.status_code == 201, made.text
    assert await cited(service) == {**ORDER, "edition": "14.02.2022", "note": None}
    found = (await service.get(RULES)).json()
    assert found["rules"] == made.json()
    assert [one["edition"] for one in found["earlier"]] == [None]


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"order": " "}, "/body/order"),
        ({"date": "27.11.2020"}, "/body/date"),
        ({"edition": ""}, "/body/edition"),
        ({"colour": "red"}, "/body/colour"),
    ],
)
async def test_an_order_without_its_title_or_day_is_refused(
    service: Service, changed: dict[str, object], pointer: str
) -> None:
    answer = await service.post(RULES, ORDER | changed)
    assert answer.status_code == 422, answer.text
    assert pointer in {error["pointer"] for error in answer.json()["errors"]}


async def test_only_a_writer_registers_an_order_of_a_known_season(service: Service) -> None:
    reader = await service.post(RULES, ORDER, headers=bearer("olympiads:read"))
    assert reader.status_code == 403
    unknown = await service.post("/v1/olympiads/1990-1991/rules", ORDER)
    assert (unknown.status_code, unknown.json()["code"]) == (404, "SEASON_UNKNOWN")
