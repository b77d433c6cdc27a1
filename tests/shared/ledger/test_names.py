"""Findings name territories and groups to people, not their codes."""

from dataclasses import replace

from shared.figures.parse import Mark
from shared.figures.rules.gaps import missing_vs_zero
from shared.ledger.recheck import with_names
from tests.shared.figures.claim_builders import claim

NAMES = {"08000000": "Хабаровский край", "dfo": "Дальневосточный федеральный округ"}


def test_codes_of_territories_and_groups_are_named_and_nothing_else() -> None:
    told = "Места внутри группы «dfo» и группы «new»: 08000000, 80800000, dfo."
    finding = replace(missing_vs_zero(claim("place", ""), Mark.MISSING), text=told)
    (named,) = with_names([finding], NAMES)
    assert named.text == (
        "Места внутри группы «Дальневосточный федеральный округ» и группы «new»: "
        "Хабаровский край, 80800000, dfo."
    )
