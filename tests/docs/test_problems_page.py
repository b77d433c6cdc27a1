"""`docs/problems.md` lists the error classes as they are."""

from services.cli.problems import PAGE, problems_page


def test_the_page_of_error_codes_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == problems_page(), "run: python -m services problems"
