"""What the code and the pages cite exists in this repository."""

import re
from pathlib import Path

import pytest

from tests.house.sources import CODE, ROOT, name_of, python_files, source_of

CITED = re.compile(
    r"`((?:docs|deploy|benchmarks)/[\w/.-]+\.md)`(?:,\s+([A-Z][\w ]+?)(?=[.,;)\n]))?"
)
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")


def headings(page: str) -> set[str]:
    text = (ROOT / page).read_text(encoding="utf-8")
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {*titles, *re.findall(r"\*([A-Z][^*\n]+)\*:", text)}


def test_every_cited_page_and_heading_exists() -> None:
    missing = []
    for path in python_files(*CODE, "tests"):
        for page, heading in CITED.findall(source_of(path).text):
            if not (ROOT / page).is_file() or (heading and heading not in headings(page)):
                missing.append((name_of(path), page, heading))
    assert not missing


def test_code_cites_no_page_outside_the_repository() -> None:
    pages = re.compile(r"`(?:\.\./|spec/|design/|reports/)[\w/.-]*`")
    guilty = [name_of(p) for p in python_files(*CODE) if pages.search(source_of(p).text)]
    assert not guilty


PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("deploy/*.md")])


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_every_link_of_a_page_leads_somewhere(path: Path) -> None:
    broken = [
        link
        for link in LINK.findall(path.read_text(encoding="utf-8"))
        if not (path.parent / link).exists()
    ]
    assert not broken
