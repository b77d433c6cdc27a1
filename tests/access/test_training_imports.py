"""An import touches rows of its sender's territories only, and says which it refused."""

from tests.access.callers import (
    OWN,
    SISTER,
    activist,
    bound,
    faults,
    loaded,
    send,
    teacher,
)
from tests.harness.service import Service

FORBIDDEN = "TERRITORY_FORBIDDEN"


async def refs(service: Service) -> dict[str, str]:
    items = (await service.get("/v1/training/teachers")).json()["items"]
    return {row["ref"]: row["municipality"] for row in items}


async def test_a_foreign_row_is_named_at_row_and_column(training: Service) -> None:
    rows = [teacher("t1"), teacher("t2", SISTER), teacher("t3")]
    answer = await send(training, "teachers", rows, bound(training, OWN))
    assert faults(answer) == [(3, "municipality", FORBIDDEN)]
    assert await refs(training) == {}
    partly = await send(training, "teachers", rows, bound(training, OWN), atomic="false")
    assert partly.json()["counts"]["rejected"] == 1
    assert await refs(training) == {"t1": OWN, "t3": OWN}


async def test_nobody_takes_a_teacher_from_another_municipality(training: Service) -> None:
    """The key is another's: the row would replace it, though it names the sender's territory."""
    await loaded(training, "teachers", [teacher("t1", SISTER)])
    answer = await send(training, "teachers", [teacher("t1")], bound(training, OWN))
    assert faults(answer) == [(2, "municipality", FORBIDDEN)]
    away = await send(training, "teachers", [teacher("t1")], bound(training, OWN, SISTER))
    assert away.json()["counts"]["updated"] == 1


async def test_the_annotated_file_holds_the_refused_row(training: Service) -> None:
    answer = await send(training, "teachers", [teacher("t9", SISTER)], bound(training, OWN))
    where = answer.json()["report"]["annotated"]
    content = (await training.get(where, headers=bound(training, OWN))).text
    assert "t9" in content
    assert "не разрешено" in content


FOREIGN_ROWS: list[tuple[str, str, dict[str, object]]] = [
    ("activists", "municipality", activist("a1", SISTER)),
    ("schools", "oktmo", {"code": "s1", "oktmo": SISTER, "kind": "school"}),
    ("groups", "leader", {"code": "g1", "title": "МО", "leader": "a-far"}),
    ("travel", "origin", {"origin": SISTER, "destination": OWN, "cost": 10}),
    (
        "staffing",
        "municipality",
        {"municipality": SISTER, "part": "methodical.subject", "area": "x", "planned": 1},
    ),
    (
        "attendance",
        "teacher",
        {"event": "e1", "teacher": "t-far", "state": "completed", "certificate": "1"},
    ),
]


async def test_every_kind_with_a_territory_refuses_a_foreign_row(training: Service) -> None:
    await loaded(training, "teachers", [teacher("t-far", SISTER)])
    await loaded(training, "activists", [activist("a-far", SISTER)])
    for kind, column, row in FOREIGN_ROWS:
        answer = await send(training, kind, [row], bound(training, OWN))
        assert (2, column, FORBIDDEN) in faults(answer), kind


async def test_a_foreign_person_and_an_unknown_one_are_told_apart_to_nobody(
    training: Service,
) -> None:
    await loaded(training, "teachers", [teacher("t-far", SISTER)])
    row = {"event": "e1", "teacher": "", "state": "completed", "certificate": "1"}
    rows = [{**row, "teacher": who} for who in ("t-far", "t-nobody")]
    answer = await send(training, "attendance", rows, bound(training, OWN))
    told = [e for e in answer.json()["report"]["errors"] if e["column"] == "teacher"]
    assert [e["code"] for e in told] == [FORBIDDEN, FORBIDDEN]
    assert told[0]["detail"] == told[1]["detail"]
    assert not any("t-far" in str(e["suggestions"]) + e["detail"] for e in told)


async def test_a_slice_with_rows_of_others_is_replaced_in_part_only(training: Service) -> None:
    await loaded(training, "activists", [activist("a1"), activist("a2"), activist("b1", SISTER)])
    slice_ = {"mode": "replace_slice", "part": "methodical.subject"}
    refused = await send(training, "activists", [activist("a1")], bound(training, OWN), **slice_)
    assert (refused.status_code, refused.json()["code"]) == (403, FORBIDDEN)
    narrowed = await send(
        training, "activists", [activist("a1")], bound(training, OWN), **slice_, territory=OWN
    )
    assert narrowed.json()["closed"] == 1, narrowed.text
    left = (await training.get("/v1/training/active")).json()["items"]
    assert [row["ref"] for row in left] == ["a1", "b1"]


async def test_a_client_of_all_territories_can_narrow_an_import_too(training: Service) -> None:
    await loaded(training, "activists", [activist("a1"), activist("b1", SISTER)])
    narrowed = await send(
        training,
        "activists",
        [activist("a2")],
        mode="replace_slice",
        part="methodical.subject",
        territory=OWN,
    )
    assert narrowed.json()["closed"] == 1, narrowed.text
    outside = await send(training, "activists", [activist("b2", SISTER)], territory=OWN)
    assert faults(outside) == [(2, "municipality", FORBIDDEN)]


async def test_only_an_own_territory_narrows(training: Service) -> None:
    mine = bound(training, OWN)
    foreign = await send(training, "teachers", [teacher("t1")], mine, territory=SISTER)
    assert (foreign.status_code, foreign.json()["code"]) == (403, FORBIDDEN)
    subject = {"year": "2023", "subject": "x", "title": "X", "headcount": 1}
    senseless = await send(training, "headcounts", [subject], territory=OWN)
    assert (senseless.status_code, senseless.json()["code"]) == (422, "SLICE_INVALID")


async def test_an_import_with_rows_of_others_is_not_undone(training: Service) -> None:
    """Bound to both municipalities when sent, to one when it is to be undone."""
    both = await send(
        training, "teachers", [teacher("t1"), teacher("t2", SISTER)], bound(training, OWN, SISTER)
    )
    path = f"/v1/training/imports/{both.json()['id']}/revert"
    refused = await training.post(path, headers=bound(training, OWN))
    assert (refused.status_code, refused.json()["code"]) == (403, FORBIDDEN)
    undone = await training.post(path, headers=bound(training, OWN, SISTER))
    assert undone.status_code == 200, undone.text
    assert await refs(training) == {}


async def test_a_dry_run_refuses_the_same_rows_and_shows_own_changes(training: Service) -> None:
    await loaded(training, "teachers", [teacher("t1"), teacher("t2", SISTER)])
    rows = [{**teacher("t1"), "experience": 5}, teacher("t2")]
    tried = await send(
        training, "teachers", rows, bound(training, OWN), dry_run="true", atomic="false"
    )
    assert tried.json()["counts"]["rejected"] == 1
    changes = await training.get(tried.json()["changes"], headers=bound(training, OWN))
    assert [change["new"]["ref"] for change in changes.json()["items"]] == ["t1"]
