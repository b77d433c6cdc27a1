from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.services.gateway.browser import Browser, Page, browsing
from tests.services.gateway.conftest import House, until

READY = "!document.getElementById('content').hasAttribute('aria-busy')"
PLACE = {"from": 28, "to": 39, "label": "28-39", "of": 85}
LEVEL = {
    "code": "acceptable",
    "title": "Допустимый",
    "on": "published",
    "distance": {"up": 1, "down": 18},
    "possible": ["acceptable", "optimal"],
    "undecidable": True,
}


def node(score: float | None, **declared: object) -> dict[str, object]:
    return {
        "score": score,
        "place": None,
        "group_place": None,
        "level": LEVEL if score else None,
        "declared": {"score": None, "place": None, "group_place": None, **declared},
    }


def publish(house: House) -> None:
    publish_ratings(house)
    publish_findings(house)
    publish_plans(house)
    for publisher in house.publishers.values():
        publisher.tell(list(publisher.documents), 1)


def publish_ratings(house: House) -> None:
    for period, score in (("2021", 64.0), ("2022", 79.375)):
        row = {
            "territory": "08000000",
            "title": "Хабаровский край",
            "group": "dfo",
            "nodes": {"total": node(score, place=PLACE), "1.1": node(99.0)},
        }
        table = {
            "programme": "rum",
            "period": period,
            "citation": f"РУМ {period}",
            "nodes": [
                {"code": "total", "title": "Итог", "parent": None},
                {"code": "1.1", "title": "Качество подготовки", "parent": "total"},
            ],
            "rows": [row],
        }
        house.ratings.documents[f"/v1/ratings/rum/{period}"] = (1, table)
    years = {"2022": {"conditions": node(None, place=PLACE)}}
    house.ratings.passport = {
        "ratings": {
            "revision": 1,
            "source_time": "2022-12-01T00:00:00Z",
            "territories": {
                "08000000": {
                    "rum": {"2022": {"total": node(79.375, place=PLACE), "change": None}},
                    "motivating": years,
                }
            },
        }
    }


def publish_findings(house: House) -> None:
    house.ratings.findings = [
        {
            "id": f"f{number}",
            "rule": "place_sequence",
            "severity": "contradiction" if number == 0 else "hazard",
            "status": "open",
            "text": "Места <b>не следуют</b> из мест вне группы.",
            "subject": {"territory": "08000000"},
            "evidence": [{"document": "programme-407", "raw": "28-39", "locator": {"line": 55}}],
        }
        for number in range(25)
    ]


def publish_plans(house: House) -> None:
    physics = {
        "subject": "physics",
        "title": "Физика",
        "grade": 9,
        "score": "14",
        "percent": {"declared": "28", "derived": None},
        "previous": {"score": "20", "delta": "-6"},
    }
    house.publishers["olympiads"].documents["/v1/olympiads/2022-2023/thresholds"] = (
        1,
        {"season": "2022-2023", "revision": 1, "rows": [physics]},
    )
    course = {
        "code": "kpk",
        "title": "КПК математиков",
        "kind": "kpk",
        "from": "2022-11",
        "to": "2022-12",
        "seats": 80,
        "doubts": ["f1"],
    }
    house.publishers["training"].documents["/v1/training/2023/cyclogram"] = (
        1,
        {"year": "2023", "revision": 1, "items": [course, {**course, "from": None, "to": None}]},
    )


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with browsing() as running:
        yield running


async def opened(house: House, browser: Browser, path: str, ready: str) -> Page:
    page = await browser.page()
    await page.size(1280, 900)
    await page.open(house.url + path)
    await page.until(ready)
    return page


def asked_only_here(page: Page, house: House) -> None:
    here = urlsplit(house.url).netloc
    elsewhere = [url for url in page.requested if urlsplit(url).netloc not in ("", here)]
    assert not elsewhere
    assert not page.complaints


async def test_the_page_tells_the_passport_to_people(
    house: House, browser: Browser, tmp_path: Path
) -> None:
    publish(house)

    async def all_served() -> bool:
        known = house.door.memory.known
        passport = await house.http.get("/v1/territories/08000000/passport")
        return (
            len(known) >= 6
            and passport.json()
            .get("parts", {})
            .get("findings", {})
            .get("counts", {})
            .get("hazard", 0)
            == 24
        )

    await until(all_served)
    page = await opened(house, browser, "/", READY)
    shown = await page.value("document.querySelector('main').innerText")
    for words in (
        "Хабаровский край",
        "79,375",
        "Допустимый",
        "28–39",
        "1.1. Качество подготовки",
        "Физика",
        "КПК математиков",
        "Без дат в источнике",
        "Противоречие",
    ):
        assert words in shown, words
    assert "<b>не следуют</b>" in shown
    assert await page.value("document.querySelectorAll('.finding').length") == 20
    await page.value("document.querySelector('.more').click()")
    await page.until("document.querySelectorAll('.finding').length === 25")
    source = await page.value("document.getElementById('source').innerText")
    assert "редакция" in source
    await works_for_everybody(page)
    await page.size(390, 844, mobile=True)
    assert await page.value("document.documentElement.scrollWidth") <= 390
    await page.pdf(tmp_path / "page.pdf")
    assert (tmp_path / "page.pdf").stat().st_size > 10_000
    asked_only_here(page, house)


async def works_for_everybody(page: Page) -> None:
    """Headings in order, named regions and controls, tables with headed rows and columns."""
    unnamed = "[...document.querySelectorAll('button, select, a, svg[role=img], [role=region]')]"
    names = "e.innerText || e.getAttribute('aria-label') || e.labels?.length"
    assert await page.value(f"{unnamed}.every(e => {names})")
    levels = await page.value(
        "[...document.querySelectorAll('h1,h2,h3')].map(h => Number(h.tagName[1]))"
    )
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert await page.value(
        "[...document.querySelectorAll('table')].every("
        "t => t.caption && [...t.querySelectorAll('th')].every(h => h.scope))"
    )
    assert await page.value("document.documentElement.lang") == "ru"


async def test_the_explorer_works_with_nothing_from_outside(house: House, browser: Browser) -> None:
    try:
        page = await try_out(house, browser)
    except TimeoutError:
        # On a busy machine a click may come before the page listens; a fresh page must work.
        page = await try_out(house, browser)
    asked_only_here(page, house)


async def try_out(house: House, browser: Browser) -> Page:
    """Get a token in the explorer and list the keys with it."""
    page = await opened(house, browser, "/docs", "document.querySelectorAll('.opblock').length > 5")
    client = house.demo
    await page.value(
        f"document.querySelector('[name=client_id]').value = '{client['client_id']}';"
        f"document.querySelector('[name=client_secret]').value = '{client['client_secret']}';"
        "document.querySelector('#token button').click()"
    )
    await page.until("document.getElementById('told').textContent.startsWith('Токен получен')")
    block = "document.getElementById('operations-admin-gateway_list_keys')"
    await page.value(f"{block}.querySelector('.opblock-summary-control').click()")
    await page.until(f"{block}.querySelector('.execute')")
    await page.value(f"{block}.querySelector('.execute').click()")
    await page.until(f"{block}.querySelector('.live-responses-table')?.innerText.includes('kid')")
    return page


async def test_pages_forbid_what_they_do_not_need(house: House) -> None:
    for path in ("/", "/docs"):
        answer = await house.http.get(path)
        policy = answer.headers["content-security-policy"]
        assert "unsafe-eval" not in policy
        assert "default-src 'none'" in policy
        assert answer.headers["x-frame-options"] == "DENY"
