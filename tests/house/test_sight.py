"""Dashboards and alerts name metrics that exist, and every alert has its runbook entry."""

import json
import re
from importlib import import_module
from typing import Any

import pytest
import yaml
from prometheus_client import REGISTRY, CollectorRegistry

from services.catalogue import NAMES
from services.gateway.http.cache_middleware import Counters
from services.gateway.http.rate_limits import RateLimiter, redis_storage
from services.gateway.measurements import DocumentCounts
from shared.web.middleware import Measurements
from tests.house.sources import ROOT

PROMETHEUS = ROOT / "deploy" / "prometheus"
RULES: dict[str, Any] = yaml.safe_load((PROMETHEUS / "rules.yml").read_text())
ALL_RULES = [rule for group in RULES["groups"] for rule in group["rules"]]
ALERTS = [rule for rule in ALL_RULES if "alert" in rule]
DASHBOARDS = sorted((ROOT / "deploy" / "grafana").glob("*.json"))
RUNBOOK = (ROOT / "docs" / "runbook.md").read_text()
COMPOSE = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())
NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
WORDS = {
    *("and", "or", "by", "le", "sum", "max", "rate", "increase", "time", "histogram_quantile"),
    *("job", "status", "outcome", "state", "kind", "end", "source", "rule"),
}
SCRAPED = {"up"}


def exposed_metrics() -> set[str]:
    """Return the names of samples that processes expose, declared when their modules load."""
    for name in NAMES:
        import_module(f"services.{name}.app")
    own = Measurements().registry
    own.register(DocumentCounts(Counters()))
    limits = CollectorRegistry()
    for limited in ("requests", "tokens"):
        RateLimiter(limited, 1, redis_storage("redis://127.0.0.1:6379"), limits)
    suffixes = {
        "counter": ("_total",),
        "histogram": ("_bucket", "_count", "_sum"),
        "gauge": ("",),
    }
    return {
        family.name + suffix
        for registry in (REGISTRY, own, limits)
        for family in registry.collect()
        for suffix in suffixes.get(family.type, ("",))
    }


def names_in(expression: str) -> set[str]:
    """Return the metrics an expression asks for: not its labels, functions, windows, texts."""
    bare = re.sub(r'"[^"]*"', "", expression)
    bare = re.sub(r"\{[^}]*\}|\[[^\]]*\]", "", bare)
    return {name for name in NAME.findall(re.sub(r"\b\d[\w.]*", "", bare)) if name not in WORDS}


def known_names() -> set[str]:
    records = {rule["record"] for rule in ALL_RULES if "record" in rule}
    return exposed_metrics() | records | SCRAPED


def test_rules_ask_for_metrics_that_exist() -> None:
    known = known_names()
    for rule in ALL_RULES:
        names = names_in(rule["expr"])
        assert names, rule
        assert names <= known, (rule, names - known)


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.stem)
def test_dashboards_ask_for_metrics_that_exist(path: Any) -> None:
    known = known_names()
    panels = json.loads(path.read_text())["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels) > 5
    for panel in panels:
        for target in panel["targets"]:
            names = names_in(target["expr"])
            assert names, panel["title"]
            assert names <= known, (panel["title"], names - known)


def test_a_name_that_nobody_exposes_is_found() -> None:
    assert names_in('sum by (job) (rate(nobody_knows_total{a="b"}[5m])) > 3 * 0.5') == {
        "nobody_knows_total"
    }


def test_every_alert_has_its_runbook_entry_and_the_other_way_round() -> None:
    alerts = [rule["alert"] for rule in ALERTS]
    assert sorted(re.findall(r"^### (\w+)$", RUNBOOK, re.MULTILINE)) == sorted(alerts)
    for rule in ALERTS:
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert rule["annotations"]["summary"]


def test_every_role_is_scraped() -> None:
    config = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text())
    port = COMPOSE["x-environment"]["PORT"]
    targets = {
        (job["job_name"], one["labels"]["role"]): one["targets"]
        for job in config["scrape_configs"]
        for one in job["static_configs"]
    }
    assert targets == {
        (name, role): [f"{name}-{role}:{port}"] for name in NAMES for role in ("web", "worker")
    }
    assert all(f"{name}-{role}" in COMPOSE["services"] for name, role in targets)
    assert (PROMETHEUS / config["rule_files"][0]).exists()
