"""The question of a stability analysis as JSON: which choices vary, how often, from which seed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from services.ratings.domain.json_fields import Fields
from services.ratings.domain.methodology_document import read_mean, read_rule
from services.ratings.domain.uncertainty import Choices
from shared.errors import FieldError

MAX_DRAWS = 100_000
MAX_SAMPLES = 20_000
MAX_ALTERNATIVES = 10

Rule = TypeVar("Rule")

USUAL: dict[str, object] = {
    "draws": 1000,
    "samples": 1000,
    "seed": 1,
    "spread": 0.25,
    "normalisations": [None, {"method": "minmax", "low": 1, "high": 100}, {"method": "rank"}],
    "means": [None, {"method": "power", "p": 0.5}],
}
"""What is asked where the body leaves it open; null is the methodology's own rule."""


@dataclass(frozen=True, slots=True)
class Question:
    """A complete question; `document` is the JSON that names it, nothing left open."""

    draws: int
    samples: int
    seed: int
    choices: Choices
    document: dict[str, object]


def read_question(body: object) -> tuple[Question, tuple[FieldError, ...]]:
    """Return the question with every fault of the body; it is of no use if there are faults."""
    faults: list[FieldError] = []
    asked = dict(USUAL)
    if isinstance(body, dict):
        asked |= {str(name): value for name, value in body.items() if value is not None}
    else:
        faults.append(FieldError("", "TYPE", "ожидается объект JSON"))
    fields = Fields(asked, "", faults)
    spread = fields.number("spread")
    if not 0 <= spread < 1:
        fields.fault("spread", "OUT_OF_RANGE", "доля от 0 до 1, меньше 1")
    question = Question(
        fields.whole("draws", 1, MAX_DRAWS),
        fields.whole("samples", 0, MAX_SAMPLES),
        fields.whole("seed", 0, 2**63 - 1),
        Choices(
            spread,
            _alternatives(fields, "normalisations", read_rule),
            _alternatives(fields, "means", read_mean),
        ),
        asked,
    )
    fields.finish()
    return question, tuple(faults)


def _alternatives(
    fields: Fields, name: str, read: Callable[[Fields], Rule]
) -> tuple[Rule | None, ...]:
    rules = fields.sequence(name)
    if not 0 < len(rules) <= MAX_ALTERNATIVES:
        fields.fault(name, "OUT_OF_RANGE", f"от 1 до {MAX_ALTERNATIVES} вариантов")
        return ()
    return tuple(
        None if rule is None else read(Fields(rule, f"{fields.at(name)}/{index}", fields.faults))
        for index, rule in enumerate(rules)
    )
