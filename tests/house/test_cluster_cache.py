"""The cache of the tests' own cluster: complete entries only, bounded, and never in the way."""

import os
from pathlib import Path

import pytest

from shared.embedded import Home
from tests.harness import cluster_cache
from tests.harness.cluster_cache import KEPT_ENTRIES, restore_cluster, store_cluster


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("KACHESTVO_TEST_CACHE", raising=False)
    return tmp_path / "cache" / "kachestvo"


def home_with(folder: Path, content: str | None = None) -> Home:
    folder.mkdir()
    if content is not None:
        (folder / "data" / "base").mkdir(parents=True)
        (folder / "data" / "base" / "1").write_text(content)
    return Home(folder, folder, -1, -1)


def test_a_stored_cluster_is_copied_and_the_copy_is_the_run_s_own(
    cache: Path, tmp_path: Path
) -> None:
    assert not restore_cluster(home_with(tmp_path / "cold"))
    store_cluster(home_with(tmp_path / "first", "rows"))
    copy = home_with(tmp_path / "second")
    assert restore_cluster(copy)
    (copy.folder / "data" / "base" / "1").write_text("changed")
    again = home_with(tmp_path / "third")
    assert restore_cluster(again)
    assert (again.folder / "data" / "base" / "1").read_text() == "rows"
    assert {path.name for path in cache.iterdir()} == {"lock", cluster_cache.cluster_key()}


def test_a_second_writer_leaves_the_first_one_s_entry(cache: Path, tmp_path: Path) -> None:
    store_cluster(home_with(tmp_path / "first", "first"))
    store_cluster(home_with(tmp_path / "second", "second"))
    copy = home_with(tmp_path / "copy")
    assert restore_cluster(copy)
    assert (copy.folder / "data" / "base" / "1").read_text() == "first"
    assert len(list(cache.iterdir())) == 1 + 1


def test_old_entries_and_abandoned_copies_are_removed(cache: Path, tmp_path: Path) -> None:
    for number in range(KEPT_ENTRIES + 2):
        (cache / f"cluster-old-{number}").mkdir(parents=True)
    abandoned = cache / "unfinished-x"
    abandoned.mkdir()
    os.utime(abandoned, (0, 0))
    store_cluster(home_with(tmp_path / "first", "rows"))
    assert len(list(cache.glob("cluster-*"))) == KEPT_ENTRIES
    assert (cache / cluster_cache.cluster_key()).is_dir()
    assert not abandoned.exists()


def test_a_cache_that_cannot_be_used_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    store_cluster(home_with(tmp_path / "first", "rows"))
    assert not restore_cluster(home_with(tmp_path / "second"))
    assert not (tmp_path / "second" / "data").exists()


def test_off_ignores_the_cache(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KACHESTVO_TEST_CACHE", "off")
    store_cluster(home_with(tmp_path / "first", "rows"))
    assert not restore_cluster(home_with(tmp_path / "second"))
    assert not cache.exists()


def test_whatever_shapes_the_cluster_shapes_the_key() -> None:
    names = {str(path.relative_to(cluster_cache.ROOT)) for path in cluster_cache.sources()}
    assert {
        "migrations/env.py",
        "migrations/grants.py",
        "migrations/ledger.py",
        "services/olympiads/data/subjects.csv",
        "shared/imports/names.py",
        "shared/embedded/postgres.py",
        "tests/databases.py",
    } <= names
    assert any(name.endswith("/roles.py") for name in names)
    assert any(name.endswith("/migrate.py") for name in names)
    assert len([name for name in names if name.startswith("migrations/")]) > 20
