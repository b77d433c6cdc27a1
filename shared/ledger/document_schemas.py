"""Wire shapes of stored source documents and of the state of their checks."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, JsonValue, StringConstraints

from shared.ledger.check_schemas import RuleAnswer
from shared.ledger.schemas import MOST_CLAIMS, FindingPage
from shared.web import ResponseModel

RuleName = Annotated[str, StringConstraints(max_length=100)]
TerritoryCode = Annotated[str, StringConstraints(max_length=20)]
MOST_DOCUMENTS = 1000

EXAMPLE_CHECK: dict[str, JsonValue] = {
    "state": "done",
    "at": "2022-12-02T06:00:00Z",
    "revision": 4,
    "rules_failed": [],
}


class CheckState(ResponseModel):
    """Проверен ли документ: pending — ждёт проверки, failed — проверка не удалась."""

    state: Literal["pending", "done", "failed"] = Field(description="Состояние проверки.")
    at: datetime | None = Field(description="Когда завершена последняя проверка.")
    revision: int | None = Field(description="Ревизия выводов при ней.", ge=0, le=2**62)
    rules_failed: list[RuleName] = Field(
        description="Правила, которые не удалось выполнить.", max_length=100
    )

    model_config = ConfigDict(json_schema_extra={"example": EXAMPLE_CHECK})


class DocumentCheck(CheckState):
    """Состояние проверки названного документа."""

    document: str = Field(description="Код документа.", max_length=100)


class FindingsWithChecks(FindingPage):
    """Выводы и то, проверены ли документы, о которых спрошено."""

    checks: list[DocumentCheck] = Field(
        description="Проверка названного документа, без фильтра — каждого.",
        max_length=MOST_DOCUMENTS,
    )


class DocumentAnswer(ResponseModel):
    """Документ, числа которого хранятся."""

    document: str = Field(description="Код документа.", max_length=100)
    title: str | None = Field(description="Название.", max_length=20_000)
    territory: TerritoryCode | None = Field(
        description="Регион, которому документ принадлежит; null — всей стране или неизвестно."
    )
    territories: list[TerritoryCode] = Field(
        description="Территории, о которых в нём есть числа.", max_length=100_000
    )
    claims: int = Field(description="Сколько в нём чисел.", ge=0, le=2**31 - 1)
    check: CheckState = Field(description="Состояние проверки.")
    counts: dict[str, int] = Field(description="Сколько выводов каждой тяжести.")

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "document": "programme-407",
                "title": "Программа повышения качества образования",
                "territory": "08000000",
                "territories": ["08000000"],
                "claims": 240,
                "check": EXAMPLE_CHECK,
                "counts": {"contradiction": 6, "implausible": 10},
            }
        }
    )


class StoredUnchecked(ResponseModel):
    """Число, которое ни одно правило ни с чем не сравнило."""

    claim: str = Field(description="Номер напечатанного числа.", max_length=32)
    why: str = Field(description="Почему.", max_length=4000)


class DocumentWithCheck(DocumentAnswer):
    """Документ, его непроверенные числа и правила, которым чего-то не хватило."""

    unchecked: list[StoredUnchecked] = Field(
        description="Числа, которые ни с чем не сравнены.", max_length=50 * MOST_CLAIMS
    )
    rules: list[RuleAnswer] = Field(description="Правила.", max_length=100)


class DocumentPage(ResponseModel):
    """Документы по коду."""

    items: list[DocumentAnswer] = Field(description="Документы.", max_length=1000)
    next: str | None = Field(description="Курсор следующей страницы.", max_length=1024)
