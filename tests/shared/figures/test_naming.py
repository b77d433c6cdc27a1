"""Findings say titles to people, not codes, and what they are about."""

import csv
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from shared.figures.naming import in_words, subject_text
from shared.figures.parse import Mark
from shared.figures.rules.gaps import missing_vs_zero
from shared.ledger.titles import common_titles, merge_titles
from tests.shared.figures.claim_builders import claim

TITLES = merge_titles(
    {
        "territory": {"dfo": "Дальневосточный федеральный округ"},
        "indicator": {"1.1": "Система оценки качества"},
        "programme": {"rum": "Региональные механизмы управления качеством"},
    }
)
REGISTER = Path("services/ratings/data/territories.csv")


def said(text: str) -> str:
    found = missing_vs_zero(claim("place", ""), Mark.MISSING)
    return in_words(replace(found, text=text, subject={}), TITLES).text


def test_codes_of_territories_and_groups_are_named_and_nothing_else() -> None:
    assert said("Места внутри группы «dfo» и группы «new»: 08000000, 80800000.") == (
        "Места внутри группы «Дальневосточный федеральный округ» и группы «new»: "
        "Хабаровский край, 80800000."
    )
    assert said("Перечень «предмет»: нет: art, physics.") == (
        "Перечень «предмет»: нет: Искусство (мировая художественная культура), Физика."
    )


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        (
            {"territory": "08000000", "programme": "rum", "indicator": "1.1", "period": "2022"},
            (
                "Хабаровский край, показатель «Система оценки качества», "
                "Региональные механизмы управления качеством, 2022 год"
            ),
        ),
        (
            {"season": "2022-2023", "subject": "english", "grade": 9, "concept": "count"},
            "Английский язык, количество, 9 класс, 2022-2023 учебный год",
        ),
        ({"band": "optimal"}, "Уровень «Оптимальный»"),
        ({"shop": "a1", "document": "d", "window": "w"}, "Shop «a1»"),
        ({"territories": ["08000000", "05000000"], "document": "d"}, ""),
        ({"territory": "08999999"}, "Территория «08999999»"),
    ],
)
def test_a_subject_is_said_from_the_territory_to_the_period(
    subject: dict[str, Any], text: str
) -> None:
    assert subject_text(subject, TITLES) == text


def test_a_long_subject_is_cut() -> None:
    long = {f"name{number}": "значение" * 10 for number in range(20)}
    assert len(subject_text(long, TITLES)) == 301


def test_the_subject_stands_before_the_text() -> None:
    found = missing_vs_zero(claim("place", "", territory="08000000"), Mark.MISSING)
    words = in_words(found, TITLES).text
    assert words.startswith("Хабаровский край, место")
    assert words.endswith("Ячейка не заполнена: значение не учитывается и нулём не считается.")


def test_common_names_of_territories_are_those_of_the_register() -> None:
    with REGISTER.open(encoding="utf-8", newline="") as file:
        register = {row["code"]: row["title"] for row in csv.DictReader(file)}
    assert common_titles()["territory"] == register
