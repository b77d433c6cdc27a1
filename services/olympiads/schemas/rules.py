"""The order in force for a season, on the wire."""

import datetime as dt
from collections.abc import Sequence
from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints

from services.olympiads.store.rules import SeasonRules
from shared.web import RequestModel, ResponseModel

Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=r"^[^\x00]+$"),
]
UNREGISTERED = "Порядок проведения олимпиады за этот сезон не зарегистрирован."
EDITION_UNKNOWN = "Какая редакция порядка действовала в этом сезоне, не известно."
ORDER = "Приказ Минпросвещения России № 678"


class NewRules(RequestModel):
    """Порядок, который действует в сезоне; edition — редакция, null — не известна."""

    order: Line = Field(description="Приказ.", examples=[ORDER])
    date: dt.date = Field(description="Дата приказа.", examples=["2020-11-27"])
    edition: Line | None = Field(None, description="Редакция.", examples=["14.02.2022"])
    source: Line | None = Field(None, description="Где опубликован.")

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"order": ORDER, "date": "2020-11-27", "edition": None, "source": None}
        }
    )


class RulesAnswer(ResponseModel):
    """Приказ и его редакция."""

    order: Annotated[str, Field(max_length=500)]
    date: dt.date
    edition: Annotated[str, Field(max_length=500)] | None
    source: Annotated[str, Field(max_length=500)] | None
    registered_at: dt.datetime


class SeasonRulesAnswer(ResponseModel):
    """Действующий порядок сезона и прежние записи."""

    rules: RulesAnswer | None = Field(description="Действующий; null — не зарегистрирован.")
    note: Annotated[str, Field(max_length=500)] | None = Field(
        description="Чего о порядке не известно; null — известно всё."
    )
    earlier: list[RulesAnswer] = Field(description="Прежние, от последнего.", max_length=1000)


class RulesCitation(ResponseModel):
    """По какому порядку решено."""

    order: Annotated[str, Field(max_length=500)] | None
    date: dt.date | None
    edition: Annotated[str, Field(max_length=500)] | None
    note: Annotated[str, Field(max_length=500)] | None = Field(
        description="Чего о порядке не известно; null — известно всё."
    )


def rules_answer(row: SeasonRules) -> RulesAnswer:
    """Put a registered order into its wire shape."""
    return RulesAnswer(
        order=row.order_title,
        date=row.order_date,
        edition=row.edition,
        source=row.source,
        registered_at=row.registered_at,
    )


def season_rules_answer(rows: Sequence[SeasonRules]) -> SeasonRulesAnswer:
    """Put the orders of a season into their wire shape."""
    return SeasonRulesAnswer(
        rules=rules_answer(rows[0]) if rows else None,
        note=unknown_of(rows),
        earlier=[rules_answer(row) for row in rows[1:]],
    )


def citation(rows: Sequence[SeasonRules]) -> dict[str, object]:
    """Cite the order in force; what is not known of it is said."""
    if not rows:
        return {"order": None, "date": None, "edition": None, "note": UNREGISTERED}
    first = rows[0]
    return {
        "order": first.order_title,
        "date": first.order_date.isoformat(),
        "edition": first.edition,
        "note": unknown_of(rows),
    }


def unknown_of(rows: Sequence[SeasonRules]) -> str | None:
    """Say what is not known of the order in force."""
    if not rows:
        return UNREGISTERED
    return EDITION_UNKNOWN if rows[0].edition is None else None
