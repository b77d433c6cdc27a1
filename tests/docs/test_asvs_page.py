"""`docs/asvs.md` judges every requirement of level 1, and names tests that exist."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.house.sources import ROOT

LEVEL_1 = {1: 8, 2: 4, 3: 8, 4: 2, 5: 4, 6: 13, 7: 6, 8: 4, 9: 4, 10: 5, 11: 3, 12: 3, 13: 1}
LEVEL_1 |= {14: 2, 15: 3}
"""Requirements of level 1 by chapter, as published: 70 in all."""
VERDICTS = {"held", "not applicable", "open"}
ROW = re.compile(
    r"^\| (\d+)\.(\d+)\.(\d+)(?:–\1\.\2\.(\d+))? \| ([12]) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$"
)
TEST = re.compile(r"`(tests/[\w/.]+\.py)(?:::(\w+))?`")


@dataclass(frozen=True, slots=True)
class Judgement:
    ids: tuple[tuple[int, int, int], ...]
    level: int
    verdict: str
    evidence: str


def judgements() -> Iterator[Judgement]:
    for line in (ROOT / "docs" / "asvs.md").read_text(encoding="utf-8").splitlines():
        if not re.match(r"\| \d+\.", line):
            continue
        found = ROW.match(line)
        assert found, line
        chapter, section, first = (int(found[n]) for n in (1, 2, 3))
        ids = tuple((chapter, section, n) for n in range(first, int(found[4] or first) + 1))
        yield Judgement(ids, int(found[5]), found[7].strip(), found[8].strip())


FOUND = list(judgements())


def test_every_requirement_of_level_1_is_judged_once() -> None:
    every = [one for judged in FOUND for one in judged.ids]
    assert len(every) == len(set(every))
    counted: dict[int, int] = {}
    for judged in FOUND:
        if judged.level == 1:
            for chapter, _, _ in judged.ids:
                counted[chapter] = counted.get(chapter, 0) + 1
    assert counted == LEVEL_1


@pytest.mark.parametrize("judged", FOUND, ids=lambda one: ".".join(map(str, one.ids[0])))
def test_a_verdict_names_its_tests_or_its_reason(judged: Judgement) -> None:
    assert judged.verdict in VERDICTS
    assert judged.evidence
    if judged.verdict != "held":
        return
    named = TEST.findall(judged.evidence)
    assert named
    for path, name in named:
        text = (ROOT / path).read_text(encoding="utf-8")
        assert f"def {name or 'test_'}" in text, (path, name)
