"""A comparison page by page: cursors keep the revisions they began with, sizes are bounded."""

from copy import deepcopy
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from services.ratings.domain.comparison import compare
from services.ratings.domain.engine import Observed, calculate
from services.ratings.errors import TooManyValues
from services.ratings.usecases.comparisons import (
    MAX_CELLS,
    PAGE_BYTES,
    Page,
    Side,
    compare_page,
    move_view,
    rows_of_page,
)
from services.ratings.usecases.json_document import encoded
from services.ratings.usecases.questions import Calculations
from services.ratings.usecases.rating_tables import revision_asked
from shared.db import Database
from tests.services.ratings.domain.documents import document, group, leaf, methodology
from tests.services.ratings.service import Service
from tests.services.ratings.test_answers import DIRECTIONS, REGIONS, RUM, rated

PATH = "/v1/ratings/comparisons"
SLICE = {"programme": "rum", "period": "2022"}


async def walk(service: Service, body: dict[str, Any], limit: int) -> list[Any]:
    """Return the pages of a comparison, each as its answer."""
    pages, query = [], f"?limit={limit}"
    while True:
        answer = await service.post(PATH + query, body)
        assert answer.status_code == 200, answer.text
        pages.append(answer)
        following = answer.json()["next"]
        if following is None:
            return pages
        query = f"?limit={limit}&cursor={following}"
        assert answer.headers["link"] == f'<{PATH}{query}>; rel="next"'


async def test_pages_together_are_the_whole_comparison(service: Service) -> None:
    """A cursor of another question, of another limit, or altered, is refused."""
    await rated(service)
    body = {"before": SLICE, "after": SLICE}
    whole = (await service.post(PATH, body)).json()
    assert [one["territory"] for one in whole["items"]] == sorted(REGIONS)
    assert (whole["total"], whole["next"]) == (len(REGIONS), None)
    for limit in (1, 3, 4):
        pages = [page.json() for page in await walk(service, body, limit)]
        assert [len(page["items"]) for page in pages][:-1] == [limit] * (len(pages) - 1)
        assert [item for page in pages for item in page["items"]] == whole["items"]
        assert {page["total"] for page in pages} == {whole["total"]}
    following = (await service.post(f"{PATH}?limit=3", body)).json()["next"]
    other = {"before": SLICE | {"revision": 1}, "after": SLICE}
    for query, asked in (
        (f"?limit=3&cursor={following}", other),
        (f"?limit=2&cursor={following}", body),
        (f"?limit=3&cursor={following[:-2]}AA", body),
    ):
        answer = await service.post(PATH + query, asked)
        assert (answer.status_code, answer.json()["code"]) == (422, "CURSOR_FOREIGN")


async def test_a_cursor_stays_with_the_revisions_it_began_with(service: Service) -> None:
    await rated(service)
    body = {"before": SLICE, "after": SLICE}
    first = (await service.post(f"{PATH}?limit=3", body)).json()
    await rated(service, 2, r30000000=dict.fromkeys(DIRECTIONS, 90))
    then = (await service.post(f"{PATH}?limit=3&cursor={first['next']}", body)).json()
    assert (then["before"], then["after"]) == (first["before"], first["after"])
    assert [item["score"] for item in first["items"] + then["items"]] == [0.0] * 4


async def test_a_large_comparison_answers_from_a_child_as_a_small_one_does(
    service: Service, database_of: Database
) -> None:
    """A draft changed between two pages is compared as it is; too many values are not read."""
    await rated(service)
    draft = {**deepcopy(RUM), "version": "draft"}
    made = await service.post("/v1/ratings/methodologies", draft)
    small, large = Calculations(), Calculations(small_cells=0)
    async with database_of.reading() as session:
        shown = await revision_asked(session, "rum", "2022")
    sides = Side(shown, None), Side(shown, made.json()["id"])

    async def both(page: Page) -> list[Any]:
        async with database_of.reading() as session:
            return [await compare_page(session, by, *sides, page) for by in (small, large)]

    first, again = await both(Page(None, 3))
    assert first == again
    assert (first["more"], first["facets"]) == (True, [])
    draft["tree"]["children"][0]["weight"] = 3
    path, headers = made.headers["location"], {"if-match": made.headers["etag"]}
    assert (await service.http.put(path, json=draft, headers=headers)).status_code == 200
    first, again = await both(Page("10000000", 3))
    assert first == again
    assert (first["more"], first["facets"]) == (False, ["weights"])
    layout = {**shown.layout, "of": [MAX_CELLS] * len(shown.layout["of"])}
    # No such revision is stored: reading one of its values would be another error.
    beyond = Side(replace(shown, id=-1, layout=layout), None)
    async with database_of.reading() as session:
        with pytest.raises(TooManyValues):
            await compare_page(session, small, sides[0], beyond, Page(None, 1))


@pytest.mark.parametrize(("indicators", "code"), [(100, 5), (400, 5), (400, 60)])
def test_a_page_of_the_greatest_limit_is_under_five_megabytes(indicators: int, code: int) -> None:
    leaves = [leaf(f"{'x' * code}{number}") for number in range(indicators)]
    rows = np.random.default_rng(7).random((2000, indicators)) * 100
    units = tuple(f"{number:08}" for number in range(2000))
    before, after = (
        calculate(methodology(document(group("t", leaves))), Observed(units, (None,) * 2000, each))
        for each in (rows, rows[::-1].copy())
    )
    found = compare(before, after)
    shown = rows_of_page(found)
    items = [move_view(move, 2000, 2000) for move in found.moves(units[: min(shown, 1000)])]
    size = len(encoded(items))
    assert PAGE_BYTES / 4 < size < 5_000_000
