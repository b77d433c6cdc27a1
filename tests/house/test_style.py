"""Rules of the house that no linter knows."""

import csv
import re
import tomllib

import pytest

from tests.house.sources import CODE, ROOT, name_of, python_files, source_of

VAGUE = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc", "core"}
MAY_COMMIT = {"shared/db.py", "shared/outbox.py", "migrations/env.py"}


@pytest.mark.parametrize("forbidden", ["typing.TYPE_CHECKING", "unittest.mock", "mock"])
def test_nobody_imports(forbidden: str) -> None:
    guilty = [
        name_of(path)
        for path in python_files(*CODE, "tests")
        if any(f"{name}.".startswith(f"{forbidden}.") for name in source_of(path).imports)
    ]
    assert not guilty


@pytest.mark.parametrize(
    ("library", "importer"),
    [
        ("arq", "shared/notifier.py"),
        ("redis", "shared/notifier.py"),
        ("httpx", "shared/http.py"),
        ("structlog", "shared/log.py"),
    ],
)
def test_a_library_behind_a_seam_has_one_importer(library: str, importer: str) -> None:
    found = [
        name_of(path)
        for path in python_files("services", "shared", "migrations")
        if any(f"{name}.".startswith(f"{library}.") for name in source_of(path).imports)
    ]
    assert found == [importer]


def test_what_the_configuration_names_exists() -> None:
    tool = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]
    for pattern in tool["ruff"]["lint"]["per-file-ignores"]:
        assert list(ROOT.glob(pattern)), pattern
    for contract in tool["importlinter"]["contracts"]:
        for module in (*contract.get("source_modules", []), *contract.get("containers", [])):
            path = ROOT / module.replace(".", "/")
            assert path.is_dir() or path.with_suffix(".py").exists(), module


def test_modules_are_named_after_something() -> None:
    assert not [name_of(path) for path in python_files(*CODE) if path.stem in VAGUE]


def test_only_the_plumbing_commits() -> None:
    guilty = [
        name_of(path)
        for path in python_files("services", "shared", "migrations")
        if "commit" in source_of(path).calls and name_of(path) not in MAY_COMMIT
    ]
    assert not guilty


def test_tests_are_no_package() -> None:
    assert not list((ROOT / "tests").rglob("__init__.py"))


def test_every_opt_out_says_why() -> None:
    bare = [
        f"{name_of(path)}:{number}"
        for path in python_files(*CODE, "tests")
        for number, line in enumerate(source_of(path).text.splitlines(), 1)
        if re.search(r"# (noqa|type: ignore)", line)
        and not re.search(r"# (noqa: [A-Z0-9, ]+ --|type: ignore\[[a-z, -]+\]  #) \S", line)
    ]
    assert not bare


def test_lock_files_hold_hashes_and_no_address() -> None:
    for lock in ("requirements.lock", "requirements-test.lock"):
        text = (ROOT / lock).read_text()
        pinned = re.findall(r"^[A-Za-z0-9][^\n]*==[^\n]*\\$", text, re.MULTILINE)
        assert pinned
        assert "://" not in text
        assert "index-url" not in text
        assert len(re.findall(r"^[A-Za-z0-9]", text, re.MULTILINE)) == len(pinned)


@pytest.mark.parametrize("service", ["ratings", "olympiads", "training"])
def test_every_file_of_the_manifest_exists_once_and_no_ledger_file_is_forgotten(
    service: str,
) -> None:
    folder = ROOT / "services" / service / "data"
    with (folder / "manifest.csv").open(encoding="utf-8", newline="") as manifest:
        listed = [row["file"] for row in csv.DictReader(manifest)]
    assert len(listed) == len(set(listed))
    assert all((folder / file).exists() for file in listed)
    ledger = {path.name for path in folder.glob("claims*.csv")} | {"facts.csv", "assumptions.csv"}
    assert ledger <= set(listed)
