"""Two monitorings of the made-up region: among its peers, and of its municipalities."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from services.cli.example.poster import EXISTS, Poster, Row
from services.region import OWN_PACK
from shared.synthetic import REGION

DATA = Path(__file__).parent / "data"
REGIONS, MUNICIPAL = "example-regions", "example-municipal"
YEARS, MUNICIPAL_YEARS = ("2024", "2025"), ("2023", "2024", "2025")
MODEL = OWN_PACK / "ratings" / "data" / "methodologies" / "rum-2022.json"
# Directions that fall in the region in the second year, by so many points.
FALLEN = {"1.3": 9, "2.3": 14}


def rows_of(name: str) -> list[dict[str, str]]:
    """Return the rows of one of the example's files, blank cells as empty texts."""
    with (DATA / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def codes(kind: str) -> list[str]:
    """Return the example's territories of a kind."""
    return [row["code"] for row in rows_of("territories.csv") if row["kind"] == kind]


def methodology(programme: str) -> dict[str, Any]:
    """Return the methodology of one of the two monitorings; levels are the programme's."""
    document: dict[str, Any] = json.loads(MODEL.read_text(encoding="utf-8"))
    document |= {"programme": programme, "version": "1", "title": "Учебная методика"}
    if programme == MUNICIPAL:
        document["peers"] = {"kind": "municipality", "group": None}
        document["tree"] = {
            "code": "total",
            "title": "Итог",
            "aggregate": {"method": "arithmetic"},
            "children": [_indicator(row) for row in rows_of("indicators.csv")],
        }
    return document


def _indicator(row: Row) -> dict[str, Any]:
    return {
        "code": row["code"],
        "title": row["title"],
        "unit": "percent",
        "digits": 0,
        "domain": [0, 100],
        "direction": "higher",
        "weight": 1,
        "normalise": {"method": "none"},
    }


def leaves(node: dict[str, Any]) -> Iterator[str]:
    """Yield the codes of the indicators of a tree, in its order."""
    if "children" not in node:
        yield node["code"]
    for child in node.get("children", ()):
        yield from leaves(child)


def observations(random: Random) -> list[Row]:
    """Return the regions' values: a level of each, steps of a year, two planned falls."""
    indicators = list(leaves(methodology(REGIONS)["tree"]))
    rows: list[Row] = []
    for territory in codes("region"):
        level = random.uniform(50, 84)
        base = {code: round(random.gauss(level, 9)) for code in indicators}
        for year in YEARS:
            for code in indicators:
                later = year == YEARS[-1]
                step = round(random.gauss(2, 3)) if later else 0
                if later and territory == REGION:
                    step = -FALLEN.get(code, -3)
                rows.append(_row(REGIONS, year, territory, code, base[code] + step))
    return rows


def municipal_observations(random: Random) -> list[Row]:
    """Return the municipalities' values: a slow rise with noise, over three years."""
    rows: list[Row] = []
    for territory in codes("municipality"):
        for indicator in rows_of("indicators.csv"):
            value = random.uniform(float(indicator["from"]), float(indicator["to"]))
            for year in MUNICIPAL_YEARS:
                rows.append(_row(MUNICIPAL, year, territory, indicator["code"], round(value)))
                value += random.gauss(1.5, 3)
    return rows


def _row(programme: str, period: str, territory: str, indicator: str, value: int) -> Row:
    return {
        "programme": programme,
        "period": period,
        "territory": territory,
        "indicator": indicator,
        "value": str(min(100, max(0, value))),
        "status": None,
        "source": None,
    }


async def load_ratings(poster: Poster, random: Random) -> None:
    """Register both programmes with their methodologies and load their values."""
    territories = [
        {**row, "code_confirmed": row["code_confirmed"] == "yes"}
        for row in rows_of("territories.csv")
    ]
    await poster.load("ratings", "territories", territories)
    titles = {REGIONS: "Учебный рейтинг регионов", MUNICIPAL: "Учебный муниципальный мониторинг"}
    for programme, title in titles.items():
        count = len(codes("region" if programme == REGIONS else "municipality"))
        years = YEARS if programme == REGIONS else MUNICIPAL_YEARS
        peers = [{"period": year, "peers": count} for year in years]
        body = {"code": programme, "title": title, "description": "Вымышлен", "peers": peers}
        await poster.call("POST", "/v1/ratings/programmes", body)
        made = await poster.call("POST", "/v1/ratings/methodologies", methodology(programme))
        if made.status == EXISTS:
            continue
        path = f"/v1/ratings/methodologies/{made.json()['id']}/publish"
        await poster.call("POST", path, etag=made.headers["etag"])
    await poster.load("ratings", "observations", observations(random))
    await poster.load("ratings", "observations", municipal_observations(random))
    await poster.load("ratings", "claims", claims())


def claims() -> list[Row]:
    """Return the small document with planted mistakes."""
    return [
        {
            **{key: row[key] for key in ("scope", "territory", "concept", "raw", "document")},
            "key": dict(part.split("=") for part in row["key"].split(";")),
            "locator": {"line": row["line"], "cell": row["cell"], "table": row["table"]},
        }
        for row in rows_of("report.csv")
    ]
