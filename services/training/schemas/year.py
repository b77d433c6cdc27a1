"""The public documents of a year: coverage and cyclogram."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from shared.ledger.source_schemas import Citation, TableSources
from shared.web import ResponseModel

Text = Annotated[str, Field(max_length=500)]
FindingId = Annotated[str, Field(max_length=64)]
Count = Annotated[int, Field(ge=0, le=10**7)]
Year = Annotated[str, Field(pattern=r"^\d{4}$", max_length=4)]


class HalfYearSeats(ResponseModel):
    """Места за полугодие: «2022-2» — вторая половина 2022 года."""

    half: Text
    seats: Count


class VenueSeats(ResponseModel):
    """Места по месту проведения; место может быть не названо."""

    venue: Text | None
    seats: Count


class CoverageRow(ResponseModel):
    """Один предмет и уровень: потребность и места."""

    subject: Text
    title: Text
    tier: Text
    headcount: Count
    need: Count
    seats: Count | None
    share: Annotated[str, Field(max_length=20, description="Места к потребности, %.")] | None
    shortage: Count | None
    trained: Count | None
    half_years: Annotated[list[HalfYearSeats], Field(max_length=100)]
    venues: Annotated[list[VenueSeats], Field(max_length=1000)]
    assumptions: Annotated[list[FindingId], Field(max_length=1000)]
    doubts: Annotated[list[FindingId], Field(max_length=1000)]


class CoverageDocument(ResponseModel):
    """Обеспеченность учителей местами на курсах."""

    year: Year
    revision: Annotated[int, Field(ge=1, le=2**53)]
    citation: Citation
    sources: TableSources
    rows: Annotated[list[CoverageRow], Field(max_length=10_000)]

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "example": {
                "year": "2023",
                "revision": 1,
                "citation": "Обеспеченность курсами 2023, редакция 1",
                "sources": [],
                "rows": [
                    {
                        "subject": "mathematics",
                        "title": "Математика",
                        "tier": "profile",
                        "headcount": 747,
                        "need": 75,
                        "seats": 80,
                        "share": "106.7",
                        "shortage": 0,
                        "trained": None,
                        "half_years": [{"half": "2022-2", "seats": 80}],
                        "venues": [{"venue": None, "seats": 80}],
                        "assumptions": [],
                        "doubts": [],
                    }
                ],
            }
        },
    )


class CyclogramWindow(ResponseModel):
    """Окно циклограммы."""

    code: Text
    first: Annotated[str, Field(alias="from", max_length=10)]
    last: Annotated[str, Field(alias="to", max_length=10)]


class CyclogramItem(ResponseModel):
    """Строка циклограммы."""

    code: Text
    title: Text
    kind: Literal["kpk", "congress", "camp", "master_class", "milestone"]
    subject: Text | None
    tiers: Annotated[list[Text], Field(max_length=100)]
    first: Annotated[str | None, Field(alias="from", max_length=10)]
    last: Annotated[str | None, Field(alias="to", max_length=10)]
    precision: Literal["month", "day"]
    venues: Annotated[list[Text], Field(max_length=100)]
    seats: Count | None
    window: CyclogramWindow | None
    doubts: Annotated[list[FindingId], Field(max_length=1000)]


class WithdrawnItem(CyclogramItem):
    """Отменённая строка: какой была и с какой ревизии её нет."""

    withdrawn_in: Annotated[int, Field(ge=1, le=2**53)]


class CyclogramDocument(ResponseModel):
    """Циклограмма года."""

    year: Year
    revision: Annotated[int, Field(ge=1, le=2**53)]
    citation: Citation
    sources: TableSources
    items: Annotated[list[CyclogramItem], Field(max_length=10_000)]
    withdrawn: Annotated[list[WithdrawnItem], Field(max_length=10_000)]

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "example": {
                "year": "2023",
                "revision": 1,
                "citation": "Циклограмма 2023, редакция 1",
                "sources": [],
                "items": [
                    {
                        "code": "kpk-physics-profile",
                        "title": "КПК учителей физики, профильный и углублённый уровень",
                        "kind": "kpk",
                        "subject": "physics",
                        "tiers": ["profile"],
                        "from": "2023-01",
                        "to": "2023-02",
                        "precision": "month",
                        "venues": [],
                        "seats": 25,
                        "window": {"code": "2023-1", "from": "2023-01", "to": "2023-05"},
                        "doubts": [],
                    }
                ],
                "withdrawn": [],
            }
        },
    )
