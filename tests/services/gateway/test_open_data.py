"""The catalogue is DCAT-AP, its two forms say the same, the passport leads to the data."""

import csv
import io
import os
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pyshacl
import pytest
import rdflib
from rdflib.compare import isomorphic

from services.gateway.domain.open_data import Dataset, Distribution, catalogue_triples
from services.gateway.representations.kinds import kind_of
from services.gateway.representations.open_data_passport import list_csv, meta_csv, structure_csv
from services.gateway.representations.parquet import to_parquet
from services.gateway.representations.rdf import to_jsonld, to_turtle
from services.gateway.representations.sheet import Sheet, lay_out
from tests.house.sources import ROOT
from tests.services.gateway.conftest import House
from tests.services.gateway.test_documents_flow import CONTENT, TABLE, served

URL = "https://kachestvo.example/v1/catalogue"
PUBLISHER = 'Министерство «Образование» \\ "край"'
# The readers of rdflib and pyshacl still use what rdflib itself deprecates.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
# The shapes are SEMIC's and are not in this repository: a folder next to the checkout has them,
# or DCAT_AP_SHAPES names one. Without them the catalogue is still read back by rdflib above.
SHAPES = Path(os.environ.get("DCAT_AP_SHAPES", f"{ROOT.parent}/shared/gold/dcat-ap"))
WHEN = datetime(2022, 12, 1, tzinfo=UTC)
DATASETS = [
    Dataset(
        code=f"ratings-rum-{year}",
        title=f"Рейтинг {year}",
        description="Объявленные баллы\nи места",
        url=f"/v1/ratings/rum/{year}",
        modified=WHEN if year == "2022" else None,
        revision=8 if year == "2022" else None,
        distributions=(
            Distribution("json", "application/json", f"https://k.example/{year}?format=json"),
            Distribution("csv", "text/csv", f"https://k.example/{year}?format=csv"),
        ),
    )
    for year in ("2021", "2022")
]


def graphs() -> tuple[rdflib.Graph, rdflib.Graph]:
    triples = list(catalogue_triples(URL, PUBLISHER, DATASETS))
    turtle = rdflib.Graph().parse(data=to_turtle(triples), format="turtle")
    return turtle, rdflib.Graph().parse(data=to_jsonld(triples), format="json-ld")


def test_turtle_and_json_ld_say_the_same() -> None:
    turtle, linked = graphs()
    assert len(turtle) > 40
    assert isomorphic(turtle, linked)
    names = turtle.objects(None, rdflib.URIRef("http://xmlns.com/foaf/0.1/name"))
    assert [str(name) for name in names] == [PUBLISHER]


@pytest.mark.skipif(not SHAPES.is_dir(), reason="the SHACL shapes of DCAT-AP are not at hand")
@pytest.mark.parametrize("shapes", ["dcat-ap-SHACL.ttl", "shapes.ttl", "range.ttl"])
def test_the_catalogue_keeps_the_shapes_of_dcat_ap(shapes: str) -> None:
    conforms, _, text = pyshacl.validate(graphs()[0], shacl_graph=str(SHAPES / shapes))
    assert conforms, text


def test_the_passport_leads_from_the_registry_to_the_data() -> None:
    registry = list(csv.DictReader(io.StringIO(list_csv(URL, DATASETS).decode())))
    assert registry[0]["property"] == "standardversion"
    assert registry[2]["value"] == f"{URL}/ratings-rum-2022/meta.csv"
    rows = csv.DictReader(io.StringIO(meta_csv(URL, PUBLISHER, DATASETS[1]).decode()))
    passport = {row["property"]: row["value"] for row in rows}
    assert passport["identifier"] == "ratings-rum-2022"
    assert passport["data-20221201-structure-20221201"] == "https://k.example/2022?format=csv"
    assert passport["structure-20221201"] == f"{URL}/ratings-rum-2022/structure.csv"


def sheet(*rows: dict[str, object]) -> Sheet:
    kind = kind_of("/v1/territories")
    assert kind is not None
    return lay_out(kind, {"items": list(rows)}, "/v1/territories")


def test_parquet_reads_back_exactly() -> None:
    made = sheet(
        {
            "oktmo": "0800",
            "score": "106.70",
            "place": 1,
            "mean": 79.5,
            "none": None,
            "new": True,
        },
        {"oktmo": "0870", "score": None, "place": None, "mean": 80, "none": None, "new": "да"},
    )
    frame = pl.read_parquet(to_parquet(made))
    assert frame.to_dict(as_series=False) == {
        "oktmo": ["0800", "0870"],
        "score": ["106.70", None],
        "place": [1, None],
        "mean": [79.5, 80.0],
        "none": [None, None],
        "new": ["true", "да"],
    }


def test_parquet_of_no_rows_is_a_table_too() -> None:
    assert pl.read_parquet(to_parquet(sheet())).height == 0


def test_the_structure_names_every_column() -> None:
    rows = list(
        csv.reader(io.StringIO(structure_csv(sheet({"oktmo": "1", "title": "А"})).decode()))
    )
    assert [row[0] for row in rows[1:]] == ["oktmo", "title"]
    assert rows[1][2] == "ОКТМО"


async def test_published_tables_stand_in_the_catalogue(house: House) -> None:
    house.ratings.publish(TABLE, 1, CONTENT)
    await served(house, TABLE)
    answer = await house.http.get("/v1/catalogue")
    assert answer.headers["content-type"] == "application/ld+json"
    graph = {node["@id"]: node for node in answer.json()["@graph"]}
    (dataset,) = [one for one in graph.values() if "dcat:Dataset" in one.get("@type", [])]
    addresses = [
        graph[part["@id"]]["dcat:downloadURL"][0]["@id"] for part in dataset["dcat:distribution"]
    ]
    parquet = next(address for address in addresses if address.endswith("format=parquet"))
    table = await house.http.get(parquet.partition(":8000")[2])
    assert table.status_code == 200
    assert pl.read_parquet(table.content).height == 1
    turtle = await house.http.get("/v1/catalogue?format=turtle")
    assert turtle.text.startswith("@prefix dcat:")
    registry = await house.http.get("/v1/catalogue/list.csv")
    code = registry.text.splitlines()[2].partition(",")[0]
    for part in ("meta.csv", "structure.csv"):
        assert (await house.http.get(f"/v1/catalogue/{code}/{part}")).status_code == 200
    lost = await house.http.get("/v1/catalogue/nothing/meta.csv")
    assert (lost.status_code, lost.json()["code"]) == (404, "DATASET_UNKNOWN")
    refused = await house.http.get("/v1/catalogue", headers={"accept": "text/html"})
    assert refused.status_code == 406
