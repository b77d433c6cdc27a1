import ast

from tests.house.sources import CODE, functions, name_of, python_files

FILE_CAP = 400
TEST_FILE_CAP = 600
FUNCTION_CAP = 50
# A revision is one list of statements that alembic writes; cutting it up hides nothing and
# explains nothing.
LONG_BY_NATURE = ("migrations/",)


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def test_files_stay_readable() -> None:
    too_long = [
        f"{name_of(path)}: {lines}"
        for folder, cap in (*((folder, FILE_CAP) for folder in CODE), ("tests", TEST_FILE_CAP))
        for path in python_files(folder)
        if (lines := len(path.read_text().splitlines())) > cap
        and not name_of(path).startswith(LONG_BY_NATURE)
    ]
    assert not too_long


def test_functions_stay_readable() -> None:
    too_long = [
        f"{name_of(path)}:{function.lineno} {function.name}: {length(function)}"
        for path in python_files(*CODE, "tests")
        if not name_of(path).startswith(LONG_BY_NATURE)
        for function in functions(path)
        if length(function) > FUNCTION_CAP
    ]
    assert not too_long
