"""The programme's own figures, from their files to the public answers."""

from collections import Counter

from services.ratings.schemas.tables import RatingTable, TerritoryProfile
from tests.services.ratings.programme import KHABAROVSK, load_all, rated
from tests.services.ratings.service import Service


async def test_the_mechanisms_of_2022_come_out_as_the_programme_has_them(loaded: Service) -> None:
    nodes = rated((await loaded.get("/v1/ratings/rum/2022")).json())["nodes"]
    assert (nodes["I"]["score"], nodes["II"]["score"]) == (83.0, 75.75)
    assert (nodes["total"]["score"], nodes["total"]["coverage"]) == (79.375, 1.0)
    declared = nodes["total"]["declared"]
    assert declared["place"] == {"from": 12, "to": 12, "label": "12", "of": 85}
    assert declared["group_place"] == {"from": 1, "to": 1, "label": "1", "of": 11}
    assert nodes["I"]["declared"]["score"] == {"raw": "83 %", "value": "83", "digits": 0}
    assert (nodes["total"]["place"], nodes["total"]["place_note"]) == (None, "PEERS_MISSING")
    assert nodes["total"]["group_place_note"] == "PEERS_MISSING"
    level = nodes["total"]["level"]
    assert (level["code"], level["undecidable"]) == ("acceptable", True)
    assert level["possible"] == ["acceptable", "optimal"]
    assert level["distance"] == {"up": 0.125, "down": 18.875}


async def test_rows_stand_by_declared_place_while_none_can_be_computed(loaded: Service) -> None:
    rows = (await loaded.get("/v1/ratings/rum/2022")).json()["rows"]
    labels = [row["nodes"]["total"]["declared"]["place"]["label"] for row in rows]
    assert labels == ["12", "24-25", "32", "55", "59-60", "62", "66", "74", "76", "82", "85"]
    assert rows[9]["title"] == "Еврейская автономная область"


async def test_the_passport_holds_ratings_and_exams(loaded: Service) -> None:
    parts = (await loaded.get("/internal/passport")).json()["parts"]
    mine = parts["ratings"]["territories"][KHABAROVSK]
    assert sorted(mine) == ["motivating", "rum"]
    assert mine["rum"]["2022"]["total"]["score"] == 79.375
    change = mine["rum"]["2022"]["change"]["nodes"]["total"]
    assert change["score"] == 15.375
    assert change["place"] == {"from": 19, "to": 19, "label": "improved"}
    conditions = mine["motivating"]["2022"]["conditions"]
    assert conditions["score"] is None
    assert conditions["declared"]["place"]["label"] == "19-20"
    moved = mine["motivating"]["2022"]["change"]["nodes"]["conditions"]["place"]
    assert moved == {"from": 14, "to": 27, "label": "improved"}
    russian = parts["ege"]["territories"][KHABAROVSK]["2022"]["russian"]
    assert russian["takers"] == {"raw": "5687 чел", "value": "5687", "digits": 0}
    assert russian["mean"] == {"raw": "68,3", "value": "68.3", "digits": 1}
    assert russian["benchmark"]["value"] == "68,3"
    assert parts["ege"]["territories"][KHABAROVSK]["2022"]["physics"]["mean"] is None


async def test_findings_of_all_five_severities_are_served(loaded: Service) -> None:
    items = (await loaded.get("/internal/findings")).json()["items"]
    severities = Counter(item["severity"] for item in items)
    assert set(severities) == {
        "contradiction",
        "implausible",
        "incomplete",
        "hazard",
        "consistent",
    }
    assert all(item["evidence"] for item in items if item["severity"] != "consistent")
    contradictions = {item["rule"]: item for item in items if item["severity"] == "contradiction"}
    assert contradictions["place_sequence"]["repairs"]
    assert contradictions["score_index_scale"]["repairs"]
    assert contradictions["place_bounds"]["repairs"]


async def test_loading_again_changes_nothing(loaded: Service) -> None:
    before = [
        (await loaded.get(path)).headers["etag"]
        for path in ("/v1/ratings/rum/2021", "/v1/ratings/rum/2022", "/v1/ratings/motivating/2022")
    ]
    for report in await load_all(loaded):
        counts = report["counts"]
        assert counts["unchanged"] == counts["received"], report
        assert report["revision"] is None
    after = [
        (await loaded.get(path)).headers["etag"]
        for path in ("/v1/ratings/rum/2021", "/v1/ratings/rum/2022", "/v1/ratings/motivating/2022")
    ]
    assert before == after


async def test_explained_contributions_sum_to_the_score(loaded: Service) -> None:
    answer = (await loaded.get(f"/v1/ratings/rum/2022/{KHABAROVSK}")).json()
    total = sum(item["contribution"] for item in answer["contributions"])
    assert abs(total - 79.375) < 1e-9
    assert answer["score"] == 79.375


async def test_the_profile_follows_the_region_over_the_years(loaded: Service) -> None:
    profile = (await loaded.get(f"/v1/ratings/profiles/{KHABAROVSK}")).json()
    years = {p["programme"]: [q["period"] for q in p["periods"]] for p in profile["programmes"]}
    assert years == {
        "ege": ["2022"],
        "motivating": ["2020", "2021", "2022"],
        "rum": ["2021", "2022"],
    }
    assert (await loaded.get("/v1/ratings/profiles/99999999")).status_code == 404


async def test_answers_have_the_documented_shapes(loaded: Service) -> None:
    for path in ("/v1/ratings/rum/2022", "/v1/ratings/motivating/2021", "/v1/ratings/ege/2022"):
        RatingTable.model_validate_json((await loaded.get(path)).content)
    profile = await loaded.get(f"/v1/ratings/profiles/{KHABAROVSK}")
    TerritoryProfile.model_validate_json(profile.content)
    assert (await loaded.get("/v1/ratings/revisions")).json()["items"]
    far_east = (await loaded.get("/v1/ratings/rum/2022", params={"group": "dfo"})).json()
    assert len(far_east["rows"]) == 11
    assert (await loaded.get("/v1/ratings/rum/2022", params={"groups": "dfo"})).status_code == 422
