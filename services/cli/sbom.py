"""Write the bill of materials (CycloneDX 1.6) of a release, or check what it is made of."""

import argparse
import json
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from services.cli.components import (
    LockedPackage,
    VendoredAsset,
    advisory_faults,
    licence_faults,
    licence_of,
    read_lock,
    read_vendored,
    vendored_faults,
)
from services.cli.output import say

Json = dict[str, Any]


def run(given: argparse.Namespace) -> int:
    """Write the document, or print the faults and return 1 where there are any."""
    packages, assets = read_lock(Path(given.lock).read_text("utf-8")), read_vendored()
    if given.advisories is not None:
        report = Path(given.advisories).read_text("utf-8")
        return _tell([*advisory_faults(report, packages)], f"{len(packages)} packages")
    if given.check:
        licences = {one.name: licence_of(one.name) for one in packages}
        faults = [*licence_faults(licences), *vendored_faults(assets)]
        return _tell(faults, f"{len(packages)} packages, {len(assets)} vendored files")
    say(json.dumps(bill_of_materials(packages, assets), indent=2))
    return 0


def bill_of_materials(packages: list[LockedPackage], assets: list[VendoredAsset]) -> Json:
    """Return the document; the same components give the same bytes."""
    components = [*map(_package, packages), *map(_asset, assets)]
    content = json.dumps(components, sort_keys=True)
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, content)}",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "kachestvo"}},
        "components": components,
    }


def _package(package: LockedPackage) -> Json:
    purl = f"pkg:pypi/{package.name.lower()}@{package.version}"
    component: Json = {
        "type": "library",
        "bom-ref": purl,
        "name": package.name,
        "version": package.version,
        "purl": purl,
        "properties": [
            {"name": "kachestvo:artifact-sha256", "value": digest} for digest in package.hashes
        ],
    }
    licence = licence_of(package.name)
    if licence not in (None, "unknown"):
        component["licenses"] = [{"license": {"name": licence}}]
    return component


def _asset(asset: VendoredAsset) -> Json:
    purl = f"pkg:npm/{asset.name}@{asset.version}"
    return {
        "type": "library",
        "bom-ref": f"{purl}#{Path(asset.file).name}",
        "name": asset.name,
        "version": asset.version,
        "purl": purl,
        "hashes": [{"alg": "SHA-256", "content": asset.sha256}],
        "licenses": [{"license": {"id": asset.licence}}],
    }


def _tell(faults: list[str], checked: str) -> int:
    for fault in faults:
        say(fault)
    say(f"{checked}: {len(faults)} faults.")
    return 1 if faults else 0
