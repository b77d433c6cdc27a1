"""Acts on revisions."""

from pydantic import ConfigDict, Field

from shared.web import RequestModel


class Withdrawal(RequestModel):
    """Отзыв ошибочной публикации."""

    reason: str = Field(description="Причина отзыва.", min_length=3, max_length=1000)

    model_config = ConfigDict(
        json_schema_extra={"example": {"reason": "Загружены данные другого года"}}
    )
