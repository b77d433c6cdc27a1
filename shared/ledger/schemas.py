"""Wire shapes of claims, corrections and findings (`docs/rules/wire.md`)."""

import json
from datetime import datetime
from importlib.resources import files
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Path, Query
from pydantic import ConfigDict, Field, JsonValue, StringConstraints

from shared.ledger.fact_rows import TERRITORY
from shared.ledger.layouts import CODE
from shared.web import RequestModel, ResponseModel

MOST_CLAIMS = 20_000
MOST_FINDINGS = 100_000

Code = Annotated[str, StringConstraints(pattern=f"^{CODE}$", max_length=100)]
Territory = Annotated[str, StringConstraints(pattern=f"^{TERRITORY}$", max_length=20)]
Concept = Literal[
    "score",
    "index",
    "place",
    "group_place",
    "count",
    "seats",
    "max",
    "share",
    "label",
    "date",
    "change",
    "statement",
]
Severity = Literal["contradiction", "implausible", "incomplete", "hazard", "consistent"]
Status = Literal["open", "acknowledged", "resolved"]
KeyValue = Annotated[str, StringConstraints(max_length=200)] | int | float | None
Key = Annotated[
    dict[Annotated[str, StringConstraints(max_length=100)], KeyValue], Field(max_length=50)
]

FindingId = Annotated[str, StringConstraints(max_length=32)]
Id = Annotated[str, Path(pattern="^[0-9a-f]{32}$", max_length=32, description="Номер.")]
SharedCause = Annotated[
    FindingId | None,
    Field(description="Вывод, который говорит и за этот: причина у них одна."),
]
InDocument = Annotated[Code | None, Query(description="Код документа.")]
OfTerritory = Annotated[Territory | None, Query(description="Код ОКТМО.")]

FACT_EXAMPLES: dict[str, JsonValue] = json.loads(
    (files("shared.ledger") / "data" / "fact_examples.json").read_text("utf-8")
)


def example_of(member: str) -> dict[str, JsonValue]:
    """Return the example of a member of a document."""
    return {"example": FACT_EXAMPLES[member]}


CLAIM: dict[str, JsonValue] = {
    "programme": "rum",
    "territory": "08000000",
    "concept": "index",
    "key": {"indicator": "1.1", "period": "2022"},
    "raw": "99 %",
    "document": "programme-407",
    "locator": {"line": 98, "cell": 3, "table": "Направление, 2021 и 2022"},
}


class LocatorBody(RequestModel):
    """Где в документе напечатано число."""

    line: int | None = Field(None, description="Строка текста, с 1.", ge=1, le=10_000_000)
    cell: int | None = Field(None, description="Ячейка строки, с 1.", ge=1, le=100_000)
    table: str | None = Field(None, description="Название таблицы.", max_length=1000)


class ClaimBody(RequestModel):
    """Напечатанное число; названа одна из программы, сезона и года."""

    scope: Code | None = Field(None, description="Программа, сезон или год без уточнения.")
    programme: Code | None = Field(None, description="Программа мониторинга.")
    season: Code | None = Field(None, description="Сезон олимпиады.")
    year: Code | Annotated[int, Field(ge=1900, le=2200)] | None = Field(None, description="Год.")
    territory: Territory | None = Field(None, description="Код ОКТМО территории.")
    concept: Concept = Field(description="Чем число является.")
    key: Key = Field(default_factory=dict, description="О чём число: имя и значение.")
    raw: str | None = Field(None, description="Текст ячейки как напечатан.", max_length=4000)
    document: Code | None = Field(
        None, description="Код документа; по умолчанию — документа, в котором число прислано."
    )
    locator: LocatorBody | None = Field(None, description="Где напечатано.")

    model_config = ConfigDict(json_schema_extra={"example": CLAIM})


class DocumentBody(RequestModel):
    """Целый документ: числа, группы территорий, ожидаемые перечни, общероссийские значения."""

    document: Code | None = Field(None, description="Код документа.")
    title: str | None = Field(None, description="Название документа.", max_length=1000)
    claims: list[ClaimBody] = Field(
        description="Напечатанные числа.", min_length=1, max_length=MOST_CLAIMS
    )
    groups: JsonValue = Field(
        None, description="Группы территорий: код и состав.", json_schema_extra=example_of("groups")
    )
    expected: JsonValue = Field(
        None,
        description="Ожидаемые перечни кодов по части ключа.",
        json_schema_extra=example_of("expected"),
    )
    benchmarks: JsonValue = Field(
        None,
        description="Общероссийские значения с источником.",
        json_schema_extra=example_of("benchmarks"),
    )
    peers: JsonValue = Field(
        None,
        description="Число участников рейтинга по периодам.",
        json_schema_extra=example_of("peers"),
    )
    trees: JsonValue = Field(
        None, description="Узел и его составляющие.", json_schema_extra=example_of("trees")
    )
    scales: JsonValue = Field(
        None, description="Шкалы: начало, конец, шаг.", json_schema_extra=example_of("scales")
    )
    shared_maxima: JsonValue = Field(
        None,
        description="Группы ячеек с общим максимумом.",
        json_schema_extra=example_of("shared_maxima"),
    )
    windows: JsonValue = Field(
        None,
        description="Окна сроков: код, начало, конец.",
        json_schema_extra=example_of("windows"),
    )
    relations: JsonValue = Field(
        None, description="Отношения между числами.", json_schema_extra=example_of("relations")
    )
    whole: JsonValue = Field(
        None, description="Части и их целое.", json_schema_extra=example_of("whole")
    )
    share_of: JsonValue = Field(
        None, description="От чего доли.", json_schema_extra=example_of("share_of")
    )
    score_share: JsonValue = Field(
        None,
        description="Индекс — процент балла от максимума.",
        json_schema_extra=example_of("score_share"),
    )
    ranking: JsonValue = Field(
        None, description="Как напечатаны равные места.", json_schema_extra=example_of("ranking")
    )
    domain: JsonValue = Field(
        None, description="Пределы значений.", json_schema_extra=example_of("domain")
    )
    not_: JsonValue = Field(
        None,
        alias="not",
        description="Правила, которые здесь не действуют.",
        json_schema_extra=example_of("not"),
    )
    facts: JsonValue = Field(
        None,
        description="Факты строками, как в импорте facts.",
        json_schema_extra=example_of("facts"),
    )
    assumptions: JsonValue = Field(
        None,
        description="Допущения: код, принятое, пояснение.",
        json_schema_extra=example_of("assumptions"),
    )

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "document": "programme-407",
                "claims": [CLAIM],
                "groups": [{"code": "dfo", "territories": ["08000000", "05000000"]}],
                "peers": {"2022": 85},
            }
        }
    )


class LocatorAnswer(ResponseModel):
    """Место в документе."""

    line: int | None = Field(description="Строка текста, с 1.", ge=1, le=10_000_000)
    cell: int | None = Field(description="Ячейка строки, с 1.", ge=1, le=100_000)
    table: str | None = Field(description="Название таблицы.", max_length=1000)


class EvidenceAnswer(ResponseModel):
    """На чём основан вывод."""

    claim: str = Field(description="Номер напечатанного числа.", max_length=32)
    document: str = Field(description="Код документа.", max_length=100)
    locator: LocatorAnswer = Field(description="Где напечатано.")
    raw: str = Field(description="Что напечатано.", max_length=4000)


class ChangeAnswer(ResponseModel):
    """Изменение одного числа."""

    claim: str = Field(description="Номер напечатанного числа.", max_length=32)
    locator: LocatorAnswer = Field(description="Где напечатано.")
    raw: str = Field(description="Что напечатано.", max_length=4000)
    set: JsonValue = Field(description="Значение или границы from и to.")


class RepairAnswer(ResponseModel):
    """Изменения, которых вместе достаточно; проверены на всём документе."""

    changes: list[ChangeAnswer] = Field(description="Что изменить.", max_length=MOST_CLAIMS)
    closes: list[FindingId] = Field(description="Какие выводы закроются.", max_length=MOST_CLAIMS)
    opens: list[FindingId] = Field(description="Какие выводы появятся.", max_length=MOST_CLAIMS)


class GuessAnswer(ResponseModel):
    """Что принято без заявления источника и какой факт это заявляет."""

    text: str = Field(description="Что принято.", max_length=1000)
    fact: str = Field(description="Вид факта.", max_length=100)


SAID: dict[str, JsonValue] = {
    "id": "aad657b79ed2fb020b6e50d12f8b7005",
    "service": "ratings",
    "rule": "place_bounds",
    "severity": "contradiction",
    "text": "Место 85 из 85 допускает в группе из 11 только место 11; напечатано 10.",
    "subject": {"document": "programme-407", "territory": "77000000"},
    "declared": "10",
    "recomputed": "11",
    "tolerance": {"low": "11", "high": "11"},
    "assumes": [],
    "repairs": [],
    "evidence": [],
    "related": [],
    "shared_cause": None,
}
STATE: dict[str, JsonValue] = {
    "status": "open",
    "comment": None,
    "detected_at": "2026-11-25T13:48:28Z",
    "revision": 2,
}


class FindingAnswer(ResponseModel):
    """Вывод о напечатанных числах с доказательством."""

    model_config = ConfigDict(json_schema_extra={"example": {**SAID, **STATE}})

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
    repairs: list[RepairAnswer] = Field(
        description="Исправления, каждого из которых достаточно.", max_length=1000
    )
    evidence: list[EvidenceAnswer] = Field(
        description="Числа, на которых вывод основан.", max_length=MOST_CLAIMS
    )
    related: list[FindingId] = Field(
        description="Выводы с той же причиной.", max_length=MOST_FINDINGS
    )
    shared_cause: SharedCause = None
    status: Status = Field(description="Состояние.")
    comment: str | None = Field(
        description="Что о выводе сказали люди; null без права чтения сервиса.", max_length=4000
    )
    detected_at: datetime = Field(description="Когда найдено впервые.")
    revision: int = Field(description="Ревизия выводов.", ge=0, le=2**62)


class HistoryAnswer(ResponseModel):
    """Что происходило с выводом."""

    severity: Severity = Field(description="Насколько твёрдо доказано.")
    status: Status = Field(description="Состояние.")
    comment: str | None = Field(
        description="Комментарий; null без права чтения сервиса.", max_length=4000
    )
    subject: str | None = Field(
        description="Клиент, который это сделал; null без права чтения сервиса.", max_length=255
    )
    actor: str | None = Field(
        description="Псевдоним человека, за которого он действовал; null без права чтения сервиса.",
        max_length=128,
    )
    revision: int = Field(description="Ревизия выводов.", ge=0, le=2**62)
    at: datetime = Field(description="Когда.")


LINE: dict[str, JsonValue] = {
    "severity": "contradiction",
    "status": "open",
    "comment": None,
    "subject": None,
    "actor": None,
    "revision": 2,
    "at": "2026-11-25T13:48:28Z",
}


class FindingWithHistory(FindingAnswer):
    """Вывод и всё, что с ним происходило."""

    model_config = ConfigDict(json_schema_extra={"example": {**SAID, **STATE, "history": [LINE]}})

    history: list[HistoryAnswer] = Field(description="От первого к последнему.", max_length=10_000)


class FindingPage(ResponseModel):
    """Выводы, начиная с самых тяжёлых."""

    items: list[FindingAnswer] = Field(description="Выводы.", max_length=1000)
    next: str | None = Field(description="Курсор следующей страницы.", max_length=1024)


class CorrectionAnswer(ResponseModel):
    """Исправленное число, поставленное рядом с напечатанным."""

    id: UUID = Field(description="Номер исправления.")
    replaced_raw: str | None = Field(description="Что было напечатано.", max_length=4000)
    raw: str | None = Field(description="Исправленный текст.", max_length=4000)
    basis: str = Field(description="Основание.", max_length=4000)
    subject: str | None = Field(
        description="Клиент; null без права чтения сервиса.", max_length=255
    )
    actor: str | None = Field(
        description="Псевдоним человека; null без права чтения сервиса.", max_length=128
    )
    made_at: datetime = Field(description="Когда.")


class ClaimAnswer(ResponseModel):
    """Напечатанное число и, если есть, действующее исправление."""

    id: str = Field(description="Постоянный номер числа.", max_length=32)
    scope: str = Field(description="Программа, сезон или год.", max_length=100)
    territory: str | None = Field(description="Код ОКТМО.", max_length=20)
    concept: Concept = Field(description="Чем число является.")
    key: dict[str, JsonValue] = Field(description="О чём число.", max_length=50)
    raw: str = Field(description="Что напечатано.", max_length=4000)
    document: str = Field(description="Код документа.", max_length=100)
    locator: LocatorAnswer = Field(description="Где напечатано.")
    corrected_raw: str | None = Field(description="Действующее исправление.", max_length=4000)
    known_from: datetime = Field(description="С какого времени известно.")
    import_id: UUID = Field(description="Импорт, который это принёс.")


class ClaimWithCorrections(ClaimAnswer):
    """Напечатанное число со всеми исправлениями."""

    corrections: list[CorrectionAnswer] = Field(
        description="От первого к последнему.", max_length=10_000
    )


class ClaimPage(ResponseModel):
    """Напечатанные числа."""

    items: list[ClaimAnswer] = Field(description="Числа.", max_length=1000)
    next: str | None = Field(description="Курсор следующей страницы.", max_length=1024)


class CorrectionBody(RequestModel):
    """Исправление с основанием: напечатанное число остаётся."""

    raw: str | None = Field(description="Исправленный текст ячейки.", max_length=4000)
    basis: str = Field(description="Основание: документ, дата.", min_length=1, max_length=4000)

    model_config = ConfigDict(
        json_schema_extra={"example": {"raw": "81", "basis": "Письмо Рособрнадзора от 15.12.2022"}}
    )


class AcknowledgementBody(RequestModel):
    """Комментарий того, кто видел вывод."""

    comment: str = Field(description="Комментарий.", min_length=1, max_length=4000)

    model_config = ConfigDict(
        json_schema_extra={"example": {"comment": "Опечатка документа, ждём уточнения."}}
    )
