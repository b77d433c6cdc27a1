"""Methodologies on the wire; the document itself is the format of the methodology."""

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from services.ratings.domain.json_fields import MAX_TEXT
from shared.web import ResponseModel


class Methodology(ResponseModel):
    """Версия методики."""

    id: int = Field(description="Номер.", ge=1)
    programme: str = Field(description="Код программы.", max_length=40)
    version: str = Field(description="Версия.", max_length=MAX_TEXT)
    state: Literal["draft", "published", "archived"] = Field(description="Состояние.")
    created_at: datetime = Field(description="Когда заведена.")
    published_at: datetime | None = Field(description="Когда опубликована.")
    archived_at: datetime | None = Field(description="Когда отправлена в архив.")
    document: dict[str, Any] = Field(description="Методика: дерево, правила, уровни.")


class Methodologies(ResponseModel):
    """Версии методик."""

    items: list[Methodology] = Field(description="По программе и версии.", max_length=10000)


class Remark(ResponseModel):
    """Замечание к методике."""

    pointer: str = Field(description="JSON Pointer на место.", max_length=1000)
    code: str = Field(description="Код.", max_length=100)
    detail: str = Field(description="Пояснение.", max_length=2000)


class Validation(ResponseModel):
    """Итог проверки методики."""

    valid: bool = Field(description="Можно ли публиковать.")
    errors: list[Remark] = Field(description="Ошибки.", max_length=10000)
    warnings: list[Remark] = Field(description="Предупреждения.", max_length=10000)
