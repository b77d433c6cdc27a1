"""Wire shapes of the answer of a check: claims are known by their index in the request."""

from typing import Annotated

from pydantic import ConfigDict, Field, JsonValue, StringConstraints

from shared.ledger.schemas import (
    MOST_CLAIMS,
    MOST_FINDINGS,
    SAID,
    FindingId,
    GuessAnswer,
    LocatorAnswer,
    Severity,
    SharedCause,
)
from shared.web import ResponseModel


class CheckedEvidence(ResponseModel):
    """На чём основан вывод о присланном документе."""

    claim: int | None = Field(
        description="Номер числа в запросе, с 0; null, если его там нет.", ge=0, le=MOST_CLAIMS
    )
    document: str = Field(description="Код документа.", max_length=100)
    locator: LocatorAnswer = Field(description="Где напечатано.")
    raw: str = Field(description="Что напечатано.", max_length=4000)


class CheckedChange(ResponseModel):
    """Изменение одного присланного числа."""

    claim: int = Field(description="Номер числа в запросе, с 0.", ge=0, le=MOST_CLAIMS)
    locator: LocatorAnswer = Field(description="Где напечатано.")
    raw: str = Field(description="Что напечатано.", max_length=4000)
    set: JsonValue = Field(description="Значение или границы from и to.")


class CheckedRepair(ResponseModel):
    """Изменения, которых вместе достаточно; проверены на всём документе."""

    changes: list[CheckedChange] = Field(description="Что изменить.", max_length=MOST_CLAIMS)
    closes: list[FindingId] = Field(description="Какие выводы закроются.", max_length=MOST_CLAIMS)
    opens: list[FindingId] = Field(description="Какие выводы появятся.", max_length=MOST_CLAIMS)


class CheckedFinding(ResponseModel):
    """Вывод о присланном документе; ничего не сохранено."""

    id: str = Field(description="Постоянный номер вывода.", max_length=32)
    service: str = Field(description="Сервис.", max_length=50)
    rule: str = Field(description="Правило.", max_length=100)
    severity: Severity = Field(description="Насколько твёрдо доказано.")
    text: str = Field(description="Вывод словами.", max_length=100_000)
    subject: dict[str, JsonValue] = Field(description="О чём вывод.", max_length=100)
    declared: JsonValue = Field(description="Что напечатано.")
    recomputed: JsonValue = Field(description="Что следует из остальных чисел.")
    tolerance: JsonValue = Field(description="Что допускает напечатанная точность.")
    assumes: list[GuessAnswer] = Field(
        description="Что принято без заявления источника.", max_length=100
    )
    repairs: list[CheckedRepair] = Field(
        description="Исправления, каждого из которых достаточно.", max_length=1000
    )
    evidence: list[CheckedEvidence] = Field(
        description="Числа, на которых вывод основан.", max_length=MOST_CLAIMS
    )
    related: list[FindingId] = Field(
        description="Выводы с той же причиной.", max_length=MOST_FINDINGS
    )
    shared_cause: SharedCause = None


class UncheckedAnswer(ResponseModel):
    """Число, которое ни одно правило ни с чем не сравнило."""

    claim: int = Field(description="Номер числа в запросе, с 0.", ge=0, le=MOST_CLAIMS)
    why: str = Field(description="Почему.", max_length=4000)


class RuleAnswer(ResponseModel):
    """Сколько выводов у правила и чего ему не хватило."""

    rule: str = Field(description="Правило.", max_length=100)
    applied: int = Field(description="Сколько выводов.", ge=0, le=MOST_FINDINGS)
    missing: list[Annotated[str, StringConstraints(max_length=1000)]] = Field(
        description="Чего не хватило.", max_length=100
    )


EXAMPLE: dict[str, JsonValue] = {
    "items": [SAID],
    "unchecked": [{"claim": 0, "why": "не с чем сравнить: нет факта trees или domain"}],
    "rules": [{"rule": "place_bounds", "applied": 1, "missing": []}],
    "failed": [],
    "counts": {"contradiction": 1},
    "diagnosis": [],
}


class CheckAnswer(ResponseModel):
    """Выводы о присланном документе и то, что осталось непроверенным."""

    model_config = ConfigDict(json_schema_extra={"example": EXAMPLE})

    items: list[CheckedFinding] = Field(description="Выводы.", max_length=MOST_FINDINGS)
    unchecked: list[UncheckedAnswer] = Field(
        description="Числа, которые ни с чем не сравнены.", max_length=MOST_CLAIMS
    )
    rules: list[RuleAnswer] = Field(description="Правила.", max_length=100)
    failed: list[Annotated[str, StringConstraints(max_length=100)]] = Field(
        description="Правила, которые не удалось выполнить.", max_length=100
    )
    counts: dict[str, int] = Field(description="Сколько выводов каждой тяжести.")
    diagnosis: list[CheckedRepair] = Field(
        description="Наименьшие наборы ячеек, изменение которых снимает все противоречия.",
        max_length=1000,
    )
