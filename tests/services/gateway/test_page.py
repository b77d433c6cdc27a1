import re
from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.services.gateway.browser import Browser, Page, browsing
from tests.services.gateway.conftest import House, until
from tests.services.gateway.publisher import Publisher

INDEX = Path(__file__).parents[3] / "services" / "gateway" / "page" / "index.html"
# Which texts have less contrast to the nearest opaque background than WCAG 2.2 asks for.
CONTRAST = """(least => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = colour => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const linear = v => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);
  const light = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  const behind = element => {
    const own = rgba(getComputedStyle(element).backgroundColor);
    return own[3] === 255 || !element.parentElement ? own : behind(element.parentElement);
  };
  const weak = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || element.closest(".hidden, noscript, option")) continue;
    if (!element.getClientRects().length) continue;
    const style = getComputedStyle(element);
    const ink = light(rgba(element.closest("svg") ? style.fill : style.color));
    const paper = light(behind(element));
    const ratio = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
    if (ratio < least) weak.push(`${texts.currentNode.data.trim()}: ${ratio.toFixed(2)}`);
  }
  return weak;
})"""
READY = "!document.getElementById('content').hasAttribute('aria-busy')"
PLACE = {"from": 28, "to": 39, "label": "28-39", "of": 85}
LEVEL = {
    "code": "acceptable",
    "title": "Допустимый",
    "on": "published",
    "distance": {"up": 0.125, "down": 18.875},
    "possible": ["acceptable", "optimal"],
    "undecidable": True,
}


def node(score: float | None, **declared: object) -> dict[str, object]:
    return {
        "score": score,
        "place": None,
        "place_note": "PEERS_MISSING" if score else None,
        "among": {"label": "3", "of": 6} if score else None,
        "group_place": None,
        "leaves": {"known": 7, "of": 8} if score else None,
        "incomplete": bool(score),
        "level": LEVEL if score else None,
        "declared": {"score": None, "place": None, "group_place": None, **declared},
    }


def publish(house: House) -> None:
    publish_ratings(house)
    publish_methodology(house)
    publish_findings(house)
    publish_plans(house)
    publish_analysis(house)
    publish_active(house)
    publish_effects(house)
    publish_documents(house)
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
            "methodology": "2022",
            "citation": f"РУМ {period}, редакция 1",
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


def publish_methodology(house: House) -> None:
    bands = [
        {"code": "optimal", "title": "Оптимальный", "colour": "#2e7d32", "from": 80, "to": 100},
        {"code": "acceptable", "title": "Допустимый", "colour": "#f9a825", "from": 61, "to": 79},
        {"code": "low", "title": None, "colour": "#c62828", "from": 0, "to": 60},
    ]
    made = {"programme": "rum", "version": "2022", "document": {"levels": {"bands": bands}}}
    house.ratings.documents["/v1/ratings/methodologies"] = (1, {"items": [made], "next": None})


def publish_findings(house: House) -> None:
    house.ratings.findings = [
        {
            "id": f"f{number}",
            "rule": "place_sequence",
            "severity": "contradiction" if number == 0 else "hazard",
            "status": "resolved" if number == 9 else "open",
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
        "doubts": ["f0"],
    }
    house.publishers["olympiads"].documents["/v1/olympiads/2022-2023/thresholds"] = (
        1,
        {"season": "2022-2023", "revision": 1, "rows": [physics]},
    )
    for service, issue in (("olympiads", "2022-2023"), ("training", "2023")):
        part: dict[str, object] = {
            "revision": 1,
            "source_time": None,
            "territories": {"08000000": {issue: {}}},
        }
        house.publishers[service].passport = {service: part}
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


def publish_analysis(house: House) -> None:
    path = "/v1/ratings/rum/2022/08000000"
    part = {"indicator": "1.1", "title": "Качество подготовки", "weight": 1}
    why = {
        "score": 79.375,
        "place": None,
        "contributions": [{**part, "normalised": 99.0, "contribution": 79.375}],
        "gaps": [],
    }
    house.ratings.documents |= {
        path: (1, why),
        f"{path}/growth-points": (1, {"items": []}),
        f"{path}/weak-spots": (1, {"items": [{"indicator": "1.1", "reason": "fallen"}]}),
        f"{path}/stability": (1, {"place": 12, "low": 10, "high": 14}),
    }


def publish_effects(house: House) -> None:
    effect: dict[str, Any] = {
        "measure": "courses",
        "title": "Курсы",
        "outcome": {"title": "Качество подготовки"},
    }
    effect |= {"design": "difference", "verdict": "difference", "estimate": 2.4}
    effect |= {"pre_registered": False, "revision": 1}
    found = {"sentence": "Различие есть.", "citation": "Курсы, редакция 1", "revision": 1}
    house.ratings.documents |= {
        "/v1/ratings/effects": (1, {"items": [effect], "next": None}),
        "/v1/ratings/effects/courses": (1, {**found, "rows": []}),
    }


def publish_documents(house: House) -> None:
    programme: dict[str, Any] = {
        "document": "programme-407",
        "title": "Региональная программа «Качество»",
    }
    programme |= {"territory": "08000000", "territories": ["08000000"]}
    for name, publisher in house.publishers.items():
        items = [] if name == "training" else [programme]
        publisher.documents[f"/v1/{name}/claims/documents"] = (1, {"items": items, "next": None})


def publish_active(house: House) -> None:
    total = {"part": "methodical", "title": "Методический актив"}
    measure = {"code": "camps", "parent": None, "title": "Сборы", "indicators": ["1.1"]}
    measure |= {"from": None, "to": "2022-12-27", "state": "planned"}
    house.publishers["training"].documents |= {
        "/v1/training/staffing": (
            1,
            {"totals": [{**total, "planned": 220, "appointed": 0, "vacant": 220}], "items": []},
        ),
        "/v1/training/directions": (1, {"items": [], "next": None}),
        "/v1/training/measures": (1, {"items": [measure], "next": None}),
        "/v1/training/roadmap": (1, {"items": [], "next": None}),
    }


@pytest.fixture
def publishers(publishers: dict[str, Publisher]) -> dict[str, Publisher]:
    """The publishers, training with the contract of the lists the page reads."""
    limit = {"name": "limit", "in": "query", "schema": {"type": "integer"}}
    answer = {"200": {"description": "The list."}}
    publishers["training"].openapi["paths"] = {
        f"/v1/training/{name}": {
            "get": {"operationId": name, "parameters": [limit], "responses": answer}
        }
        for name in ("staffing", "directions", "measures", "roadmap")
    }
    publishers["ratings"].openapi["paths"] = {
        "/v1/ratings/effects": {
            "get": {"operationId": "effects", "parameters": [limit], "responses": answer}
        }
    }
    for name, publisher in publishers.items():
        publisher.openapi.setdefault("paths", {})[f"/v1/{name}/claims/documents"] = {
            "get": {"operationId": f"documents_{name}", "parameters": [limit], "responses": answer}
        }
    return publishers


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with browsing() as running:
        yield running


async def opened(house: House, browser: Browser, path: str, ready: str) -> Page:
    page = await browser.page()
    await page.size(1280, 900)
    await page.open(house.url + path)
    try:
        await page.until(ready)
    except TimeoutError as error:
        shown = await page.value("document.body.innerText.slice(0, 500)")
        raise AssertionError(f"{path} shows {shown!r}, complains {page.complaints}") from error
    return page


def asked_only_here(page: Page, house: House) -> None:
    here = urlsplit(house.url).netloc
    elsewhere = [url for url in page.requested if urlsplit(url).netloc not in ("", here)]
    assert not elsewhere
    assert not page.complaints


WORDS = (
    "Хабаровский край",
    "79,375",
    "Допустимый 61–79",
    "возможен и «Оптимальный»",
    "до уровня выше — 0,125 балла",
    "рассчитано по 7 из 8 показателей",
    "3-е из 6, по которым есть данные",
    "28–39",
    "1.1. Качество подготовки",
    "Физика",
    "КПК математиков",
    "80 мест · 1 вопрос к источнику",
    "Без дат в источнике",
    "Противоречие",
    "строка 55 — «28-39»",
    "Почему именно это место, ответить нельзя",
    "Качество подготовки: ниже, чем годом раньше",
    "от 10 до 14",
    "Методический актив 220 0 220",
    "просрочено",
    "+2,4 различие, причина не доказана",
    "Сверено с документом: Региональная программа «Качество».",
)


async def served(house: House) -> None:
    """Publish everything and wait until the gateway serves it."""
    publish(house)

    async def all_served() -> bool:
        passport = (await house.http.get("/v1/territories/08000000/passport")).json()
        findings = passport.get("parts", {}).get("findings", {})
        hazards: int = findings.get("counts", {}).get("hazard", 0)
        contract = (await house.http.get("/openapi.json")).json()
        known = "/v1/training/staffing" in contract.get("paths", {})
        return len(house.door.memory.known) >= 7 and hazards == 23 and known

    await until(all_served, 60)


async def test_the_page_tells_the_passport_to_people(
    house: House, browser: Browser, tmp_path: Path
) -> None:
    await served(house)
    page = await opened(house, browser, "/", READY)
    shown = await page.value("document.querySelector('main').innerText")
    missing = [words for words in WORDS if words not in " ".join(shown.split())]
    assert not missing
    assert "<b>не следуют</b>" in shown
    await pages_through_findings(page)
    sourced = "s.querySelector('.cite a[href^=\"/v1/\"], .absent')"
    sections = "[...document.querySelectorAll('main section')]"
    assert await page.value(f"{sections}.filter(s => !{sourced}).map(s => s.id)") == []
    await doubts_stand_at_the_numbers(page)
    await works_for_everybody(page)
    await reads_well(page)
    await tiles_are_walked_by_arrows(page)
    assert await page.violations() == []
    await page.pdf(tmp_path / "page.pdf")
    assert (tmp_path / "page.pdf").stat().st_size > 10_000
    asked_only_here(page, house)


async def tiles_are_walked_by_arrows(page: Page) -> None:
    """One tile is a stop of the keyboard; arrows go to its neighbours, which say themselves."""
    await page.size(1280, 900)
    tiles = "[...document.querySelectorAll('.map-tile')]"
    assert await page.value(f"{tiles}.length") == 89
    assert await page.value(f"{tiles}.filter(tile => tile.tabIndex === 0).length") == 1
    assert await page.value("document.querySelector('.map-tile.own').tabIndex") == 0
    await page.value("document.querySelector('.map-tile.own').focus()")
    await page.press("ArrowDown")
    focused = "document.activeElement"
    assert "territory=99000000" in await page.value(f"{focused}.href")
    assert await page.value(f"{tiles}.filter(tile => tile.tabIndex === 0).length") == 1
    assert "баллов нет" in await page.value(f"{focused}.innerText")


async def pages_through_findings(page: Page) -> None:
    """Twenty at a time; the closed one only when it is asked for."""
    length = "document.querySelectorAll('.finding').length"
    more = "document.querySelector('.more').click()"
    assert await page.value(length) == 20
    await page.value(more)
    await page.until(f"{length} === 24")
    assert "закрыта" not in await page.value("document.querySelector('.findings').innerText")
    await page.value("document.querySelector('.filters input').click()")
    await page.until(f"{length} === 20")
    await page.value(more)
    await page.until(f"{length} === 25")
    assert "закрыта" in await page.value("document.querySelector('.findings').innerText")


async def doubts_stand_at_the_numbers(page: Page) -> None:
    """The mark names the number it questions, unfolds its findings and leads to each."""
    mark = "document.querySelector('#thresholds .doubt')"
    name = await page.value(f"{mark}.querySelector('summary').getAttribute('aria-label')")
    assert name == "Физика, 9 класс: 1 вопрос к числу"
    await page.value(f"{mark}.open = true")
    assert "не следуют" in await page.value(f"{mark}.innerText")
    await page.value(f"{mark}.querySelector('a').click()")
    assert await page.value("document.getElementById('finding-f0') !== null")


async def test_a_territory_shows_no_number_of_another(house: House, browser: Browser) -> None:
    moscow = {"oktmo": "45000000", "title": "Москва", "kind": "region", "parent": "fo-c"}
    house.ratings.territories.append(moscow)
    await served(house)

    async def known() -> bool:
        return (await house.http.get("/v1/territories/45000000/passport")).status_code == 200

    await until(known, 60)
    page = await opened(house, browser, "/?territory=45000000", READY)
    shown = await page.value("document.querySelector('main').innerText")
    for foreign in ("Физика", "КПК математиков", "79,375", "Хабаровский край", "28–39"):
        assert foreign not in shown
    assert "нет документов с числами" in shown


async def test_a_municipality_names_what_is_its_region_s(house: House, browser: Browser) -> None:
    await served(house)
    page = await opened(house, browser, "/?territory=08701000", READY)
    for section in ("light", "thresholds", "cyclogram"):
        owner = await page.value(f"document.querySelector('#{section} .owner').innerText")
        assert owner == "По краю в целом: Хабаровский край."
    assert "79,375" not in await page.value("document.querySelector('#summary').innerText")
    await page.value(
        "document.getElementById('territory').value = '08000000';"
        "document.getElementById('territory').dispatchEvent(new Event('change'))"
    )
    await page.until("document.querySelector('#summary').innerText.includes('79,375')")
    assert await page.value("document.querySelectorAll('.owner').length") == 0


async def reads_well(page: Page) -> None:
    """No sideways scrolling on a phone, contrast of 4.5 and more in both colour schemes."""
    await page.size(390, 844, mobile=True)
    assert await page.value("document.documentElement.scrollWidth") <= 390
    for scheme in ("light", "dark"):
        feature = {"name": "prefers-color-scheme", "value": scheme}
        await page.send("Emulation.setEmulatedMedia", features=[feature])
        assert await page.value(f"{CONTRAST}(4.5)") == []
    await page.send("Emulation.setEmulatedMedia", features=[])


async def test_the_page_says_what_it_cannot_show(house: House, browser: Browser) -> None:
    await served(house)
    page = await opened(house, browser, "/?territory=99999999", READY)
    told = "document.querySelector('main').innerText"
    assert "99999999 не зарегистрирована" in await page.value(told)
    await page.send("Network.setBlockedURLs", urls=["*/passport"])
    await page.value(
        "document.getElementById('territory').value = '08000000';"
        "document.getElementById('territory').dispatchEvent(new Event('change'))"
    )
    await page.until(f"{told}.includes('Портал сейчас не отвечает')")
    await page.send("Network.setBlockedURLs", urls=[])
    await page.value("document.querySelector('#summary button').click()")
    await page.until(f"{told}.includes('79,375')")
    assert "не отвечает" not in await page.value(told)


def test_the_page_asks_for_all_its_modules_at_once() -> None:
    preloaded = set(re.findall(r'rel="modulepreload" href="/page/([a-z]+\.js)"', INDEX.read_text()))
    assert preloaded == {file.name for file in (INDEX.parent / "assets").glob("*.js")}


async def works_for_everybody(page: Page) -> None:
    """Headings in order, named regions and controls, tables with headed rows and columns."""
    controls = "button, select, a, summary, svg[role=img], [role=region]"
    unnamed = f"[...document.querySelectorAll('{controls}')].filter(e => e.checkVisibility())"
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
    # A link to an operation opens it, whatever part of the contract it stands in.
    path = "/docs#/admin/gateway_list_keys"

    async def contract_is_served() -> bool:
        return (await house.http.get("/openapi.json")).status_code == 200

    await until(contract_is_served)
    page = await opened(house, browser, path, "document.querySelector('.is-open .execute')")
    assert await page.value("document.querySelector('.execute').innerText") == "Выполнить"
    await try_out(house, page)
    await page.value(
        "document.getElementById('search').value = 'паспорт';"
        "document.getElementById('search').dispatchEvent(new Event('input'))"
    )
    await page.value("document.querySelector('#found a').click()")
    await page.until("document.getElementById('operations-gateway-gateway_get_passport')")
    assert await page.value("document.querySelector('[aria-current]').dataset.tag") == "gateway"
    await page.size(390, 844, mobile=True)
    assert await page.value("document.documentElement.scrollWidth") <= 390
    asked_only_here(page, house)


async def try_out(house: House, page: Page) -> None:
    """Get a token in the explorer and list the keys with it: no other way leads to them."""
    told = "document.getElementById('told').textContent"
    await get_token(page, house.demo["client_id"], "wrong")
    await page.until(f"{told} && !{told}.startsWith('Запрашивается')")
    assert "Токен получен" not in await page.value(told)
    page.complaints.clear()
    await get_token(page, house.demo["client_id"], house.demo["client_secret"])
    await page.until(f"{told}.startsWith('Токен получен')")
    await page.value("document.querySelector('.execute').click()")
    answer = "document.querySelector('.live-responses-table')?.innerText"
    await page.until(f"{answer}.includes('kid')")


async def get_token(page: Page, client: str, secret: str) -> None:
    await page.value(
        f"document.querySelector('[name=client_id]').value = '{client}';"
        f"document.querySelector('[name=client_secret]').value = '{secret}';"
        "document.querySelector('#token button').click()"
    )


async def test_pages_forbid_what_they_do_not_need(house: House) -> None:
    for path in ("/?territory=08000000", "/?utm_source=mail", "/docs?from=mail"):
        answer = await house.http.get(path)
        assert answer.status_code == 200
        policy = answer.headers["content-security-policy"]
        assert "unsafe-eval" not in policy
        assert "default-src 'none'" in policy
        assert answer.headers["x-frame-options"] == "DENY"
