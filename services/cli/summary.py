"""The region's summary, read from the gateway as any client would read it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from services.region import home_region
from shared.http import ServiceClient

READ_CLIENT = (
    "import json, sys; c = json.load(open(sys.argv[1])); "
    'print(c["client_id"] + ":" + c["client_secret"])'
)


async def summary(gateway: ServiceClient, url: str, client_file: Path) -> list[str]:
    """Return the lines to print: levels and places, findings, addresses, how to get a token."""
    region = home_region().region
    passport = await gateway.get_json(f"/v1/territories/{region}/passport")
    return [
        f"{passport['territory']['title']} (OKTMO {passport['territory']['oktmo']})",
        *_ratings(passport["parts"]["ratings"]["data"] or {}),
        *_findings(passport["parts"]["findings"]["counts"]),
        "",
        f"  Dashboard      {url}/",
        f"  API explorer   {url}/docs",
        f"  Passport       {url}/v1/territories/{region}/passport",
        f"  Findings       {url}/v1/findings",
        "",
        f"  A token for writing, for the client of {client_file}:",
        "    curl -s -d grant_type=client_credentials \\",
        f"      -u \"$(python3 -c '{READ_CLIENT}' {client_file})\" {url}/oauth/token",
    ]


def _ratings(programmes: Mapping[str, Any]) -> list[str]:
    lines = []
    for programme, periods in programmes.items():
        for period, nodes in periods.items():
            for code, node in nodes.items():
                if isinstance(node, dict) and "level" in node:
                    lines.append(f"  {programme} {period} {code:<12} {_figures(node)}")
    return lines


def _figures(node: Mapping[str, Any]) -> str:
    declared = node.get("declared") or {}
    said = [
        f"score {node['score']}" if node.get("score") is not None else "",
        _level(node.get("level")),
        _named("place", (node.get("place") or {}).get("label")),
        _named("place in district", (node.get("group_place") or {}).get("label")),
        _named("declared place", (declared.get("place") or {}).get("label")),
        _named("declared place in district", (declared.get("group_place") or {}).get("label")),
    ]
    return ", ".join(part for part in said if part)


def _level(level: Mapping[str, Any] | None) -> str:
    if level is None:
        return ""
    doubt = f" (printed digits allow {' or '.join(level['possible'])})"
    return f"level {level['title']}{doubt if level['undecidable'] else ''}"


def _named(name: str, value: str | None) -> str:
    return "" if value is None else f"{name} {value}"


def _findings(counts: Mapping[str, int]) -> list[str]:
    told = ", ".join(f"{severity} {count}" for severity, count in counts.items())
    return [f"  findings: {told}"]
