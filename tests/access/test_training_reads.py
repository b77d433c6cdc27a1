"""A client of a municipality reads the people of its own, whatever it asks for."""

from uuid import uuid4

from sqlalchemy import text

from shared.db import Database
from shared.row_access import whole_region
from shared.territories import Territories
from tests.access.callers import (
    OWN,
    REGION,
    SISTER,
    activist,
    bound,
    loaded,
    send,
    teacher,
)
from tests.databases import TestDatabase
from tests.harness.service import Service


async def people(service: Service) -> None:
    """Two teachers and two of the active, one of each municipality, with what belongs to them."""
    await loaded(service, "teachers", [teacher("t-own"), teacher("t-far", SISTER)])
    await loaded(
        service,
        "activists",
        [activist("a-own"), activist("a-far", SISTER, part="managerial.omsu", role="tutor")],
    )
    schools = [{"code": f"s-{where}", "oktmo": where, "kind": "school"} for where in (OWN, SISTER)]
    await loaded(service, "schools", schools)
    groups = [{"code": f"g-{who}", "title": "МО", "leader": f"a-{who}"} for who in ("own", "far")]
    await loaded(service, "groups", groups)


LISTS = [
    ("teachers", "ref", "t-own", "t-far"),
    ("active", "ref", "a-own", "a-far"),
    ("schools", "code", f"s-{OWN}", f"s-{SISTER}"),
    ("groups", "code", "g-own", "g-far"),
]


async def test_lists_hold_the_callers_territories_only(training: Service) -> None:
    await people(training)
    for path, field, own, far in LISTS:
        cases = [([OWN], {own}), ([SISTER], {far}), ([REGION], {own, far}), (["08701404"], set())]
        for territories, expected in cases:
            headers = bound(training, *territories)
            answer = await training.get(f"/v1/training/{path}", headers=headers)
            assert {row[field] for row in answer.json()["items"]} == expected, (path, territories)


async def test_a_foreign_record_is_not_found_by_its_code(training: Service) -> None:
    await people(training)
    mine = bound(training, OWN)
    for path in (f"schools/s-{SISTER}", "groups/g-far"):
        foreign = await training.get(f"/v1/training/{path}", headers=mine)
        missing = await training.get(f"/v1/training/{path}-nowhere", headers=mine)
        assert (foreign.status_code, foreign.json()["code"]) == (404, missing.json()["code"])
    own = await training.get(f"/v1/training/schools/s-{OWN}", headers=mine)
    assert own.status_code == 200


async def test_what_is_known_of_a_foreign_teacher_is_refused_not_shown_as_nothing(
    training: Service,
) -> None:
    await people(training)
    mine = bound(training, OWN)
    for path in ("deficits", "mentoring/suggestions", "mentoring/pairs"):
        for ref in ("t-far", "t-nobody"):
            refused = await training.get(f"/v1/training/{path}?teacher={ref}", headers=mine)
            assert (refused.status_code, refused.json()["code"]) == (403, "TERRITORY_FORBIDDEN")
        own = await training.get(f"/v1/training/{path}?teacher=t-own", headers=mine)
        assert own.status_code == 200, own.text


async def test_mentors_of_other_territories_are_still_suggested(training: Service) -> None:
    await loaded(training, "teachers", [teacher("t-own")])
    await loaded(training, "activists", [activist("m-far", SISTER), activist("m-own", SISTER)])
    answer = await training.get(
        "/v1/training/mentoring/suggestions?teacher=t-own", headers=bound(training, OWN)
    )
    everybody = await training.get("/v1/training/mentoring/suggestions?teacher=t-own")
    assert answer.json() == everybody.json()


async def test_counts_of_posts_stay_open(training: Service) -> None:
    await people(training)
    open_read = await training.http.get(
        "/v1/training/staffing", headers=bound(training), params={"municipality": SISTER}
    )
    assert [row["appointed"] for row in open_read.json()["items"]] == [1]


async def test_a_client_acts_only_for_persons_of_its_territories(training: Service) -> None:
    await people(training)
    path = "/v1/training/routes"
    own = await training.get(path, headers=bound(training, OWN, actor="t-own"))
    assert own.status_code == 200
    for actor in ("t-far", "a-far", "t-nobody"):
        refused = await training.get(path, headers=bound(training, OWN, actor=actor))
        assert (refused.status_code, refused.json()["code"]) == (403, "TERRITORY_FORBIDDEN")
    everywhere = await training.get(path, headers=bound(training, "*", actor="t-nobody"))
    assert everywhere.status_code == 200


async def test_acts_for_the_region_need_the_region(training: Service) -> None:
    plan = {"year": "2023", "half": 1, "round": 1}
    for territories, status in (([OWN], 403), ([REGION], 201)):
        answer = await training.post(
            "/v1/training/plans", plan, headers=bound(training, *territories)
        )
        assert answer.status_code == status, answer.text
    solve = f"/v1/training/plans/{uuid4()}/solve"
    refused = await training.post(solve, headers=bound(training, OWN))
    assert refused.json()["code"] == "TERRITORY_FORBIDDEN"
    rematch = await training.post("/v1/training/mentoring/rematch", headers=bound(training, OWN))
    assert rematch.json()["code"] == "TERRITORY_FORBIDDEN"


async def test_only_an_own_person_is_erased(training: Service) -> None:
    await people(training)
    for ref, status in (("t-far", 403), ("t-own", 204)):
        answer = await training.post(
            f"/v1/training/people/{ref}/erase", headers=bound(training, OWN)
        )
        assert answer.status_code == status, answer.text
    left = await training.get("/v1/training/teachers")
    assert [row["ref"] for row in left.json()["items"]] == ["t-far"]


async def test_a_forgotten_filter_shows_nothing(training: Service, database: TestDatabase) -> None:
    """The database itself hides rows: a query without any condition shows the caller's."""
    await people(training)
    await loaded(training, "staffing", [staffing(OWN), staffing(SISTER)])
    db = Database(database.url("training"), "training")
    tables = ("teacher", "activist", "school", "study_group", "staffing_plan")
    try:
        for territories, expected in ((None, 0), ([], 0), ([OWN], 1), ([REGION], 2), (["*"], 2)):
            chosen = None if territories is None else Territories.of(territories)
            async with db.reading(chosen) as session:
                counts = [await count(session, table) for table in tables]
            assert counts == [expected] * len(tables), territories
        async with db.transaction(Territories.of([OWN])) as session:
            async with whole_region(session):
                assert await count(session, "teacher") == 2
            assert await count(session, "teacher") == 1
    finally:
        await db.close()


async def count(session: object, table: str) -> int:
    rows = await session.execute(text(f"SELECT count(*) FROM {table}"))  # type: ignore[attr-defined]  # noqa: S608 -- our tables.
    return int(rows.scalar_one())


def staffing(municipality: str) -> dict[str, object]:
    return {
        "municipality": municipality,
        "part": "methodical.subject",
        "area": "mathematics",
        "planned": 2,
    }


async def test_every_table_about_people_has_a_policy(database: TestDatabase) -> None:
    """A table with a column that names a person or a municipality is bound, or is listed here."""
    db = Database(database.url("training"), "training")
    try:
        async with db.reading() as session:
            found = (await session.execute(UNBOUND_TABLES)).scalars().all()
    finally:
        await db.close()
    assert set(found) == NOT_BOUND


NOT_BOUND = {"person", "travel", "claim", "signal", "import_run", "finding", "idempotency"}
UNBOUND_TABLES = text("""
    SELECT DISTINCT c.relname FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace AND n.nspname = 'training'
    JOIN pg_attribute AS a ON a.attrelid = c.oid AND NOT a.attisdropped
    WHERE c.relkind IN ('r', 'p') AND NOT c.relrowsecurity
    AND a.attname IN ('municipality', 'oktmo', 'teacher', 'activist', 'leader', 'owner', 'origin',
        'ref', 'territory', 'route')
""")


async def test_a_bound_import_is_seen_by_who_is_bound_as_much(training: Service) -> None:
    """What a client sent when it was bound to more is not shown once it is bound to less."""
    wide = await send(training, "teachers", [teacher("t1", SISTER)], bound(training, REGION))
    path = f"/v1/training/imports/{wide.json()['id']}"
    assert (await training.get(path, headers=bound(training, REGION))).status_code == 200
    narrowed = await training.get(path, headers=bound(training, OWN))
    assert (narrowed.status_code, narrowed.json()["code"]) == (403, "TERRITORY_FORBIDDEN")
    listed = await training.get("/v1/training/imports", headers=bound(training, OWN))
    assert listed.json()["items"] == []
    assert (await training.get(f"{path}/changes", headers=bound(training, OWN))).status_code == 403
