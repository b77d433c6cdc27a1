"""The Russian open-data passport of tables: `list.csv`, `meta.csv`, the structure of the data.

Columns and names are those of the recommendations on publishing open data, version 3.0.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime

from services.gateway.domain.open_data import Dataset
from services.gateway.representations.sheet import Sheet

STANDARD = "http://opendata.gosmonitor.ru/standard/3.0"


def list_csv(url: str, datasets: Sequence[Dataset]) -> bytes:
    """Return the registry of datasets: a row each, leading to its passport."""
    rows = [("standardversion", "Версия методических рекомендаций", STANDARD, "")]
    rows += [(one.code, one.title, f"{url}/{one.code}/meta.csv", "csv") for one in datasets]
    return _csv(("property", "title", "value", "format"), rows)


def meta_csv(url: str, publisher: str, dataset: Dataset) -> bytes:
    """Return the passport of one dataset."""
    changed = dataset.modified
    day = _day(changed)
    data = next(one.url for one in dataset.distributions if one.code == "csv")
    rows = [
        ("standardversion", STANDARD),
        ("identifier", dataset.code),
        ("title", dataset.title),
        ("description", dataset.description),
        ("creator", publisher),
        ("modified", day),
        ("subject", "Образование"),
        ("format", "csv"),
        (f"data-{day}-structure-{day}", data),
        (f"structure-{day}", f"{url}/{dataset.code}/structure.csv"),
        ("publishername", publisher),
        ("provenance", "" if dataset.revision is None else f"Редакция {dataset.revision}"),
    ]
    return _csv(("property", "value"), rows)


def structure_csv(sheet: Sheet) -> bytes:
    """Return the columns of the data: name, its words, its type."""
    rows = [
        (name, name, title, "decimal" if number else "string")
        for name, title, number in zip(sheet.columns, sheet.titles, sheet.numbers, strict=True)
    ]
    return _csv(("field name", "english description", "russian description", "format"), rows)


def _day(instant: datetime | None) -> str:
    return "" if instant is None else f"{instant:%Y%m%d}"


def _csv(head: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(head)
    writer.writerows(rows)
    return text.getvalue().encode()
