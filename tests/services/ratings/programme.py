"""The programme's figures in a running service of ratings, for the tests that read them."""

import csv
from typing import Any

from tests.services.ratings.service import DATA, Service

KHABAROVSK = "08000000"


def rated(answer: Any, territory: str = KHABAROVSK) -> Any:
    return next(row for row in answer["rows"] if row["territory"] == territory)


async def load_all(service: Service) -> list[dict[str, Any]]:
    with (DATA / "manifest.csv").open(encoding="utf-8", newline="") as stream:
        return [await service.load(row["kind"], row["file"]) for row in csv.DictReader(stream)]


def has_exams(passport: Any) -> bool:
    """Whether the figures of the exams are shown as documents print them."""
    years = passport["parts"]["ege"]["territories"].get(KHABAROVSK)
    if years is None:
        return False
    takers = years["2022"]["russian"]["takers"]
    return takers is not None and takers["raw"] is not None


def is_judged(findings: Any) -> bool:
    """Whether the programme's document has been judged with all its facts."""
    states = [one["check"]["state"] for one in findings["documents"]]
    return states == ["done"] and any(one["rule"] == "place_sequence" for one in findings["items"])


async def settled(service: Service) -> None:
    """Load the programme; wait until its document is judged and every slice shows its figures."""
    await load_all(service)
    await service.eventually(
        "/v1/ratings/rum/2022",
        lambda answer: (
            answer.status_code == 200
            and len(answer.json()["rows"]) == 11
            and rated(answer.json())["nodes"]["I"]["declared"]["score"] is not None
        ),
    )
    await service.eventually(
        "/v1/ratings/rum/2021",
        lambda answer: answer.status_code == 200 and len(answer.json()["rows"]) == 10,
    )
    for year in ("2020", "2021", "2022"):
        path = f"/v1/ratings/motivating/{year}"
        await service.eventually(path, lambda answer: answer.status_code == 200)
    await service.eventually("/internal/passport", lambda answer: has_exams(answer.json()))
    await service.eventually("/internal/findings", lambda answer: is_judged(answer.json()))
