from tests.house.sources import CODE, name_of, python_files, source_of

FILE_CAP = 400
TEST_FILE_CAP = 600
FUNCTION_CAP = 50
# The statements of a revision are one list that alembic writes: its functions may be long.
LONG_FUNCTIONS = ("migrations/",)


def test_files_stay_readable() -> None:
    too_long = [
        f"{name_of(path)}: {lines}"
        for folder, cap in (*((folder, FILE_CAP) for folder in CODE), ("tests", TEST_FILE_CAP))
        for path in python_files(folder)
        if (lines := len(source_of(path).text.splitlines())) > cap
    ]
    assert not too_long


def test_functions_stay_readable() -> None:
    too_long = [
        f"{name_of(path)}:{function.line} {function.name}: {function.length}"
        for path in python_files(*CODE, "tests")
        if not name_of(path).startswith(LONG_FUNCTIONS)
        for function in source_of(path).functions
        if function.length > FUNCTION_CAP
    ]
    assert not too_long
