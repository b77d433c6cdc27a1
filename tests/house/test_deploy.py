"""What can be known of deploy/ without a container engine, which does not run here."""

import re
from importlib import import_module
from typing import Any

import pytest
import yaml

from services.__main__ import parser
from services.cli.roles import SCHEMAS
from services.region import RegionSettings
from tests.house.sources import ROOT

DEPLOY = ROOT / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
DOCKERFILE = (DEPLOY / "Dockerfile").read_text()
NGINX = (DEPLOY / "nginx" / "nginx.conf").read_text()
OURS = {name: one for name, one in COMPOSE["services"].items() if "kachestvo" in one["image"]}
ROLE_PASSWORDS = {f"{schema.upper()}_ROLE_PASSWORD" for schema in SCHEMAS}


def settings_of(service: str) -> set[str]:
    fields: dict[str, Any] = import_module(f"services.{service}.settings").Settings.model_fields
    return {name.upper() for name in fields}


def final_stage() -> str:
    return DOCKERFILE[DOCKERFILE.rindex("\nFROM ") :]


@pytest.mark.parametrize("name", OURS)
def test_every_command_is_one_we_accept(name: str) -> None:
    given = parser().parse_args(OURS[name]["command"])
    assert name in {given.command, f"{given.command}-{getattr(given, 'role', None)}"}


def test_every_service_has_a_web_and_a_worker() -> None:
    assert {f"{schema}-{role}" for schema in SCHEMAS for role in ("web", "worker")} <= set(OURS)


@pytest.mark.parametrize("name", sorted(set(COMPOSE["services"]) - {"migrate"}))
def test_whatever_stays_up_is_watched(name: str) -> None:
    one = COMPOSE["services"][name]
    command = " ".join(one["healthcheck"]["test"])
    if name.endswith("-worker"):
        assert one["environment"]["HEARTBEAT_FILE"] in command


@pytest.mark.parametrize("name", sorted(set(OURS) - {"migrate"}))
def test_every_setting_can_be_set_and_every_variable_is_a_setting(name: str) -> None:
    assert set(OURS[name]["environment"]) | {"SERVICE"} == settings_of(
        name.split("-", maxsplit=1)[0]
    )


@pytest.mark.parametrize("service", SCHEMAS)
def test_what_is_left_empty_takes_the_default(
    service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = import_module(f"services.{service}.settings").Settings
    own = {n: f for n, f in model.model_fields.items() if n not in RegionSettings.model_fields}
    needed = {name for name, field in own.items() if field.is_required()}
    for name in model.model_fields:
        monkeypatch.setenv(name.upper(), "given" if name in needed else "")
    settings = model()
    for name, field in own.items():
        if name not in needed:
            assert getattr(settings, name) == field.get_default(call_default_factory=True)


def test_migrate_gets_what_it_reads() -> None:
    assert set(OURS["migrate"]["environment"]) == ROLE_PASSWORDS | {"DATABASE_URL"}


@pytest.mark.parametrize("name", OURS)
def test_a_process_connects_as_its_own_role(name: str) -> None:
    role = "kachestvo" if name == "migrate" else f"kachestvo_{name.split('-', maxsplit=1)[0]}"
    assert OURS[name]["environment"]["DATABASE_URL"].startswith(f"postgresql://{role}:")


def test_every_variable_is_explained_and_every_explained_one_is_used() -> None:
    used = set(re.findall(r"\$\{([A-Z_]+)", (DEPLOY / "compose.yaml").read_text()))
    lines = (DEPLOY / "env.example").read_text().splitlines()
    explained = {line.split("=")[0] for line in lines if re.match(r"[A-Z_]+=", line)}
    assert used == explained


def test_what_must_be_set_is_listed_first_and_has_no_default() -> None:
    required = set(re.findall(r"\$\{([A-Z_]+):\?", (DEPLOY / "compose.yaml").read_text()))
    first = (DEPLOY / "env.example").read_text().split("# -- may be set")[0]
    assert set(re.findall(r"^([A-Z_]+)=$", first, re.MULTILINE)) == required
    assert not re.findall(r"^[A-Z_]+=.", first, re.MULTILINE)


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_containers_are_fenced_in(name: str) -> None:
    one = COMPOSE["services"][name]
    assert "no-new-privileges:true" in one["security_opt"]
    assert re.search(r":.*\d|\$\{", one["image"])
    assert not one["image"].endswith(":latest")
    assert not one.get("privileged")
    if name != "postgres":
        assert one["read_only"] is True
        assert one["cap_drop"] == ["ALL"]


@pytest.mark.parametrize("name", sorted(set(COMPOSE["services"]) - {"nginx"}))
def test_only_the_front_publishes_ports(name: str) -> None:
    assert "ports" not in COMPOSE["services"][name]


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_whoever_is_waited_for_can_be_waited_for(name: str) -> None:
    waits = COMPOSE["services"][name].get("depends_on", {})
    for other, condition in waits.items():
        healthy = "healthcheck" in COMPOSE["services"][other]
        assert healthy or condition["condition"] == "service_completed_successfully"


@pytest.mark.parametrize("name", OURS)
def test_secrets_and_networks_exist(name: str) -> None:
    one = OURS[name]
    assert set(one.get("secrets", [])) <= set(COMPOSE["secrets"])
    assert set(one["networks"]) <= set(COMPOSE["networks"])
    for variable in ("SERVICE_KEY_FILE", "SERVICE_JWKS_FILE"):
        if variable in one["environment"]:
            assert one["environment"][variable].removeprefix("/run/secrets/") in one["secrets"]


def test_the_image_runs_unprivileged_and_installs_nothing_last() -> None:
    assert re.search(r"^USER [1-9]\d*:[1-9]\d*$", final_stage(), re.MULTILINE)
    assert "RUN" not in final_stage()
    assert 'ENTRYPOINT ["python", "-m", "services"]' in final_stage()
    assert "--require-hashes --only-binary :all:" in DOCKERFILE
    assert not re.search(r"\b(gcc|build-essential|apt-get)\b", DOCKERFILE)


def test_the_image_copies_what_exists_and_is_let_through() -> None:
    copied = re.findall(r"^COPY (?!--from)(\S+)", DOCKERFILE, re.MULTILINE)
    let_through = (ROOT / ".dockerignore").read_text().splitlines()
    assert copied
    for path in copied:
        assert (ROOT / path).exists()
        assert f"!{path}" in let_through


def test_the_front_s_braces_match_and_it_names_services_that_exist() -> None:
    bare = re.sub(r"#.*", "", NGINX)
    assert bare.count("{") == bare.count("}")
    statements = [part.strip() for part in re.split(r"[;{}]", bare) if part.strip()]
    upstreams = re.findall(r"server ([a-z-]+):(\d+) resolve$", "\n".join(statements), re.MULTILINE)
    assert upstreams == [("gateway-web", COMPOSE["x-environment"]["PORT"])]


def test_the_front_is_the_address_the_gateway_believes() -> None:
    address = COMPOSE["services"]["nginx"]["networks"]["edge"]["ipv4_address"]
    assert address in COMPOSE["x-gateway"]["TRUSTED_PROXIES"]
    assert f'TRUSTED_PROXIES=["{address}"]' in (DEPLOY / "env.example").read_text()


def test_what_stays_inside_does_not_pass_the_front() -> None:
    for path in ("location /internal/", "location = /metrics"):
        block = NGINX[NGINX.index(path) :]
        assert block[: block.index("}")].strip().endswith("return 404;")
