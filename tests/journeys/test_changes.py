"""A changed observation comes out of the gateway as exactly one new revision."""

from decimal import Decimal

from tests.journeys.counts import counts
from tests.journeys.live import LiveSystem


def score(table: dict[str, list[dict[str, object]]], node: str) -> object:
    (row,) = [row for row in table["rows"] if row["territory"] == "08000000"]
    nodes = row["nodes"]
    assert isinstance(nodes, dict)
    return nodes[node]["score"]


async def test_a_changed_observation_is_one_new_revision_and_the_old_one_stays(
    live: LiveSystem,
) -> None:
    before, counted = await live.table(), await counts(live)
    value = live.new_value()
    report = await live.observe("1.1", value)
    assert report["counts"] == {
        "received": 1,
        "inserted": 0,
        "updated": 1,
        "unchanged": 0,
        "rejected": 0,
    }
    await live.settle()
    after = await live.table()
    assert after.headers["etag"] != before.headers["etag"]
    assert Decimal(str(score(after.json(), "1.1"))) == Decimal(value)
    assert after.json()["revision"] == before.json()["revision"] + 1
    assert await counts(live) == counted.plus(1)
    old = await live.client.get(f"/v1/ratings/rum/2022?revision={before.json()['revision']}")
    assert old.status_code == 200
    assert old.json()["rows"] == before.json()["rows"]


async def test_the_same_again_is_unchanged_and_no_revision(live: LiveSystem) -> None:
    value = live.new_value()
    await live.observe("1.1", value)
    await live.settle()
    before, counted = await live.table(), await counts(live)
    report = await live.observe("1.1", value)
    assert report["counts"]["unchanged"] == 1
    assert report["counts"]["updated"] == report["counts"]["inserted"] == 0
    await live.settle()
    after = await live.table()
    assert after.headers["etag"] == before.headers["etag"]
    assert after.content == before.content
    assert await counts(live) == counted
    again = await live.table(**{"if-none-match": before.headers["etag"]})
    assert again.status_code == 304
    assert again.content == b""


async def test_the_passport_follows_the_table(live: LiveSystem) -> None:
    path = "/v1/territories/08000000/passport"
    before = (await live.client.get(path)).json()
    value = live.new_value()
    await live.observe("1.1", value)
    await live.settle()
    after = (await live.client.get(path)).json()
    total = after["parts"]["ratings"]["data"]["rum"]["2022"]["total"]["score"]
    assert Decimal(str(total)) == Decimal(str(score((await live.table()).json(), "total")))
    assert after["revision"] > before["revision"]


async def test_a_dry_run_changes_nothing(live: LiveSystem) -> None:
    before, counted = await live.table(), await counts(live)
    report = await live.observe("1.1", live.new_value(), parameters="&dry_run=true")
    assert report["dry_run"] is True
    await live.settle()
    assert (await live.table()).headers["etag"] == before.headers["etag"]
    assert await counts(live) == counted


async def test_a_retried_request_has_one_effect(live: LiveSystem) -> None:
    counted = await counts(live)
    value = live.new_value()
    first = await live.observe("1.1", value, key="journey-retry")
    second = await live.observe("1.1", value, key="journey-retry")
    assert first == second
    await live.settle()
    assert await counts(live) == counted.plus(1)
