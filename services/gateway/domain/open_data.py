"""The catalogue of published tables as DCAT-AP 3 triples; pure, without a serialisation.

A dataset is one published table; its distributions are the representations it is answered in.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

DCAT, DCT, FOAF = (
    "http://www.w3.org/ns/dcat#",
    "http://purl.org/dc/terms/",
    "http://xmlns.com/foaf/0.1/",
)
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
XSD = "http://www.w3.org/2001/XMLSchema#"
PREFIXES = {"dcat": DCAT, "dct": DCT, "foaf": FOAF, "xsd": XSD}
_IANA = "https://www.iana.org/assignments/media-types/"
_AUTHORITY = "http://publications.europa.eu/resource/authority/"
RUSSIAN = _AUTHORITY + "language/RUS"
PUBLIC = _AUTHORITY + "access-right/PUBLIC"


@dataclass(frozen=True, slots=True)
class Literal:
    """A text in a language, or a value of an XML Schema type."""

    value: str
    language: str = ""
    datatype: str = ""


@dataclass(frozen=True, slots=True)
class Triple:
    """One statement; a plain string as object is an IRI."""

    subject: str
    predicate: str
    object: str | Literal


@dataclass(frozen=True, slots=True)
class Distribution:
    """One representation of a table: its short name, media type and address."""

    code: str
    media: str
    url: str


@dataclass(frozen=True, slots=True)
class Dataset:
    """A published table: code unique in the catalogue, title, address, last change."""

    code: str
    title: str
    description: str
    url: str
    modified: datetime | None
    revision: int | None
    distributions: tuple[Distribution, ...]


def catalogue_triples(url: str, publisher: str, datasets: Sequence[Dataset]) -> Iterator[Triple]:
    """Yield the catalogue at `url`: its publisher, its datasets and what they point to."""
    agent = f"{url}#publisher"
    yield from _described(url, DCAT + "Catalog", "Каталог открытых данных", _ABOUT)
    yield Triple(url, DCT + "publisher", agent)
    yield Triple(url, DCT + "language", RUSSIAN)
    yield Triple(agent, RDF_TYPE, FOAF + "Agent")
    yield Triple(agent, FOAF + "name", Literal(publisher, "ru"))
    yield Triple(RUSSIAN, RDF_TYPE, DCT + "LinguisticSystem")
    yield Triple(PUBLIC, RDF_TYPE, DCT + "RightsStatement")
    for media in sorted({_media(d.media) for one in datasets for d in one.distributions}):
        yield Triple(media, RDF_TYPE, DCT + "MediaType")
    for dataset in datasets:
        yield Triple(url, DCAT + "dataset", dataset_iri(url, dataset))
        yield from _dataset_triples(url, agent, dataset)


_ABOUT = "Таблицы рейтингов, олимпиад, повышения квалификации и находок в опубликованных числах."


def dataset_iri(url: str, dataset: Dataset) -> str:
    """Return what a dataset is called in RDF."""
    return f"{url}#{dataset.code}"


def _dataset_triples(url: str, agent: str, dataset: Dataset) -> Iterator[Triple]:
    name = dataset_iri(url, dataset)
    yield from _described(name, DCAT + "Dataset", dataset.title, dataset.description)
    yield Triple(name, DCT + "identifier", Literal(dataset.code))
    yield Triple(name, DCT + "publisher", agent)
    yield Triple(name, DCT + "language", RUSSIAN)
    yield Triple(name, DCT + "accessRights", PUBLIC)
    if dataset.modified is not None:
        instant = Literal(dataset.modified.isoformat(), datatype=XSD + "dateTime")
        yield Triple(name, DCT + "modified", instant)
    if dataset.revision is not None:
        yield Triple(name, DCAT + "version", Literal(str(dataset.revision)))
    for distribution in dataset.distributions:
        part = f"{name}-{distribution.code}"
        yield Triple(name, DCAT + "distribution", part)
        yield Triple(part, RDF_TYPE, DCAT + "Distribution")
        yield Triple(part, DCT + "title", Literal(f"{dataset.title}: {distribution.code}", "ru"))
        yield Triple(part, DCAT + "accessURL", distribution.url)
        yield Triple(part, DCAT + "downloadURL", distribution.url)
        yield Triple(part, DCAT + "mediaType", _media(distribution.media))


def _described(subject: str, kind: str, title: str, description: str) -> Iterator[Triple]:
    yield Triple(subject, RDF_TYPE, kind)
    yield Triple(subject, DCT + "title", Literal(title, "ru"))
    yield Triple(subject, DCT + "description", Literal(description, "ru"))


def _media(media: str) -> str:
    return _IANA + media
