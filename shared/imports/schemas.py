"""The wire shapes of imports: the report, and the list of imports."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field, JsonValue

from shared.imports.defects import DATA
from shared.imports.report import MAX_LISTED
from shared.web import ResponseModel
from shared.web.schemas import ProblemDetails

COUNT = {"ge": 0, "le": 2**53}
ENDED_BADLY = {"failed": "failed", "quarantined": "failed", "cancelled": "cancelled"}

Status = Literal["accepted", "running", "done", "rejected", "failed", "cancelled"]


class ImportCounts(ResponseModel):
    """Сколько строк получено и что с ними стало."""

    received: int = Field(description="Строк получено.", ge=0, le=2**53)
    inserted: int = Field(description="Добавлено новых.", ge=0, le=2**53)
    updated: int = Field(description="Изменено: прежние закрыты, открыты новые.", ge=0, le=2**53)
    unchanged: int = Field(description="Совпали с уже известными.", ge=0, le=2**53)
    rejected: int = Field(description="Отклонено.", ge=0, le=2**53)


class ImportRowError(ResponseModel):
    """Одна ошибка одной строки."""

    row: int = Field(
        description="Номер строки: в таблицах заголовок — строка 1, в JSON первый элемент — 1.",
        ge=0,
        le=2**31,
    )
    column: str | None = Field(description="Колонка.", max_length=200)
    code: str = Field(description="Постоянный код ошибки.", max_length=100)
    detail: str = Field(description="Пояснение.", max_length=2000)
    raw: str | None = Field(description="Исходный текст (начало).", max_length=1000)
    suggestions: list[str] = Field(
        default_factory=list, description="Что, возможно, имелось в виду.", max_length=20
    )


class ImportNotice(ResponseModel):
    """Замечание к принятому файлу: строка не отклонена."""

    row: int | None = Field(description="Номер строки, если замечание о ней.", ge=0, le=2**31)
    column: str | None = Field(description="Колонка.", max_length=200)
    code: str = Field(description="Постоянный код.", max_length=100)
    detail: str = Field(description="Пояснение.", max_length=2000)


class ImportFailure(ResponseModel):
    """Почему файл не принят целиком."""

    code: str = Field(description="Постоянный код ошибки.", max_length=100)
    detail: str = Field(description="Пояснение.", max_length=4000)
    errors: list[dict[str, str]] = Field(description="Ошибки по колонкам.", max_length=2000)


class ImportReport(ResponseModel):
    """Отчёт о загрузке данных."""

    id: UUID = Field(description="Номер загрузки.")
    kind: str = Field(description="Вид данных.", max_length=100)
    status: Status = Field(
        description="accepted — принята, running — идёт, done — закончена, rejected — ничего не"
        " сохранено из-за ошибок, failed — файл не прочитан, cancelled — отменена."
    )
    dry_run: bool = Field(description="Только проверка.")
    counts: ImportCounts = Field(description="Счёт строк.")
    closed: int = Field(description="Строк среза, которых в файле больше нет.", ge=0, le=2**53)
    errors: list[ImportRowError] = Field(
        description="Первые 10 000 ошибок строк.", max_length=MAX_LISTED
    )
    error_counts: dict[str, int] = Field(description="Сколько ошибок каждого кода.")
    cleared: int = Field(
        description="Сколько известных значений снято отметкой об отсутствии.", ge=0, le=2**53
    )
    warnings: list[ImportNotice] = Field(
        description="Замечания: снятые значения, скрытые и пропущенные листы и строки.",
        max_length=10_000,
    )
    revision: int | None = Field(
        description="Ревизия данных, которую создала загрузка.", ge=1, le=2**53
    )
    sha256: str | None = Field(description="Хеш файла.", max_length=64)
    created_at: datetime | None = Field(description="Когда принята.")
    annotated: str | None = Field(
        description="Где взять отклонённые строки с пояснениями.", max_length=300
    )
    job: str | None = Field(description="Фоновое задание большой загрузки.", max_length=300)
    changes: str | None = Field(
        description="Где взять изменения: было и стало по строкам.", max_length=300
    )
    reverts: UUID | None = Field(description="Какую загрузку отменяет эта.")
    reverted_by: UUID | None = Field(description="Какой загрузкой отменена эта.")
    problem: ImportFailure | None = Field(description="Почему файл не прочитан.")

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_serialization_defaults_required=True,
        json_schema_extra={
            "example": {
                "id": "6f1c2a52-6d9e-4c53-9a0e-0a6d1c2f7e11",
                "kind": "observations",
                "status": "done",
                "dry_run": False,
                "counts": {
                    "received": 8,
                    "inserted": 8,
                    "updated": 0,
                    "unchanged": 0,
                    "rejected": 0,
                },
                "closed": 0,
                "errors": [],
                "error_counts": {},
                "cleared": 0,
                "warnings": [],
                "revision": 4,
                "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                "created_at": "2022-12-01T02:00:00Z",
                "annotated": None,
                "job": None,
                "changes": "/v1/ratings/imports/6f1c2a52-6d9e-4c53-9a0e-0a6d1c2f7e11/changes",
                "reverts": None,
                "reverted_by": None,
                "problem": None,
            }
        },
    )


class ImportList(ResponseModel):
    """Загрузки, новые сначала."""

    items: list[ImportReport] = Field(description="Загрузки.", max_length=1000)
    next: str | None = Field(description="Курсор следующей страницы.", max_length=2000)


NOTHING: Mapping[str, Any] = {
    "counts": {"received": 0, "inserted": 0, "updated": 0, "unchanged": 0, "rejected": 0},
    "closed": 0,
    "errors": [],
    "error_counts": {},
    "cleared": 0,
    "warnings": [],
}


def to_response(service: str, row: Mapping[str, Any], *, listed: bool = False) -> ImportReport:
    """Return an import as people see it; a list leaves the single errors out."""
    kept = {k: v for k, v in (row["report"] or {}).items() if not k.startswith("_")}
    told = {**NOTHING, **kept}
    base = f"/v1/{service}/imports/{row['id']}"
    job = row["job_id"]
    return ImportReport.model_validate(
        {
            "id": row["id"],
            "kind": row["kind"],
            "status": ENDED_BADLY.get(row["job_state"] or "", row["status"]),
            "dry_run": row["dry_run"],
            **told,
            "errors": [] if listed else told["errors"],
            "warnings": [] if listed else told["warnings"],
            "revision": row["revision"],
            "sha256": row["sha256"],
            "created_at": row["created_at"],
            "annotated": f"{base}/annotated" if told["counts"]["rejected"] else None,
            "job": f"/v1/{service}/jobs/{job}" if job else None,
            "changes": f"{base}/changes" if has_changes(row) else None,
            "reverts": row["reverts"],
            "reverted_by": row["reverted_by"],
            "problem": row["problem"],
        }
    )


def has_changes(row: Mapping[str, Any]) -> bool:
    """Tell whether an import changed rows, or would have in its dry run."""
    previewed = (row["report"] or {}).get("_changes")
    return bool(previewed) or (row["revision"] is not None and row["known_at"] is not None)


REPORT_EXAMPLE: dict[str, JsonValue] = json.loads((DATA / "report_example.json").read_bytes())
REJECTED_EXAMPLE: dict[str, JsonValue] = {
    "type": "/problems/IMPORT_REJECTED",
    "title": "Данные не прошли проверку",
    "status": 422,
    "detail": "Файл не принят, ничего не сохранено: строк с ошибками 1 из 1.",
    "instance": "/v1/ratings/imports",
    "code": "IMPORT_REJECTED",
    "trace_id": "3f0c8f6e1d9a4f0f9a57d6f7c1f5b2aa",
    "errors": [],
    "report": REPORT_EXAMPLE,
}


class ImportRejected(ProblemDetails):
    """Файл не принят: что не так, с тем же отчётом, что и у принятого."""

    report: ImportReport = Field(description="Отчёт о загрузке.")

    @classmethod
    def of(cls, problem: bytes, report: ImportReport) -> bytes:
        """Return a rendered problem with the report in it."""
        members = json.loads(problem)
        return cls.model_validate({**members, "report": report}).model_dump_json().encode()

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_serialization_defaults_required=True,
        json_schema_extra={"example": REJECTED_EXAMPLE},
    )


class ImportChange(ResponseModel):
    """Одна изменённая строка: как было и как стало."""

    row: int | None = Field(description="Номер строки файла.", ge=0, le=2**31)
    old: dict[str, JsonValue] | None = Field(description="Было; null — строки не было.")
    new: dict[str, JsonValue] | None = Field(description="Стало; null — строки больше нет.")
    columns: list[str] = Field(description="Изменённые поля.", max_length=1000)


class ImportChanges(ResponseModel):
    """Изменения одной загрузки в порядке ключей строк."""

    items: list[ImportChange] = Field(description="Изменения.", max_length=1000)
    next: str | None = Field(description="Курсор следующей страницы.", max_length=2000)


class ImportColumn(ResponseModel):
    """Колонка вида данных."""

    name: str = Field(description="Имя в JSON и CSV.", max_length=100)
    title: str = Field(description="Русский заголовок.", max_length=200)
    type: str = Field(description="Тип значения.", max_length=40)
    required: bool = Field(description="Обязательна ли.")
    explanation: str = Field(description="Что значит.", max_length=2000)
    example: str = Field(description="Пример.", max_length=2000)
    choices: list[str] = Field(description="Допустимые значения, если перечислены.", max_length=100)


class ImportTemplates(ResponseModel):
    """Где взять шаблон файла."""

    csv: str = Field(description="CSV.", max_length=300)
    xlsx: str = Field(description="XLSX.", max_length=300)


class ImportKindInfo(ResponseModel):
    """Вид данных, который принимает служба."""

    kind: str = Field(description="Код вида для параметра kind.", max_length=100)
    title: str = Field(description="Название.", max_length=300)
    columns: list[ImportColumn] = Field(description="Колонки по порядку.", max_length=200)
    key: list[str] = Field(description="Поля, которые называют строку.", max_length=50)
    slices: list[str] = Field(description="Параметры заменяемого среза.", max_length=20)
    templates: ImportTemplates = Field(description="Шаблоны.")


class ImportKinds(ResponseModel):
    """Виды данных службы."""

    items: list[ImportKindInfo] = Field(description="Виды данных.", max_length=100)
