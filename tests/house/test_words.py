"""Private words stay out of docstrings and comments; a budget says how many are left to mend."""

import csv
import io
import re
import tokenize
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.house.sources import CODE, ROOT, python_files, source_of

WORDS = ROOT / "tests" / "house" / "private_words.csv"
WORD = re.compile(r"[a-z]+")


def prose(path: Path) -> Iterator[str]:
    """Yield the docstrings and comments of a file."""
    source = source_of(path)
    yield from source.docstrings
    if "#" in source.text:
        for token in tokenize.generate_tokens(io.StringIO(source.text).readline):
            if token.type == tokenize.COMMENT:
                yield token.string


def counted() -> Counter[str]:
    """Return how often each word of the code's prose occurs."""
    paths = python_files(*CODE)
    return Counter(w for path in paths for text in prose(path) for w in WORD.findall(text.lower()))


def test_private_words_stay_within_their_budget() -> None:
    with WORDS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = counted()
    over = [
        f"«{row['word']}» {found[row['word']]} times, budget {row['budget']}: {row['instead']}"
        for row in rows
        if found[row["word"]] > int(row["budget"])
    ]
    assert not over, over


def test_the_words_of_a_file_are_those_of_its_docstrings_and_comments(tmp_path: Path) -> None:
    path = tmp_path / "sample.py"
    path.write_text('"""Ring the bell."""\n\nring = "anew"  # Told beside.\n', encoding="utf-8")
    assert list(prose(path)) == ["Ring the bell.", "# Told beside."]
