from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import text

from shared.figures.rules.finding import Finding, Severity, assumption_id
from shared.ledger.doubts import load_doubts
from shared.ledger.findings import store_findings
from tests.databases import fresh_database
from tests.shared.ledger.ledger_service import (
    CLAIMS,
    FACTS,
    FINDINGS,
    IMPORTS,
    INTERNAL,
    READER,
    SCHEMA,
    Ledger,
    make_ledger,
    programme_claims,
    programme_document,
    serving,
)

DOCUMENTS = f"{CLAIMS}/documents"
HEAD = "scope,territory,concept,key,raw,document,line,cell,table\n"


@pytest.fixture(scope="module")
async def service(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Ledger]:
    async with fresh_database(postgres) as database:
        folder = tmp_path_factory.mktemp("ledger")
        async with serving(await make_ledger(database), folder) as opened:
            yield opened


@pytest.fixture
async def ledger(service: Ledger) -> Ledger:
    await service.clear()
    return service


def claim_to_set(finding: dict[str, Any], text: str) -> str:
    """Return the claim that a repair sets to a text."""
    changes = [change for repair in finding["repairs"] for change in repair["changes"]]
    return next(str(change["claim"]) for change in changes if change["set"] == text)


async def test_the_programme_loads_and_gives_its_findings(ledger: Ledger) -> None:
    await ledger.send("facts", FACTS)
    await ledger.load(*programme_claims())
    found = {f["rule"]: f for f in await ledger.findings(severity="contradiction")}
    assert set(found) == {
        "bands_partition_domain",
        "place_bounds",
        "place_sequence",
        "score_index_scale",
    }
    assert found["place_bounds"]["shared_cause"] == found["place_sequence"]["id"]
    leading = await ledger.findings(severity="contradiction", folded="true")
    assert {f["rule"] for f in leading} == found.keys() - {"place_bounds"}
    scale = found["score_index_scale"]
    sets = [repair["changes"][0]["set"] for repair in scale["repairs"]]
    assert {"from": "1007", "to": "1016"} in sets
    assert "81" in sets
    assert all(scale["id"] in repair["closes"] for repair in scale["repairs"])
    assert {e["raw"] for e in scale["evidence"]} >= {"867", "94"}
    assert scale["service"] == SCHEMA
    assert scale["status"] == "open"
    places = found["place_sequence"]
    assert sorted(int(p["place"]) for p in places["declared"]) == [6, 7, 8, 9, 10]
    assert sorted(int(p["place"]) for p in places["recomputed"]) == [7, 8, 9, 10, 11]
    (hazard,) = await ledger.findings(severity="hazard")
    assert hazard["recomputed"]["by_leaves"]["published"] == "79"
    assert hazard["recomputed"]["by_leaves"]["possible"] == ["acceptable", "optimal"]
    assert hazard["recomputed"]["by_printed_blocks"]["level"] == "optimal"
    assert hazard["tolerance"] == {
        "low": "78.875",
        "high": "79.875",
        "low_open": False,
        "high_open": True,
    }


async def test_a_second_load_changes_nothing(ledger: Ledger) -> None:
    await ledger.load(programme_claims()[0])
    first = await ledger.findings()
    report = await ledger.send("claims", programme_claims()[0])
    assert report["counts"]["unchanged"] == report["counts"]["received"]
    assert await ledger.work_off() == []
    assert await ledger.findings() == first


async def test_checking_again_changes_nothing(ledger: Ledger) -> None:
    await ledger.load(*programme_claims())
    before = await ledger.findings()
    events = await ledger.rows("SELECT count(*) AS n FROM outbox WHERE topic LIKE '%findings%'")
    await ledger.send("facts", FACTS)
    await ledger.work_off()
    await ledger.send("facts", FACTS)
    assert await ledger.work_off() == []
    assert events == [{"n": 1}]
    told = await ledger.rows("SELECT topic, body FROM outbox ORDER BY id")
    assert told[0]["topic"] == f"{SCHEMA}.findings_changed.v1"
    assert told[0]["body"]["documents"] == ["/v1/findings"]
    assert "08000000" in told[0]["body"]["territories"]
    assert {f["id"] for f in before} <= {f["id"] for f in await ledger.findings()}


async def test_a_whole_document_in_one_body_gives_the_same(ledger: Ledger) -> None:
    document = programme_document()
    report = await ledger.send("claims", document)
    assert report["counts"]["inserted"] == len(document["claims"])
    await ledger.work_off()
    first = await ledger.findings()
    assert report["revision"] == 1
    assert {f["rule"] for f in first if f["severity"] == "contradiction"} == {
        "bands_partition_domain",
        "place_bounds",
        "place_sequence",
        "score_index_scale",
    }
    again = await ledger.send("claims", document)
    assert again["revision"] is None
    assert await ledger.work_off() == []
    assert await ledger.findings() == first
    wider = document | {"peers": 84}
    assert (await ledger.send("claims", wider))["revision"] == 2
    assert len(await ledger.work_off()) == 1


async def test_a_year_may_be_a_number_and_a_blank_stays_blank(ledger: Ledger) -> None:
    row = {
        "year": 2023,
        "territory": "08000000",
        "concept": "count",
        "key": {"subject": "physics", "grade": 9},
        "raw": "",
        "document": "d",
        "locator": {"line": 1, "cell": 1, "table": None},
    }
    report = await ledger.send("claims", {"claims": [row]})
    assert report["counts"]["inserted"] == 1, report["errors"]
    (claim,) = (await ledger.client.get(CLAIMS)).json()["items"]
    assert (claim["scope"], claim["raw"]) == ("2023", "")
    assert claim["key"] == {"grade": "9", "subject": "physics"}


async def test_a_document_can_be_checked_without_storing_it(ledger: Ledger) -> None:
    answer = await ledger.client.post(f"{CLAIMS}/check", json=programme_document(), headers=READER)
    assert answer.status_code == 200, answer.text
    severities = {item["severity"] for item in answer.json()["items"]}
    assert severities == {"contradiction", "implausible", "incomplete", "hazard", "consistent"}
    assert await ledger.findings() == []
    assert (await ledger.client.get(CLAIMS)).json()["items"] == []


async def test_a_checked_claim_is_of_the_document_it_came_in(ledger: Ledger) -> None:
    whole = programme_document()
    bare = [
        {name: value for name, value in claim.items() if name != "document"}
        for claim in whole["claims"]
    ]
    named = await ledger.client.post(f"{CLAIMS}/check", json=whole, headers=READER)
    code = whole["claims"][0]["document"]
    short = {**whole, "document": code, "claims": bare}
    answer = await ledger.client.post(f"{CLAIMS}/check", json=short, headers=READER)
    assert answer.json() == named.json()
    nameless = {name: value for name, value in short.items() if name != "document"}
    refused = await ledger.client.post(f"{CLAIMS}/check", json=nameless, headers=READER)
    assert (refused.status_code, refused.json()["code"]) == (422, "DOCUMENT_INVALID")
    assert refused.json()["errors"][0]["pointer"] == "/claims/0/document"


async def test_a_corrected_claim_closes_its_finding_and_both_stay(ledger: Ledger) -> None:
    await ledger.send("facts", FACTS)
    await ledger.load(*programme_claims())
    (scale,) = await ledger.findings(rule="score_index_scale")
    path = f"{CLAIMS}/{claim_to_set(scale, '81')}"
    body = {"raw": "81", "basis": "Письмо от 15.12.2022"}
    answer = await ledger.client.post(f"{path}/corrections", json=body)
    assert answer.status_code == 201, answer.text
    await ledger.work_off()
    claim = (await ledger.client.get(path)).json()
    assert (claim["raw"], claim["corrected_raw"]) == ("94", "81")
    assert [c["basis"] for c in claim["corrections"]] == ["Письмо от 15.12.2022"]
    closed = (await ledger.client.get(f"{FINDINGS}/{scale['id']}")).json()
    assert (closed["status"], closed["severity"]) == ("resolved", "contradiction")
    assert [h["status"] for h in closed["history"]] == ["open", "resolved"]
    assert closed["evidence"] == scale["evidence"]
    assert closed["revision"] > scale["revision"]


async def test_a_correction_that_does_not_help_leaves_the_finding_open(ledger: Ledger) -> None:
    await ledger.send("facts", FACTS)
    await ledger.load(*programme_claims())
    (scale,) = await ledger.findings(rule="score_index_scale")
    claim = claim_to_set(scale, "81")
    body = {"raw": "866", "basis": "Сверка"}
    await ledger.client.post(f"{CLAIMS}/{claim}/corrections", json=body)
    await ledger.work_off()
    (again,) = await ledger.findings(rule="score_index_scale")
    assert (again["id"], again["status"]) == (scale["id"], "open")


async def test_wrong_corrections_are_refused(ledger: Ledger) -> None:
    await ledger.send("facts", FACTS)
    await ledger.load(*programme_claims())
    (scale,) = await ledger.findings(rule="score_index_scale")
    claim = claim_to_set(scale, "81")
    wrong: list[tuple[dict[str, Any], int, str]] = [
        ({"raw": "восемьдесят", "basis": "x"}, 422, "FIGURE_UNREADABLE"),
        ({"raw": "94", "basis": "x"}, 409, "CLAIM_UNCHANGED"),
        ({"raw": "81", "basis": ""}, 422, "INVALID"),
        ({"raw": "81"}, 422, "INVALID"),
        ({"raw": "81", "basis": "x", "more": 1}, 422, "INVALID"),
    ]
    for body, status, code in wrong:
        answer = await ledger.client.post(f"{CLAIMS}/{claim}/corrections", json=body)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    unknown = await ledger.client.post(
        f"{CLAIMS}/{'0' * 32}/corrections", json={"raw": "81", "basis": "x"}
    )
    assert (unknown.status_code, unknown.json()["code"]) == (404, "CLAIM_UNKNOWN")


async def test_a_reload_that_brings_another_text_ends_a_correction(ledger: Ledger) -> None:
    row = "rum,08000000,index,indicator=1.1;period=2022,{},d,1,1,t\n"
    await ledger.load(HEAD + row.format("99 %"))
    (claim,) = (await ledger.client.get(CLAIMS)).json()["items"]
    path = f"{CLAIMS}/{claim['id']}"
    await ledger.client.post(f"{path}/corrections", json={"raw": "98 %", "basis": "x"})
    await ledger.send("claims", HEAD + row.format("97 %"))
    shown = (await ledger.client.get(path)).json()
    assert (shown["raw"], shown["corrected_raw"]) == ("97 %", None)
    assert len(shown["corrections"]) == 1


async def test_people_acknowledge_a_finding_they_have_seen(ledger: Ledger) -> None:
    await ledger.send("facts", FACTS)
    await ledger.load(*programme_claims())
    (scale,) = await ledger.findings(rule="score_index_scale")
    path = f"{FINDINGS}/{scale['id']}"
    body = {"comment": "Опечатка документа"}
    missing = await ledger.client.post(f"{path}/acknowledge", json=body)
    assert missing.status_code == 428
    stale = await ledger.client.post(f"{path}/acknowledge", json=body, headers={"if-match": '"0"'})
    assert stale.status_code == 412
    etag = (await ledger.client.get(path)).headers["etag"]
    answer = await ledger.client.post(f"{path}/acknowledge", json=body, headers={"if-match": etag})
    assert answer.status_code == 200, answer.text
    assert (answer.json()["status"], answer.json()["comment"]) == (
        "acknowledged",
        "Опечатка документа",
    )
    twice = await ledger.client.post(f"{path}/acknowledge", json=body, headers={"if-match": etag})
    assert twice.status_code == 412
    await ledger.load(programme_claims()[0])
    (kept,) = await ledger.findings(rule="score_index_scale")
    assert kept["status"] == "acknowledged"


async def test_scopes_guard_the_writes(ledger: Ledger) -> None:
    await ledger.send("facts", FACTS)
    await ledger.load(*programme_claims())
    (scale,) = await ledger.findings(rule="score_index_scale")
    anonymous = {"authorization": ""}
    for path, body in (
        (f"{FINDINGS}/{scale['id']}/acknowledge", {"comment": "x"}),
        (f"{CLAIMS}/{scale['evidence'][0]['claim']}/corrections", {"raw": "1", "basis": "x"}),
    ):
        answer = await ledger.client.post(path, json=body, headers=READER)
        assert answer.status_code == 403
        answer = await ledger.client.post(path, json=body, headers=anonymous)
        assert answer.status_code == 401
    answer = await ledger.client.get("/internal/findings", headers=READER)
    assert answer.status_code == 403


async def test_findings_are_filtered_and_paged(ledger: Ledger) -> None:
    await ledger.send("facts", FACTS)
    await ledger.load(*programme_claims())
    everything = await ledger.findings()
    ranks = ["contradiction", "implausible", "incomplete", "hazard", "consistent"]
    order = [ranks.index(f["severity"]) for f in everything]
    assert order == sorted(order)
    paged: list[dict[str, Any]] = []
    path = f"{FINDINGS}?limit=7"
    while path:
        answer = await ledger.client.get(path)
        paged += answer.json()["items"]
        path = answer.headers.get("link", "").partition(">")[0].removeprefix("<")
    assert paged == everything
    chukotka = await ledger.findings(territory="77000000", severity="contradiction")
    assert {f["rule"] for f in chukotka} == {"place_bounds", "place_sequence"}
    assert await ledger.findings(document="other") == []
    wrong = await ledger.client.get(FINDINGS, params={"severity": "grave"})
    assert wrong.status_code == 422


async def test_the_gateway_pulls_all_findings(ledger: Ledger) -> None:
    await ledger.load(*programme_claims())
    answer = (await ledger.client.get("/internal/findings", headers=INTERNAL)).json()
    assert answer["items"] == await ledger.findings()
    assert answer["revision"] == max(f["revision"] for f in answer["items"])


async def test_assumptions_are_findings_with_the_default_used(ledger: Ledger) -> None:
    head = "document,code,subject,default,text,line,cell,table\n"
    row = 'programme-407,peers,programme=rum;period=2022,85,"Число участников не названо.",74,1,\n'
    await ledger.send("assumptions", head + row)
    await ledger.work_off()
    (found,) = await ledger.findings(rule="assumption")
    assert found["id"] == assumption_id("programme-407", "peers")
    assert found["severity"] == "incomplete"
    assert found["recomputed"] == {"default": "85"}
    assert found["subject"]["programme"] == "rum"
    assert found["evidence"][0]["locator"] == {"line": 74, "cell": 1, "table": None}


async def test_a_service_stores_findings_of_its_own(ledger: Ledger) -> None:
    def made(text: str) -> Finding:
        return Finding(
            "double_booking", Severity.CONTRADICTION, text, {"year": "2023"}, (), about=("hall",)
        )

    async def put(*findings: Finding) -> bool:
        async with ledger.db.transaction() as session:
            return await store_findings(
                session, service=SCHEMA, source="cyclogram", findings=findings
            )

    assert await put(made("a"))
    assert not await put(made("a"))
    assert await put(made("b"))
    (found,) = await ledger.findings(rule="double_booking")
    assert (found["text"], found["status"], found["revision"]) == ("b", "open", 2)
    assert await put()
    (found,) = await ledger.findings(rule="double_booking")
    assert (found["status"], found["revision"]) == ("resolved", 3)


async def test_wrong_facts_refuse_the_whole_document(ledger: Ledger) -> None:
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"groups": [{"code": "dfo"}]}, "/groups/0"),
        ({"groups": {"dfo": "08000000"}}, "/groups/dfo"),
        ({"peers": {"2022": "много"}}, "/peers/2022"),
        ({"benchmarks": [{"concept": "mark", "value": "68,3"}]}, "/benchmarks/0"),
        ({"benchmarks": [{"concept": "score"}]}, "/benchmarks/0"),
        ({"facts": [{"fact": "guess"}]}, "/facts/0"),
        ({"assumptions": [{"code": "x"}]}, "/assumptions/0"),
    ]
    for extra, pointer in wrong:
        document = programme_document() | extra
        for path in (f"{IMPORTS}?kind=claims", f"{CLAIMS}/check"):
            answer = await ledger.client.post(path, json=document)
            assert answer.status_code == 422, answer.text
            assert [e["pointer"] for e in answer.json()["errors"]] == [pointer]
    assert (await ledger.client.get(CLAIMS)).json()["items"] == []


async def test_wrong_rows_are_told_with_their_code(ledger: Ledger) -> None:
    rows = [
        "rum,08000000,mark,indicator=1.1,99,d,1,1,t\n",
        "rum,08000000,index,indicator,99,d,1,2,t\n",
        "rum,08000000,index,indicator=1.2,99,d,0,3,t\n",
        "rum,08000000,index,indicator=1.3,99,d,4,1,t\n",
        "rum,08000000,index,indicator=1.3,98,d,4,1,t\n",
    ]
    report = await ledger.send("claims", HEAD + "".join(rows))
    assert report["counts"]["rejected"] == 5
    assert report["error_counts"] == {
        "CHOICE": 1,
        "DUPLICATE_KEY": 2,
        "NOT_AN_OBJECT": 1,
        "RANGE": 1,
    }


async def test_doubts_lead_from_a_number_to_its_findings(ledger: Ledger) -> None:
    await ledger.send("facts", FACTS)
    await ledger.load(*programme_claims())
    (scale,) = await ledger.findings(rule="score_index_scale")
    async with ledger.db.reading() as session:
        doubts = await load_doubts(session, "programme-407")
        nothing = await load_doubts(session, "another")
    cell = next(e["claim"] for e in scale["evidence"] if e["raw"] == "867")
    assert scale["id"] in doubts.of_claims([cell])
    assert scale["id"] in doubts.of_row(territory="ru", band="optimal")
    assert doubts.of_row(territory="08000000", indicator="no such") == []
    assert nothing.of_claims([cell]) == []


async def test_a_document_is_pending_until_it_is_checked(ledger: Ledger) -> None:
    await ledger.send("claims", HEAD + "rum,08000000,index,indicator=1.1,99,d,1,1,t\n")
    (waiting,) = (await ledger.client.get(DOCUMENTS)).json()["items"]
    assert waiting["check"] == {
        "state": "pending",
        "at": None,
        "revision": None,
        "rules_failed": [],
    }
    await ledger.work_off()
    (checked,) = (await ledger.client.get(DOCUMENTS)).json()["items"]
    assert checked["check"]["state"] == "done"
    assert checked["check"]["at"] is not None
    assert checked["territories"] == ["08000000"]
    assert checked["counts"]["contradiction"] == 0
    await ledger.send("claims", HEAD + "rum,08000000,index,indicator=1.1,98,d,1,1,t\n")
    (again,) = (await ledger.client.get(FINDINGS)).json()["checks"]
    assert again == {**checked["check"], "state": "pending", "document": "d"}


@pytest.mark.parametrize("ended", ["failed", "quarantined", "cancelled"])
async def test_a_check_that_ended_badly_is_no_check(ledger: Ledger, ended: str) -> None:
    await ledger.load(HEAD + "rum,08000000,index,indicator=1.1,99,d,1,1,t\n")
    await ledger.send("claims", HEAD + "rum,08000000,index,indicator=1.1,98,d,1,1,t\n")
    async with ledger.db.transaction() as session:
        await session.execute(
            text(
                "UPDATE job SET state = :ended, finished_at = clock_timestamp() "
                "WHERE state = 'queued'"
            ),
            {"ended": ended},
        )
    document = (await ledger.client.get(f"{DOCUMENTS}/d")).json()
    assert document["check"]["state"] == "failed"
    assert document["check"]["at"] is not None
    internal = await ledger.client.get("/internal/findings", headers=INTERNAL)
    assert internal.json()["documents"][0]["check"]["state"] == "failed"


async def test_a_clean_document_announces_its_first_check(ledger: Ledger) -> None:
    await ledger.load(HEAD + "rum,08000000,index,indicator=1.1,99,d,1,1,t\n")
    assert len(await ledger.rows("SELECT 1 FROM outbox WHERE topic LIKE '%findings%'")) == 1


async def test_a_stored_document_lists_what_no_rule_compared(ledger: Ledger) -> None:
    await ledger.load(HEAD + "rum,08000000,index,indicator=1.1,99,d,1,1,t\n")
    document = (await ledger.client.get(f"{DOCUMENTS}/d")).json()
    claims = (await ledger.client.get(CLAIMS)).json()["items"]
    assert [one["claim"] for one in document["unchecked"]] == [claims[0]["id"]]
    assert "trees" in document["unchecked"][0]["why"]
    assert {rule["rule"] for rule in document["rules"]} >= {"place_sequence", "relation"}
    unknown = await ledger.client.get(f"{DOCUMENTS}/another")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "SOURCE_DOCUMENT_UNKNOWN")


async def test_a_document_names_its_region_and_title(ledger: Ledger) -> None:
    rows = [{"programme": "rum", "concept": "index", "key": {"indicator": "1"}, "raw": "9"}]
    named = {"code": "d", "title": "Доклад", "territory": "08000000"}
    report = await ledger.send("claims", {"document": named, "claims": rows})
    assert report["counts"]["inserted"] == 1, report
    await ledger.load(HEAD + "rum,05000000,index,indicator=1.1,99,e,1,1,t\n")
    facts = "document,fact,code,value\ne,territory,05000000,\ne,title,,Справка\n"
    await ledger.send("facts", facts)
    documents = (await ledger.client.get(DOCUMENTS)).json()["items"]
    shown = {one["document"]: (one["territory"], one["title"]) for one in documents}
    assert shown == {"d": ("08000000", "Доклад"), "e": ("05000000", "Справка")}
    wrong = {"document": {**named, "territory": "Хабаровский край!"}, "claims": rows}
    answer = await ledger.client.post(IMPORTS, params={"kind": "claims"}, json=wrong)
    assert answer.status_code == 422
