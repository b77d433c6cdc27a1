"""Observations as people read them: what a rating is calculated from, and where that came from."""

from datetime import datetime
from uuid import UUID

from pydantic import ConfigDict, Field

from services.ratings.schemas.tables import CODE, FigureShown
from shared.web import ResponseModel


class SourceShown(ResponseModel):
    """Откуда взято значение."""

    document: str | None = Field(description="Документ.", max_length=100)
    locator: str | None = Field(description="Место в документе.", max_length=200)


class ImportShown(ResponseModel):
    """Какой загрузкой значение пришло."""

    id: UUID = Field(description="Номер загрузки.")
    row: int = Field(description="Строка файла, считая строку заголовков.", ge=0, le=2**31 - 1)
    at: datetime | None = Field(description="Когда загружено.")


class ObservationShown(ResponseModel):
    """Наблюдение: значение показателя у территории, его источник и загрузка."""

    model_config = ConfigDict(populate_by_name=True)

    territory: str = Field(description="Код ОКТМО.", max_length=20)
    indicator: str = Field(description="Код показателя.", max_length=CODE)
    value: FigureShown | None = Field(description="Значение, как напечатано; null — см. status.")
    status: str | None = Field(description="Почему значения нет.", max_length=40)
    source: SourceShown | None = Field(description="Источник; null — не указан.")
    imported: ImportShown = Field(alias="import", description="Загрузка.")
    known_from: datetime = Field(description="С какого момента известно.")
    known_to: datetime | None = Field(description="До какого; null — известно и сейчас.")


class ObservationPage(ResponseModel):
    """Страница наблюдений, на которых стоит редакция рейтинга."""

    programme: str = Field(description="Код программы.", max_length=40)
    period: str = Field(description="Период.", max_length=9)
    revision: int = Field(description="Номер редакции.", ge=1, le=2**31 - 1)
    items: list[ObservationShown] = Field(
        description="По показателю, затем по территории.", max_length=1000
    )
    next: str | None = Field(description="Курсор следующей страницы.", max_length=1024)
