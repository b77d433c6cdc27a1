"""Whatever names services or topics derives from the one list of services."""

import ast
import re
from importlib import import_module

import pytest

from services import catalogue
from services.gateway.webhooks.types import EVENT_TYPES, audience_of
from shared.events import Topic
from shared.ledger.topics import findings_changed
from tests.house.sources import ROOT, name_of, python_files


def test_a_topic_is_stated_in_its_services_topics_module_only() -> None:
    stated = [
        name_of(path)
        for path in python_files("services")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Topic"
    ]
    assert set(stated) <= {f"services/{name}/topics.py" for name in catalogue.NAMES}


def test_every_code_that_is_written_out_is_a_topic() -> None:
    literal = re.compile(r"\"((?:ratings|olympiads|training)\.[a-z_]+\.v[0-9]+)\"")
    codes = {
        code
        for path in python_files("services", "shared")
        for code in literal.findall(path.read_text())
    }
    assert codes <= set(catalogue.topics())


@pytest.mark.parametrize("service", catalogue.NAMES)
def test_every_topic_is_emitted(service: str) -> None:
    values = vars(import_module(f"services.{service}.topics"))
    names = {name for name, value in values.items() if isinstance(value, Topic)}
    text = "".join(
        path.read_text() for path in python_files(f"services/{service}") if path.name != "topics.py"
    )
    unnamed = {name for name in names if not re.search(rf"\b{name}\b", text)}
    # The shared ledger emits it for every service that has claims.
    assert {name for name in unnamed if values[name] != findings_changed(service)} == set()


def test_readers_know_every_topic_and_see_no_other() -> None:
    assert set(EVENT_TYPES) == set(catalogue.topics())
    assert "ratings.territories_changed.v1" in EVENT_TYPES
    assert audience_of("ratings.revision_published.v1") == ""
    assert audience_of("training.route_changed.v1") == "training:read"
    assert audience_of("ratings.forgotten.v1") == "internal:read"
    assert str(Topic("ratings.forgotten", 2, "")) == "ratings.forgotten.v2"


def test_a_listener_of_an_unknown_topic_fails_at_start() -> None:
    with pytest.raises(KeyError):
        catalogue.topic_code("ratings.forgotten.v1")


@pytest.mark.parametrize("service", catalogue.SERVICES, ids=lambda one: one.name)
def test_every_list_has_the_service(service: catalogue.Service) -> None:
    settings = import_module(f"services.{service.name}.settings").Settings
    assert {f"{name}_url" for name in catalogue.NAMES} <= set(settings.model_fields)
    default = settings.model_fields[f"{service.name}_url"].default
    assert default == f"http://127.0.0.1:{service.port}"
    app = import_module(f"services.{service.name}.app")
    assert app.WORKER.service == service.name
    manifest = ROOT / "services" / service.name / "data" / "manifest.csv"
    assert manifest.exists() is service.seeded
    assert (ROOT / "migrations" / service.name).is_dir()


def test_the_page_and_the_import_contracts_name_every_service() -> None:
    words = (ROOT / "services/gateway/page/assets/words.js").read_text()
    line = next(line for line in words.splitlines() if line.startswith("export const SERVICES"))
    assert set(re.findall(r"(\w+): \"", line)) == set(catalogue.UPSTREAMS)
    contracts = (ROOT / "pyproject.toml").read_text()
    assert all(f'"services.{name}"' in contracts for name in catalogue.NAMES)


def test_shared_names_no_service() -> None:
    named = re.compile(r"\"(?:olympiads|training)[\"/]")
    assert not [name_of(path) for path in python_files("shared") if named.search(path.read_text())]
