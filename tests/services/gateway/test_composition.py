"""The gateway's own documents are made of the difference, at any size of the register."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from services.gateway.domain.composition import (
    Difference,
    StoredParts,
    compose,
    difference,
    oktmo_of,
    passport_path,
)
from services.gateway.domain.documents import SourceDocument
from services.gateway.domain.passport import with_revision


def country(
    said: Mapping[str, object], silent: int = 0, revision: int = 1, **more: object
) -> StoredParts:
    """Return stored parts: territories with data, and `silent` ones nothing is said of."""
    codes = [*said, *(f"7{number:07}" for number in range(silent))]
    ratings = {"revision": revision, "source_time": "2022-12-01T00:00:00Z", "territories": said}
    contents: dict[str, object] = {
        "territories": {"items": [{"oktmo": code, "title": f"Школа {code}"} for code in codes]},
        "passport:ratings": {"parts": {"ratings": ratings}},
        **more,
    }
    return StoredParts({name: json.dumps(part).encode() for name, part in contents.items()}, {})


def data(count: int, **changed: object) -> dict[str, object]:
    return {f"{number:08}": {"score": number} for number in range(count)} | changed


def look(parts: StoredParts, versions: Mapping[str, str] | None = None) -> Difference:
    return difference(parts, versions or {}, 1000, 100)


class Store:
    """Passports by OKTMO as the database holds them after each composition."""

    def __init__(self) -> None:
        self.sources: dict[str, SourceDocument] = {}

    def take(self, parts: StoredParts) -> list[str]:
        """Store what differs; return the territories whose bytes changed."""
        found = look(parts, {code: one.version for code, one in self.sources.items()})
        previous = {code: self.sources[code] for code in found.changed if code in self.sources}
        changed = []
        for source in compose(parts, found.changed, previous):
            code = str(oktmo_of(source.path))
            if code not in self.sources or self.sources[code].body != source.body:
                changed.append(code)
            self.sources[code] = source
        for code in found.removed:
            del self.sources[code]
        return changed

    def content(self, code: str) -> Any:
        return json.loads(self.sources[code].body)


@pytest.mark.parametrize("size", [10, 20])
def test_one_changed_territory_is_one_composed_passport(size: int) -> None:
    store = Store()
    assert len(store.take(country(data(size), silent=3 * size))) == size
    changed = country(data(size, **{"00000003": {"score": 99}}), silent=3 * size, revision=2)
    assert store.take(changed) == ["00000003"]
    assert store.content("00000003")["revision"] == 2
    assert store.content("00000003")["parts"]["ratings"]["revision"] == 2
    assert store.content("00000004")["parts"]["ratings"]["revision"] == 1


def test_an_idle_system_composes_nothing() -> None:
    store = Store()
    store.take(country(data(5)))
    assert look(country(data(5)), {c: s.version for c, s in store.sources.items()}).changed == {}
    assert store.take(country(data(5), revision=9)) == []


def test_a_territory_nothing_is_said_of_has_no_stored_passport() -> None:
    store = Store()
    store.take(country(data(2), silent=40))
    assert sorted(store.sources) == ["00000000", "00000001"]


def test_a_territory_that_loses_its_data_has_null_data_since_then() -> None:
    store = Store()
    store.take(country(data(1, **{"70000000": {"score": 5}})))
    assert store.take(country(data(1), silent=1, revision=2)) == ["70000000"]
    assert store.content("70000000")["parts"]["ratings"] == {
        "revision": 2,
        "source_time": "2022-12-01T00:00:00Z",
        "data": None,
    }


def test_a_passport_of_a_territory_out_of_the_register_is_removed() -> None:
    store = Store()
    store.take(country(data(3)))
    store.take(country(data(2)))
    assert sorted(store.sources) == ["00000000", "00000001"]


def test_nothing_is_removed_before_the_register_is_known() -> None:
    assert look(StoredParts({}, {}), {"08000000": "1"}).removed == []


def test_a_new_title_and_a_service_that_falls_silent_reach_the_passports() -> None:
    store = Store()
    parts = country(data(3))
    store.take(parts)
    assert len(store.take(replace(parts, stale_since={"ratings": "2022-12-02T00:00:00Z"}))) == 3
    assert store.content("00000001")["stale"][0]["part"] == "ratings"
    assert len(store.take(parts)) == 3
    assert store.content("00000001")["stale"] == []


def test_passports_of_a_release_before_keep_their_bytes_and_take_the_version() -> None:
    store = Store()
    parts = country(data(1))
    store.take(parts)
    older = replace(store.sources["00000000"], version="1")
    store.sources["00000000"] = older
    assert store.take(parts) == []
    after = store.sources["00000000"]
    assert (after.body, after.source_time, after.revision) == (
        older.body,
        older.source_time,
        older.revision,
    )
    assert after.version != "1"


def test_a_finding_about_one_territory_is_one_composed_passport() -> None:
    store = Store()
    store.take(country(data(30)))
    finding = {
        "id": "f1",
        "rule": "r",
        "severity": "hazard",
        "status": "open",
        "subject": {"territory": "00000007"},
    }
    found = {"revision": 5, "items": [finding]}
    assert store.take(country(data(30), 0, 1, **{"findings:ratings": found})) == ["00000007"]
    summary = store.content("00000007")["parts"]["findings"]
    assert summary["counts"]["hazard"] == 1
    assert summary["revisions"]["ratings"] == 5


def test_the_stored_bytes_have_the_revision_that_is_stored_with_them() -> None:
    store = Store()
    store.take(country(data(1)))
    source = store.sources["00000000"]
    assert source.path == passport_path("00000000")
    assert source.body == with_revision(store.content("00000000"), source.revision or 0)


def test_the_first_page_of_a_large_register_says_where_the_next_starts() -> None:
    register = {str(45_000_000 + number): {"score": number} for number in range(1200)}
    items, more = look(country(register)).territories
    assert (len(items), more) == (1000, "45000999")
    items, more = look(country(dict(list(register.items())[:1000]))).territories
    assert (len(items), more) == (1000, None)
