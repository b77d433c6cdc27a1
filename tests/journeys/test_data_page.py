"""A methodologist loads a file by hand: five errors, their correction, the load, its undoing."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.journeys.live import LiveSystem
from tests.services.gateway.browser import Browser, Page, browsing

# The guides' pictures are made by this test: GUIDE_IMAGES=docs/guide/images.
IMAGES = os.environ.get("GUIDE_IMAGES")
HEAD = "Код;Часть программы;Название;Срок;Состояние\r\n"
WRONG = (
    "camps;part-5;;30.12.2031;идёт\r\n"
    "курсы;part-5;Курсы;31.02.2031;идёт\r\n"
    "congresses;part 5;Съезды;30.12.2031;потом\r\n"
)
RIGHT = "camps;part-5;Тренировочные сборы;30.12.2031;идёт\r\n"
CELLS = "[...document.querySelectorAll('#report tbody tr')].map(row => row.innerText)"
READY = "!document.getElementById('content').hasAttribute('aria-busy')"


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    async with browsing() as browser:
        yield await opened(browser)


async def opened(browser: Browser) -> Page:
    page = await browser.page()
    await page.size(1280, 900)
    return page


async def keep_picture(page: Page, name: str, selector: str) -> None:
    if IMAGES is not None:
        await page.part_picture(Path(IMAGES) / name, selector)


async def enter(page: Page, client: str, secret: str) -> None:
    """Sign in by the keyboard alone, as somebody without a mouse would."""
    await page.until("document.querySelector('[name=client]')")
    await page.value("document.querySelector('[name=client]').focus()")
    await page.send("Input.insertText", text=client)
    await page.press("Tab")
    await page.send("Input.insertText", text=secret)
    await page.press("Enter")


async def choose(page: Page, title: str) -> None:
    await page.until("document.querySelector('#kind option')")
    await page.value(
        "(select => { select.value = [...select.options].find("
        f"one => one.text === '{title}').value; select.dispatchEvent(new Event('change')); }})"
        "(document.getElementById('kind'))"
    )


async def test_a_methodologist_loads_corrects_and_undoes_a_file(
    live: LiveSystem, page: Page, tmp_path: Path
) -> None:
    wrong, right = tmp_path / "ошибки.csv", tmp_path / "мероприятия.csv"
    wrong.write_text(HEAD + WRONG, encoding="cp1251")
    right.write_text(HEAD + RIGHT, encoding="utf-8")
    await page.open(f"{live.url}/data")
    await enter(page, "nobody", "wrong")
    await page.until("document.querySelector('#enter').innerText.includes('не подходят')")
    page.complaints.clear()
    await page.open(f"{live.url}/data")
    await enter(page, live.demo["client_id"], live.demo["client_secret"])
    await choose(page, "Мероприятия программы")
    await page.choose_file(wrong)
    await page.until("document.querySelector('#report table')")
    told = await page.value(CELLS)
    assert [row.split("\t")[:2] for row in told] == [
        ["2", "Название"],
        ["3", "Код"],
        ["3", "Срок"],
        ["4", "Часть программы"],
        ["4", "Состояние"],
    ]
    assert await page.value("document.querySelector('#report .send')") is None
    await keep_picture(page, "errors.png", "#report")
    assert await page.violations() == []
    await loads_and_undoes(live, page, right)


async def loads_and_undoes(live: LiveSystem, page: Page, right: Path) -> None:
    before = (await live.client.get("/v1/training/measures")).json()
    await page.choose_file(right)
    await page.until("document.querySelector('#report .send')")
    assert (await live.client.get("/v1/training/measures")).json() == before
    told = "\n".join(await page.value(CELLS))
    assert "запланировано" in told or "planned" in told
    await keep_picture(page, "changes.png", "#report")
    await page.value("document.querySelector('#report .send').click()")
    await page.until("document.querySelector('#report .undo')")
    shown = {
        row["code"]: row for row in (await live.client.get("/v1/training/measures")).json()["items"]
    }
    assert (shown["camps"]["state"], shown["camps"]["to"]) == ("running", "2031-12-30")
    await page.value("document.querySelector('#report .undo').click()")
    await page.until("document.querySelector('#report').innerText.includes('отменена')")
    assert (await live.client.get("/v1/training/measures")).json() == before
    await page.size(390, 844, mobile=True)
    assert await page.value("document.documentElement.scrollWidth") <= 390


async def test_the_page_answers_an_analyst_of_the_region(live: LiveSystem, page: Page) -> None:
    await page.open(f"{live.url}/")
    await page.until(READY)
    shown = " ".join((await page.value("document.querySelector('main').innerText")).split())
    for words in (
        "Почему именно это место, ответить нельзя",
        "Методический актив 220 0 220",
        "Управленческий (организационный) актив 480 0 480",
        "Система организации воспитания обучающихся: ниже, чем годом раньше",
        "просрочено",
    ):
        assert words in shown
    await keep_picture(page, "map.png", "#map")
    await keep_picture(page, "analyst.png", "#analyst")
    files = "[...document.querySelectorAll('#light .take a[download]')].map(one => one.href)"
    for address in await page.value(files):
        answer = await live.client.get(address)
        assert answer.status_code == 200
        assert "attachment" in answer.headers.get("content-disposition", "attachment")
    assert not page.complaints
