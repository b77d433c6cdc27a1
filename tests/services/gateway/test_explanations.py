"""`/problems`, `/changelog` and `/status` explain what answers only name."""

from services.gateway.representations.explanations import changelog_page
from tests.services.gateway.conftest import House, until

HTML = "text/html; charset=utf-8"


async def test_the_type_of_a_problem_leads_to_a_page_of_its_code(quiet: House) -> None:
    refused = await quiet.http.get("/v1/findings?colour=red")
    assert refused.json()["type"] == "/problems/UNKNOWN_PARAMETER"
    page = await quiet.http.get(refused.json()["type"])
    assert (page.status_code, page.headers["content-type"]) == (200, HTML)
    assert "Неизвестный параметр запроса" in page.text
    assert "перечисленных в ответе" in page.text
    assert "HTTP 422" in page.text
    assert "script-src" not in page.headers["content-security-policy"]
    listing = await quiet.http.get("/problems?utm_source=mail")
    assert listing.status_code == 200
    for code in ("ACTOR_REQUIRED", "INVALID_CLIENT", "WEBHOOK_UNKNOWN", "RATE_LIMITED"):
        assert f'href="/problems/{code}"' in listing.text
        page = await quiet.http.get(f"/problems/{code.lower()}")
        assert page.status_code == 200
        assert f'"code": "{code}"' in page.text.replace("&quot;", '"')
    page = await quiet.http.get("/problems/%3Cscript%3E")
    assert page.status_code == 404
    assert "<code>&lt;SCRIPT&gt;</code>" in page.text
    assert "<script>" not in page.text


async def test_a_code_of_a_service_is_told_by_its_contract(house: House) -> None:
    stated = {
        "code": "DICE_LOST",
        "status": 409,
        "title": "Жребий <потерян>",
        "detail": "",
        "meaning": "The draw has no seed.",
        "remedy": "Проведите жеребьёвку заново.",
    }
    house.ratings.openapi = {**house.ratings.openapi, "x-problem-types": [stated]}
    house.ratings.publish("/v1/ratings/rum/2022", 1, {"rows": []})
    await house.ring("ratings")
    page = await page_when_known(house, "/problems/DICE_LOST")
    assert "Жребий &lt;потерян&gt;" in page
    assert "Проведите жеребьёвку заново." in page


async def page_when_known(house: House, path: str) -> str:
    async def known() -> bool:
        return (await house.http.get(path)).status_code == 200

    await until(known)
    return (await house.http.get(path)).text


async def test_a_service_that_never_answered_is_unknown_not_fresh(quiet: House) -> None:
    told = (await quiet.http.get("/v1/status")).json()
    assert [one["name"] for one in told["services"]] == ["ratings", "olympiads", "training"]
    first = told["services"][0]
    assert (first["state"], first["contacted_at"], first["age_seconds"]) == ("unknown", None, None)
    page = await quiet.http.get("/status")
    assert (page.status_code, page.headers["content-type"]) == (200, HTML)
    assert "ещё не отвечал" in page.text
    page = await quiet.http.get("/changelog")
    assert page.status_code == 200
    assert "<h3>Changed</h3>" in page.text


def test_markdown_becomes_headings_lists_and_code() -> None:
    page = changelog_page(
        "# T\n\nAll `a<b>`.\n\n## 1.0\n\n### Added\n- one\n  more\n- two\n"
    ).decode()
    assert "<p>All <code>a&lt;b&gt;</code>.</p>" in page
    assert "<h2>1.0</h2>\n<h3>Added</h3>\n<ul>\n<li>one more</li>\n<li>two</li></ul>" in page
