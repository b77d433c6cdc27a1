"""What can be known of the manifests and units without a cluster or a service manager."""

import re
import shlex
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.__main__ import parser
from services.catalogue import NAMES
from services.cli.roles import SCHEMAS
from services.region import RegionSettings
from tests.house.sources import ROOT

KUBERNETES = ROOT / "deploy" / "kubernetes"
SYSTEMD = ROOT / "deploy" / "systemd"
BASE = KUBERNETES / "base"
KUSTOMIZATIONS = sorted(KUBERNETES.rglob("kustomization.yaml"))
MANIFESTS = [
    document
    for path in sorted(BASE.glob("*.yaml"))
    if path.name != "kustomization.yaml"
    for document in yaml.safe_load_all(path.read_text())
]
PROCESSES = {f"{name}-{role}" for name in NAMES for role in ("web", "worker")}
NEVER_SCALED = {"valkey"}


def of_kind(kind: str) -> dict[str, dict[str, Any]]:
    return {one["metadata"]["name"]: one for one in MANIFESTS if one["kind"] == kind}


DEPLOYMENTS = of_kind("Deployment")
PODS = {
    **{name: one["spec"]["template"] for name, one in DEPLOYMENTS.items()},
    **{name: one["spec"]["template"] for name, one in of_kind("Job").items()},
}


def container(name: str) -> dict[str, Any]:
    (one,) = PODS[name]["spec"]["containers"]
    found: dict[str, Any] = one
    return found


@pytest.mark.parametrize("path", KUSTOMIZATIONS, ids=lambda path: path.parent.name)
def test_every_resource_exists_and_none_is_forgotten(path: Path) -> None:
    resources = yaml.safe_load(path.read_text())["resources"]
    assert all((path.parent / one).exists() for one in resources)
    beside = {one.name for one in path.parent.glob("*.yaml")} - {"kustomization.yaml"}
    assert beside <= set(resources)


def test_every_process_has_its_deployment_budget_and_scaler() -> None:
    assert set(DEPLOYMENTS) == PROCESSES | NEVER_SCALED
    assert set(of_kind("PodDisruptionBudget")) == PROCESSES
    scalers = of_kind("HorizontalPodAutoscaler")
    assert {one["spec"]["scaleTargetRef"]["name"] for one in scalers.values()} == PROCESSES


@pytest.mark.parametrize("name", sorted(PROCESSES | {"migrate"}))
def test_every_command_is_one_we_accept(name: str) -> None:
    given = parser().parse_args(container(name)["args"])
    assert name in {given.command, f"{given.command}-{getattr(given, 'role', None)}"}


@pytest.mark.parametrize("name", sorted(PROCESSES))
def test_settings_are_known_and_none_that_is_needed_is_missing(name: str) -> None:
    model = import_module(f"services.{name.partition('-')[0]}.settings").Settings
    common = of_kind("ConfigMap")["kachestvo"]["data"]
    given = set(common) | {one["name"] for one in container(name)["env"]}
    known = {field.upper() for field in model.model_fields}
    everybodys = {
        field.upper()
        for schema in SCHEMAS
        for field in import_module(f"services.{schema}.settings").Settings.model_fields
    }
    needed = {
        f.upper()
        for f, field in model.model_fields.items()
        if field.is_required() and f not in RegionSettings.model_fields
    }
    assert given <= everybodys
    assert needed - {"SERVICE"} <= given
    assert {one["name"] for one in container(name)["env"]} <= known


@pytest.mark.parametrize("name", sorted(PODS))
def test_pods_are_fenced_in(name: str) -> None:
    spec, one = PODS[name]["spec"], container(name)
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["automountServiceAccountToken"] is False
    assert one["securityContext"]["readOnlyRootFilesystem"] is True
    assert one["securityContext"]["allowPrivilegeEscalation"] is False
    assert one["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert one["resources"]["limits"]["memory"]
    assert not one["image"].endswith(":latest")


@pytest.mark.parametrize("name", sorted(DEPLOYMENTS))
def test_whatever_stays_up_is_probed(name: str) -> None:
    one = container(name)
    assert {"readinessProbe", "livenessProbe"} <= set(one)
    if name in PROCESSES:
        assert one["livenessProbe"]["httpGet"]["path"] == "/healthz"
    template, chosen = DEPLOYMENTS[name]["spec"]["template"], DEPLOYMENTS[name]["spec"]["selector"]
    assert chosen["matchLabels"].items() <= template["metadata"]["labels"].items()


def test_services_and_addresses_meet() -> None:
    common = of_kind("ConfigMap")["kachestvo"]["data"]
    services = of_kind("Service")
    for name in NAMES:
        host, _, port = common[f"{name.upper()}_URL"].removeprefix("http://").partition(":")
        assert services[host]["spec"]["ports"][0]["port"] == int(port) == int(common["PORT"])


def test_no_secret_is_written_down() -> None:
    assert not of_kind("Secret")
    for name in PODS:
        for one in container(name).get("env", []):
            secret = re.search("PASSWORD|DATABASE_URL|REDIS_URL", one["name"])
            assert bool(secret) == ("secretKeyRef" in one.get("valueFrom", {})), one


def test_the_unit_starts_what_its_name_says() -> None:
    text = (SYSTEMD / "kachestvo@.service").read_text()
    (command,) = re.findall(r"^ExecStart=(.*)$", text, re.MULTILINE)
    script, instance = shlex.split(command.replace("%%", "%"))[2:]
    assert instance == "%i"
    assert '-m services "${0%-*}" --role "${0##*-}"' in script
    for name in PROCESSES:
        service, _, role = name.rpartition("-")
        assert parser().parse_args([service, "--role", role]).service == service


def test_units_name_units_and_commands_that_exist() -> None:
    assert (SYSTEMD / "kachestvo.target").exists()
    backup = (SYSTEMD / "kachestvo-backup.service").read_text()
    assert re.search(r"-m services backup ", backup)
    assert (SYSTEMD / "kachestvo-backup.timer").exists()
