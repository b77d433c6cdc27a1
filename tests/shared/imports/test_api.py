import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import httpx
import pytest

from tests.databases import TestDatabase
from tests.shared.imports.sample_service import OTHER, PATH, create_sample_tables, rows, serving

HEAD = "programme;period;territory;indicator;value\n"
CSV = {"content-type": "text/csv"}
CURRENT = """
    SELECT territory, indicator, value, import_row FROM reading WHERE known_to = 'infinity'
    ORDER BY territory, indicator
"""


@pytest.fixture
async def url(database: TestDatabase) -> str:
    return await create_sample_tables(database)


@pytest.fixture
async def client(url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(url) as opened:
        yield opened


async def send(
    client: httpx.AsyncClient, body: str | bytes, media: str = "text/csv", **query: str
) -> httpx.Response:
    headers = {"content-type": media}
    params = {"kind": "readings", **query}
    return await client.post(PATH, params=params, content=body, headers=headers)


def reading(**changed: Any) -> dict[str, Any]:
    usual = {
        "programme": "rum",
        "period": "2022",
        "territory": "08000000",
        "indicator": "1.1",
        "value": "99",
        "status": None,
        "source": {"document": "programme-407", "locator": "120:3"},
    }
    return usual | changed


async def test_rows_are_stored_with_their_import(client: httpx.AsyncClient, url: str) -> None:
    answer = await send(client, HEAD + "rum;2022;08000000;1.1;68,3\nrum;2022;99000000;1.1;90 %\n")
    assert answer.status_code == 200, answer.text
    report = answer.json()
    assert report["counts"] == {
        "received": 2,
        "inserted": 2,
        "updated": 0,
        "unchanged": 0,
        "rejected": 0,
    }
    assert report["status"] == "done"
    assert report["revision"] == 1
    stored = await rows(url, CURRENT)
    assert [(r["territory"], r["value"], r["import_row"]) for r in stored] == [
        ("08000000", "68.3", 2),
        ("99000000", "90", 3),
    ]
    told = await rows(url, "SELECT body FROM outbox")
    assert told == [{"body": {"revision": 1, "affected": [["rum", "2022"]], "extras": {}}}]


async def test_equal_rows_make_no_revision_and_changed_ones_keep_their_history(
    client: httpx.AsyncClient, url: str
) -> None:
    first = HEAD + "rum;2022;08000000;1.1;68,3\nrum;2022;99000000;1.1;90\n"
    await send(client, first)
    again = (await send(client, first)).json()
    assert again["counts"]["unchanged"] == 2
    assert again["revision"] is None
    changed = (await send(client, HEAD + "rum;2022;08000000;1.1;68.30\n")).json()
    assert changed["counts"] == {
        "received": 1,
        "inserted": 0,
        "updated": 1,
        "unchanged": 0,
        "rejected": 0,
    }
    assert changed["revision"] == 2
    history = await rows(
        url,
        "SELECT value, known_to = 'infinity' AS open, lead(known_from) OVER (ORDER BY known_from)"
        " = known_to AS joined FROM reading WHERE territory = '08000000' ORDER BY known_from",
    )
    assert [(r["value"], r["open"]) for r in history] == [("68.3", False), ("68.30", True)]
    assert history[0]["joined"] is True
    assert len(await rows(url, "SELECT 1 FROM outbox")) == 2


async def test_json_ndjson_and_csv_of_the_same_rows_are_the_same(
    client: httpx.AsyncClient,
) -> None:
    given = [reading(), reading(territory="99000000", value=None, status="missing", source=None)]
    first = (await send(client, json.dumps(given), "application/json")).json()
    assert first["counts"]["inserted"] == 2
    lines = "\n".join(json.dumps(r) for r in given)
    table = (
        "programme,period,territory,indicator,value,status,source\n"
        'rum,2022,08000000,1.1,99,,"{""document"":""programme-407"",""locator"":""120:3""}"\n'
        "rum,2022,99000000,1.1,,missing,\n"
    )
    for body, media in (
        (lines, "application/x-ndjson"),
        (json.dumps({"rows": given}), "application/json"),
        (table, "text/csv"),
    ):
        report = (await send(client, body, media)).json()
        assert report["counts"]["unchanged"] == 2, report


async def test_an_atomic_import_with_a_bad_row_stores_nothing(
    client: httpx.AsyncClient, url: str
) -> None:
    body = HEAD + "rum;2022;08000000;1.1;68,3\nrum;22;00000000;1.1;много\n"
    answer = await send(client, body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    report = answer.json()["report"]
    assert report["status"] == "rejected"
    assert report["counts"] == {
        "received": 2,
        "inserted": 0,
        "updated": 0,
        "unchanged": 0,
        "rejected": 1,
    }
    assert report["error_counts"] == {"NOT_A_FIGURE": 1, "PATTERN": 1, "UNKNOWN_TERRITORY": 1}
    assert {(e["row"], e["column"], e["raw"]) for e in report["errors"]} == {
        (3, "value", "много"),
        (3, "period", "22"),
        (3, "territory", "00000000"),
    }
    assert await rows(url, CURRENT) == []
    loose = (await send(client, body, atomic="false")).json()
    assert loose["status"] == "done"
    assert loose["counts"]["inserted"] == 1
    back = await client.get(loose["annotated"])
    assert back.status_code == 200
    lines = back.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Программа;Период;")
    assert lines[1].startswith("rum;22;00000000;1.1;много;")
    assert "Нет такой территории." in lines[1]


async def test_a_dry_run_checks_everything_and_stores_only_the_report(
    client: httpx.AsyncClient, url: str
) -> None:
    await send(client, HEAD + "rum;2022;08000000;1.1;68,3\n")
    body = HEAD + "rum;2022;08000000;1.1;70\nrum;2022;99000000;1.1;5\n"
    report = (await send(client, body, dry_run="true")).json()
    assert report["dry_run"] is True
    assert report["counts"]["updated"] == 1
    assert report["counts"]["inserted"] == 1
    assert report["revision"] is None
    assert [r["value"] for r in await rows(url, CURRENT)] == ["68.3"]
    kept = (await client.get(f"{PATH}/{report['id']}")).json()
    assert kept == report
    changes = (await client.get(f"{PATH}/{report['id']}/changes")).json()["items"]
    assert [(c["row"], (c["old"] or {}).get("value"), c["new"]["value"]) for c in changes] == [
        (2, "68.3", "70"),
        (3, None, "5"),
    ]
    assert changes[0]["columns"] == ["value"]


async def test_a_key_twice_in_a_file_names_both_rows(client: httpx.AsyncClient, url: str) -> None:
    body = HEAD + "rum;2022;08000000;1.1;1\nrum;2022;99000000;1.1;2\nrum;2022;08000000;1.1;3\n"
    report = (await send(client, body)).json()["report"]
    assert report["error_counts"] == {"DUPLICATE_KEY": 2}
    assert [(e["row"], e["detail"]) for e in report["errors"]] == [
        (2, "Один ключ в строках 2, 4."),
        (4, "Один ключ в строках 2, 4."),
    ]
    loose = (await send(client, body, atomic="false")).json()
    assert loose["counts"]["inserted"] == 1
    assert [r["territory"] for r in await rows(url, CURRENT)] == ["99000000"]


async def test_a_replaced_slice_holds_exactly_the_file(client: httpx.AsyncClient, url: str) -> None:
    await send(
        client,
        HEAD + "rum;2021;08000000;1.1;1\nrum;2022;08000000;1.1;2\nrum;2022;99000000;1.1;3\n",
    )
    replace = {"mode": "replace_slice", "programme": "rum", "period": "2022"}
    report = (await send(client, HEAD + "rum;2022;99000000;1.1;3\n", **replace)).json()
    assert report["closed"] == 1
    assert report["counts"]["unchanged"] == 1
    assert report["revision"] == 2
    current = await rows(url, "SELECT period, value FROM reading WHERE known_to = 'infinity'")
    assert sorted((r["period"], r["value"]) for r in current) == [("2021", "1"), ("2022", "3")]
    outside = (await send(client, HEAD + "rum;2021;99000000;1.1;3\n", **replace)).json()["report"]
    assert outside["error_counts"] == {"OUTSIDE_SLICE": 1}
    emptied = (await send(client, HEAD, **replace)).json()
    assert (emptied["closed"], emptied["revision"]) == (1, 3)
    unnamed = await send(client, HEAD, mode="replace_slice", programme="rum")
    assert unnamed.status_code == 422
    assert unnamed.json()["errors"][0]["pointer"] == "/query/period"


async def test_wrong_headings_are_compared_one_by_one(client: httpx.AsyncClient) -> None:
    answer = await send(client, "programme;перод;territory;indicator;value;лишняя\nrum;1;2;3;4;5\n")
    assert answer.status_code == 422
    problem = answer.json()
    assert problem["code"] == "HEADING_MISMATCH"
    codes = [e["code"] for e in problem["errors"]]
    fits, not_fits = "HEADING_MATCHES", "HEADING_MISMATCH"
    assert codes == [fits, not_fits, fits, fits, fits, not_fits, not_fits, not_fits]
    assert "перод" in problem["errors"][1]["detail"]


async def test_the_same_key_is_done_once(client: httpx.AsyncClient, url: str) -> None:
    key = {**CSV, "idempotency-key": "k-1"}
    params = {"kind": "readings"}
    body = HEAD + "rum;2022;08000000;1.1;68,3\n"
    first = await client.post(PATH, params=params, content=body, headers=key)
    again = await client.post(PATH, params=params, content=body, headers=key)
    assert again.json() == first.json()
    assert again.headers["idempotency-replayed"] == "true"
    other = await client.post(PATH, params=params, content=HEAD, headers=key)
    assert other.status_code == 422
    assert len(await rows(url, "SELECT 1 FROM import_run")) == 1


async def test_imports_that_wait_for_each_other_leave_the_others_their_connections(
    client: httpx.AsyncClient, url: str
) -> None:
    connection = await asyncpg.connect(url)
    held = connection.transaction()
    await held.start()
    lock = "SELECT pg_advisory_xact_lock(hashtextextended('import:readings', 0))"
    await connection.execute(lock)
    bodies = [HEAD + f"rum;2022;08000000;i{n};{n}\n" for n in range(20)]
    waiting = [asyncio.create_task(send(client, body)) for body in bodies]
    await asyncio.sleep(1)
    assert (await asyncio.wait_for(client.get(PATH), 5)).status_code == 200
    assert not any(task.done() for task in waiting)
    await held.rollback()
    await connection.close()
    assert {answer.status_code for answer in await asyncio.gather(*waiting)} == {200}
    assert len(await rows(url, CURRENT)) == 20


async def test_a_kind_with_numbers_dates_and_objects(client: httpx.AsyncClient, url: str) -> None:
    given = [
        {"participant": "p1", "points": 12.5, "taken": "2022-11-05", "flags": {"b": 1, "a": [2]}},
        {"participant": "p2", "points": "2.857", "taken": None, "flags": None},
    ]
    report = (await send(client, json.dumps(given), "application/json", kind="scores")).json()
    assert report["counts"]["inserted"] == 2, report
    table = "participant;points;taken;flags\np1;12,5;05.11.2022;\np13;1;;\np9;101;;a=1\n"
    mixed = (await send(client, table, kind="scores", atomic="false")).json()
    assert mixed["counts"]["updated"] == 1
    assert mixed["error_counts"] == {"RANGE": 1, "UNLUCKY": 1}
    stored = await rows(
        url,
        "SELECT participant, points::text, tenths, taken::text, flags FROM score"
        " WHERE known_to = 'infinity' ORDER BY 1",
    )
    assert stored[0]["taken"] == "2022-11-05"
    assert stored[0]["flags"] is None
    assert (stored[1]["points"], stored[1]["tenths"]) == ("2.857", 28)


async def test_an_import_taken_back_leaves_the_rows_of_before(
    client: httpx.AsyncClient, url: str
) -> None:
    before = HEAD + "rum;2022;08000000;1.1;68,3\nrum;2022;99000000;1.1;90\n"
    await send(client, before)
    known = await rows(url, CURRENT)
    replace = {"mode": "replace_slice", "programme": "rum", "period": "2022"}
    body = HEAD + "rum;2022;08000000;1.1;70\nrum;2022;44000000;1.1;5\n"
    second = (await send(client, body, **replace)).json()
    changes = (await client.get(second["changes"])).json()["items"]
    values = {
        c["new"]["territory"] if c["new"] else c["old"]["territory"]: (
            (c["old"] or {}).get("value"),
            (c["new"] or {}).get("value"),
        )
        for c in changes
    }
    assert values == {"08000000": ("68.3", "70"), "44000000": (None, "5"), "99000000": ("90", None)}
    answer = await client.post(f"{PATH}/{second['id']}/revert")
    assert answer.status_code == 200, answer.text
    undone = answer.json()
    assert (undone["reverts"], undone["revision"]) == (second["id"], 3)
    counts = undone["counts"]
    assert (counts["updated"], counts["inserted"], undone["closed"]) == (1, 1, 1)
    assert await rows(url, CURRENT) == known
    again = await client.post(f"{PATH}/{second['id']}/revert")
    assert (again.status_code, again.json()["code"]) == (409, "ALREADY_REVERTED")
    first = (await client.get(f"{PATH}/{second['id']}")).json()
    assert first["reverted_by"] == undone["id"]
    back = await client.post(f"{PATH}/{undone['id']}/revert")
    assert back.status_code == 200, back.text
    current = await rows(url, CURRENT)
    assert [(r["territory"], r["value"]) for r in current] == [
        ("08000000", "70"),
        ("44000000", "5"),
    ]


async def test_what_others_changed_since_is_not_taken_back(client: httpx.AsyncClient) -> None:
    first = (await send(client, HEAD + "rum;2022;08000000;1.1;1\n")).json()
    await send(client, HEAD + "rum;2022;08000000;1.1;2\n")
    answer = await client.post(f"{PATH}/{first['id']}/revert")
    assert (answer.status_code, answer.json()["code"]) == (409, "CHANGED_SINCE")
    assert "08000000" in answer.json()["errors"][0]["detail"]
    dry = (await send(client, HEAD + "rum;2022;08000000;1.1;3\n", dry_run="true")).json()
    nothing = await client.post(f"{PATH}/{dry['id']}/revert")
    assert (nothing.status_code, nothing.json()["code"]) == (409, "NOTHING_TO_REVERT")
    foreign = await client.post(f"{PATH}/{first['id']}/revert", headers=OTHER)
    assert foreign.status_code == 403


async def test_a_client_lists_only_its_own_imports(client: httpx.AsyncClient) -> None:
    sent = (await send(client, HEAD + "rum;2022;08000000;1.1;1\n")).json()
    own = (await client.get(PATH)).json()["items"]
    assert [item["id"] for item in own] == [sent["id"]]
    assert (await client.get(PATH, headers=OTHER)).json()["items"] == []


async def test_a_rejected_file_comes_back_in_its_order_and_format(
    client: httpx.AsyncClient,
) -> None:
    body = HEAD + "".join(
        f"rum;2022;{territory};1.1;{value}\n"
        for territory, value in (
            ("00000000", "1"),
            ("08000000", "2"),
            ("99000000", "много"),
            ("08000000", "3"),
        )
    )
    report = (await send(client, body)).json()["report"]
    back = (await client.get(report["annotated"])).content.decode("utf-8-sig").splitlines()
    assert back[0].endswith(";Строка файла;Ошибки")
    numbers = [line.split(";")[-2] for line in back[1:] if line.count(";") > 8]
    assert numbers == ["2", "3", "4", "5"]
    mended = "\n".join(back).replace("00000000", "44000000").replace(";много;", ";7;")
    mended = mended.replace(";08000000;1.1;3", ";08000000;1.2;3")
    again = await send(client, mended)
    assert again.json()["counts"]["inserted"] == 4, again.text


async def test_the_kinds_and_their_templates_are_listed(client: httpx.AsyncClient) -> None:
    items = (await client.get(f"{PATH}/kinds")).json()["items"]
    assert [item["kind"] for item in items] == ["readings", "scores"]
    value = next(c for c in items[0]["columns"] if c["name"] == "value")
    assert (value["title"], value["type"], value["required"]) == ("Значение", "figure", False)
    for link in items[0]["templates"].values():
        assert (await client.get(link)).status_code == 200
    contract = (await client.get("/openapi.json")).json()
    operation = contract["paths"][PATH]["post"]
    kind = next(p for p in operation["parameters"] if p["name"] == "kind")
    assert kind["schema"]["enum"] == ["readings", "scores"]
    assert next(iter(operation["requestBody"]["content"])) == "application/json"
