from collections.abc import AsyncIterator

import pytest

from tests.databases import fresh_database
from tests.shared.ledger.ledger_service import FINDINGS, Ledger, make_ledger, serving

HEAD = "scope,territory,concept,key,raw,document,line,cell,table\n"
RULE = "restated_across_documents"


@pytest.fixture(scope="module")
async def ledger(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Ledger]:
    async with fresh_database(postgres) as database:
        folder = tmp_path_factory.mktemp("restated")
        async with serving(await make_ledger(database), folder) as opened:
            yield opened


def row(document: str, raw: str, scope: str = "rum") -> str:
    return HEAD + f"{scope},08000000,index,indicator=1.1;period=2022,{raw},{document},1,1,t\n"


async def test_documents_that_disagree_contradict_until_one_revises_the_other(
    ledger: Ledger,
) -> None:
    await ledger.load(row("first", "79"))
    assert await ledger.findings(rule=RULE) == []
    await ledger.load(row("second", "82"))
    (found,) = await ledger.findings(rule=RULE)
    assert (found["severity"], found["status"]) == ("contradiction", "open")
    assert {proof["document"] for proof in found["evidence"]} == {"first", "second"}
    assert "«first» — 79; «second» — 82" in found["text"]
    for document in ("first", "second"):
        listed = await ledger.client.get(FINDINGS, params={"document": document, "rule": RULE})
        assert [one["id"] for one in listed.json()["items"]] == [found["id"]]
    await ledger.load(row("first", "79"), row("third", "82", scope="ege"))
    await ledger.send("facts", "document,fact,code\nfirst,title,,\n")
    assert [one["id"] for one in await ledger.findings(rule=RULE)] == [found["id"]]
    await ledger.send("facts", "document,fact,code\nsecond,revises,first\n")
    await ledger.work_off()
    (closed,) = await ledger.findings(rule=RULE)
    assert closed["status"] == "resolved"
