"""The programme's figures from their files to the public table."""

from tests.services.olympiads.service import Service

FILES = (
    ("declared_performers", "declared_performers.csv"),
    ("thresholds", "thresholds_2021_2022.csv"),
    ("thresholds", "thresholds_2022_2023.csv"),
)
NOW = "/v1/olympiads/2022-2023/thresholds"
LAST = "/v1/olympiads/2021-2022/thresholds"


async def load_programme(service: Service) -> None:
    for kind, file in FILES:
        report = await service.load(kind, file)
        assert report["counts"]["inserted"] == 63, report
    await service.eventually(NOW, whole)


def whole(answer: object) -> bool:
    rows = answer.json().get("rows", []) if answer.status_code == 200 else []  # type: ignore[attr-defined]  # an httpx.Response.
    return len(rows) == 63 and all(row["previous"] for row in rows)


async def test_the_programme_s_table_is_published_by_the_worker(service: Service) -> None:
    await load_programme(service)
    answer = await service.get(NOW)
    rows = {(row["subject"], row["grade"]): row for row in answer.json()["rows"]}
    assert rows[("physics", 9)] == {
        "subject": "physics",
        "title": "Физика",
        "grade": 9,
        "stage": "regional",
        "scored_at": "municipal",
        "score": "14",
        "percent": {"declared": "28", "derived": None},
        "max": {"given": None, "candidates": [50]},
        "at_least_75": {"declared": 2, "counted": None, "mark": None},
        "previous": {"score": "20", "delta": "-6"},
        "status": "published",
        "doubts": [],
    }
    assert rows[("french", 10)]["at_least_75"] == {
        "declared": None,
        "counted": None,
        "mark": "not_applicable",
    }
    assert rows[("french", 9)]["at_least_75"]["declared"] == 0
    assert [rows[("english", grade)]["max"]["candidates"] for grade in (9, 10, 11)] == [[85]] * 3
    totals = [
        sum(r["at_least_75"]["declared"] or 0 for (_, g), r in rows.items() if g == grade)
        for grade in (9, 10, 11)
    ]
    assert totals == [41, 70, 73]
    last = (await service.get(LAST)).json()["rows"]
    assert len(last) == 63
    assert all(row["percent"] == {"declared": None, "derived": None} for row in last)
    assert all(row["previous"] is None for row in last)


async def test_the_same_file_again_changes_nothing(service: Service) -> None:
    await load_programme(service)
    before = await service.get(NOW)
    for kind, file in FILES:
        report = await service.load(kind, file)
        assert report["counts"]["unchanged"] == 63
        assert report["revision"] is None
    after = await service.get(NOW)
    assert (after.content, after.headers["etag"]) == (before.content, before.headers["etag"])


async def test_the_gateway_is_told_what_there_is(service: Service) -> None:
    await load_programme(service)
    documents = (await service.get("/internal/documents")).json()["items"]
    assert {d["path"] for d in documents} >= {NOW, LAST}
    part = (await service.get("/internal/passport")).json()["parts"]["olympiads"]
    assert part["territories"]["08000000"]["2022-2023"]["at_least_75"] == {
        "9": {"declared": 41, "not_applicable": 0},
        "10": {"declared": 70, "not_applicable": 1},
        "11": {"declared": 73, "not_applicable": 0},
    }
    events = (await service.get("/internal/events")).json()["items"]
    published = [e for e in events if e["topic"] == "olympiads.thresholds_published.v1"]
    assert {e["body"]["documents"][0] for e in published} == {NOW, LAST}


async def test_a_corrected_file_supersedes_on_its_basis(service: Service) -> None:
    await load_programme(service)
    revision = (await service.get(NOW)).json()["revision"]
    row = (
        "season,stage,subject,grade,score,percent,tie_policy,basis_document,basis_date\n"
        "2022-2023,regional,physics,9,15,30,,Протокол апелляций № 3,2022-12-27\n"
    )
    report = await service.load("thresholds", row.encode())
    assert report["counts"]["updated"] == 1, report
    table = await service.eventually(NOW, lambda a: a.json()["revision"] == revision + 1)
    physics = next(r for r in table.json()["rows"] if (r["subject"], r["grade"]) == ("physics", 9))
    assert (physics["score"], physics["previous"]["delta"]) == ("15", "-5")
    old = await service.get(NOW, params={"revision": revision})
    assert old.json()["revision"] == revision
    every = (await service.get(f"{NOW}/registry", params={"status": "superseded"})).json()["items"]
    assert [(t["subject"], t["grade"], t["score"]) for t in every] == [("physics", 9, "14")]


async def test_unregistered_codes_and_bad_numbers_are_named(service: Service) -> None:
    rows = (
        "season,stage,subject,grade,score,percent,tie_policy,basis_document,basis_date\n"
        "1999-2000,regional,physics,9,15,,,Приказ,\n"
        "2022-2023,regional,alchemy,9,15,,,Приказ,\n"
        "2022-2023,school,physics,9,15,,,Приказ,\n"
        "2022-2023,regional,physics,12,15,,,Приказ,\n"
        "2022-2023,regional,physics,9,пять,,,Приказ,\n"
        "2022-2023,regional,physics,10,5,101,,Приказ,\n"
        "2022-2023,regional,physics,11,5,,,,\n"
    )
    report = await service.load("thresholds", rows.encode())
    assert report["counts"] == {
        "received": 7,
        "inserted": 0,
        "updated": 0,
        "unchanged": 0,
        "rejected": 7,
    }
    codes = [(error["row"], error["code"]) for error in report["errors"]]
    assert codes == [
        (2, "SEASON_UNKNOWN"),
        (3, "SUBJECT_UNKNOWN"),
        (4, "STAGE_HAS_NONE"),
        (5, "RANGE"),
        (6, "NOT_A_NUMBER"),
        (7, "RANGE"),
        (8, "REQUIRED"),
    ]
