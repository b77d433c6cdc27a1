"""Wire shape of the source documents that a table names."""

from typing import Annotated

from pydantic import ConfigDict, Field

from shared.web import ResponseModel

LineNumber = Annotated[int, Field(ge=1, le=2**31 - 1)]


class SourceLines(ResponseModel):
    """Строки документа, с первой по последнюю."""

    model_config = ConfigDict(populate_by_name=True)

    first: LineNumber = Field(alias="from", description="Первая строка.")
    last: LineNumber = Field(alias="to", description="Последняя строка.")


class TableSourceShown(ResponseModel):
    """Документ, из которого взяты числа таблицы."""

    document: str = Field(description="Код документа.", max_length=1000)
    title: str | None = Field(description="Название.", max_length=20_000)
    tables: list[Annotated[str, Field(max_length=4000)]] = Field(
        description="Таблицы документа по названию.", max_length=20
    )
    lines: SourceLines | None = Field(description="Строки текста документа.")


TableSources = Annotated[
    list[TableSourceShown],
    Field(description="Документы, из которых взяты числа.", max_length=1000),
]
Citation = Annotated[str, Field(description="Как ссылаться.", max_length=100_000)]
