"""Write `docs/problems.md`: every error code of the system, out of the error classes."""

import argparse
from importlib import import_module
from pathlib import Path

from services.catalogue import SERVICES
from shared.problem_catalogue import problem_types
from shared.web.problem_descriptions import described

PAGE = Path(__file__).parents[2] / "docs" / "problems.md"
_OWN = ("services.", "shared.")
_HEAD = """# Коды ошибок

Каждый отказ — `application/problem+json` с одним из этих кодов; `type` ведёт на `/problems/{code}`,
где то же сказано с примером. Страницу пишет `python -m services problems`.

| код | HTTP | что случилось | meaning | что делать |
|---|---|---|---|---|
"""


def run(_given: argparse.Namespace) -> int:
    """Write the page and return the exit status."""
    PAGE.write_text(problems_page(), encoding="utf-8")
    return 0


def problems_page() -> str:
    """Return the page: the codes of all services and of the shared code, in their order."""
    for service in SERVICES:
        import_module(f"services.{service.name}.app")
    rows = [described(one) for one in problem_types() if one.module.startswith(_OWN)]
    return _HEAD + "".join(
        "| `{code}` | {status} | {title} | {meaning} | {remedy} |\n".format(**row) for row in rows
    )
