"""The wire shapes every service has: strict bodies, answers, the problem of RFC 9457."""

from pydantic import BaseModel, ConfigDict, Field


class RequestModel(BaseModel):
    """Parent of every request body: a field nobody knows is an error, values are frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ResponseModel(BaseModel):
    """Parent of every answer: absent is null, never left out."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_serialization_defaults_required=True
    )


class FieldProblem(ResponseModel):
    """Одна ошибка во входных данных."""

    pointer: str = Field(description="JSON Pointer на место ошибки.", max_length=1000)
    code: str = Field(description="Постоянный код ошибки.", max_length=100)
    detail: str = Field(description="Пояснение для человека.", max_length=2000)


class ProblemDetails(ResponseModel):
    """Описание ошибки по RFC 9457."""

    type: str = Field(description="Адрес вида ошибки.", max_length=200)
    title: str = Field(description="Краткое название.", max_length=200)
    status: int = Field(description="Код состояния HTTP.", ge=400, le=599)
    detail: str = Field(description="Что произошло и что делать.", max_length=4000)
    instance: str = Field(description="Путь запроса.", max_length=4000)
    code: str = Field(description="Постоянный код ошибки.", max_length=100)
    trace_id: str = Field(
        description="Номер запроса: по нему администратор найдёт подробности.", max_length=100
    )
    errors: list[FieldProblem] = Field(description="Ошибки по полям.", max_length=10000)

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_serialization_defaults_required=True,
        json_schema_extra={
            "example": {
                "type": "/problems/TERRITORY_UNKNOWN",
                "title": "Не найдено",
                "status": 404,
                "detail": "Территория с кодом ОКТМО 99999999 не зарегистрирована.",
                "instance": "/v1/territories/99999999/passport",
                "code": "TERRITORY_UNKNOWN",
                "trace_id": "3f0c8f6e1d9a4f0f9a57d6f7c1f5b2aa",
                "errors": [],
            }
        },
    )
