"""Every failure is a class with one code, one kind and one status."""

import ast
import importlib
import re
from pathlib import Path

import pytest

from shared.errors import KINDS, Problem
from shared.problem_catalogue import problem_types
from shared.web.problems import STATUS_OF_KIND, status_of_class
from tests.house.sources import name_of, python_files

KIND_NAMES = {kind.__name__ for kind in KINDS} | {"Problem"}
ERROR_MODULES = {"errors", "access_errors", "limit_errors", "upstream_errors"}
# Errors that are raised by a kind and a literal code still; owners bring these to none.
LITERALS = {
    "services/gateway": 0,
    "services/olympiads": 0,
    "services/ratings": 0,
    "services/training": 0,
    "shared": 0,
}


def literal_codes(path: Path) -> list[str]:
    return [
        node.args[0].value
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in KIND_NAMES
        and len(node.args) > 1
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    ]


@pytest.mark.parametrize("folder", sorted(LITERALS))
def test_errors_are_classes_not_literal_codes(folder: str) -> None:
    found = {name_of(p): codes for p in python_files(folder) if (codes := literal_codes(p))}
    assert sum(map(len, found.values())) <= LITERALS[folder], found


def load_every_error() -> None:
    for path in python_files("services", "shared"):
        if path.stem in ERROR_MODULES:
            importlib.import_module(name_of(path).removesuffix(".py").replace("/", "."))


def test_a_code_has_one_kind_one_status_and_words_for_people() -> None:
    load_every_error()
    types = [one for one in problem_types() if one.module.startswith(("services.", "shared."))]
    assert len(types) > 30
    for one in types:
        assert re.fullmatch(r"[A-Z][A-Z0-9_]+", one.code), one
        assert re.search("[а-яё]", one.title), one
        assert one.meaning, one
        assert one.module.rpartition(".")[2] in ERROR_MODULES


def test_every_kind_has_a_status_of_its_own() -> None:
    statuses = [status_of_class(kind) for kind in KINDS]
    assert len(set(statuses)) == len(KINDS)
    assert set(STATUS_OF_KIND) == {*KINDS, Problem}
