"""What a release is made of: locked packages, vendored browser files, and faults found in them."""

import csv
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
VENDORED = ROOT / "services" / "gateway" / "data" / "vendored_assets.csv"
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)(?:\s*;\s*([^\\]+?))?\s*\\?$")
_HASH = re.compile(r"^\s+--hash=sha256:([0-9a-f]{64})")
# GPL, LGPL and AGPL by any of their names; a choice («A OR GPL») is judged by hand.
_COPYLEFT = re.compile(r"\b[AL]?GPL|GNU (affero|lesser|library|general)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class LockedPackage:
    """A pinned package; `marker` is the environment it is for, None for all."""

    name: str
    version: str
    marker: str | None
    hashes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VendoredAsset:
    """A file of somebody else's JavaScript or style that the repository holds."""

    file: str
    name: str
    version: str
    licence: str
    sha256: str


def read_lock(text: str) -> list[LockedPackage]:
    """Return the packages of a lock file in its order; one that has no hash is a `ValueError`."""
    found: list[LockedPackage] = []
    for line in text.splitlines():
        pin, digest = _PIN.match(line), _HASH.match(line)
        if pin:
            found.append(LockedPackage(pin[1], pin[2], pin[3], ()))
        elif digest:
            last = found[-1]
            found[-1] = replace(last, hashes=(*last.hashes, digest[1]))
    bare = [one.name for one in found if not one.hashes]
    if bare or not found:
        raise ValueError(f"packages without a hash: {bare}")
    return found


def read_vendored(file: Path = VENDORED) -> list[VendoredAsset]:
    """Return the vendored files that the register names."""
    with file.open(encoding="utf-8", newline="") as lines:
        return [VendoredAsset(**row) for row in csv.DictReader(lines)]


def licence_of(name: str) -> str | None:
    """Return the licence that an installed package states; None where it is not installed."""
    try:
        stated = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return None
    classifiers = [
        line.rpartition(" :: ")[2]
        for line in stated.get_all("Classifier") or []
        if line.startswith("License ::")
    ]
    (plain,) = (stated.get_all("License") or [""])[:1]
    (expression,) = (stated.get_all("License-Expression") or [""])[:1]
    return expression or "; ".join(classifiers) or plain.strip().partition("\n")[0] or "unknown"


def licence_faults(licences: Mapping[str, str | None]) -> Iterator[str]:
    """Yield packages whose licence is copyleft or is not stated; those not installed are passed."""
    for name, licence in licences.items():
        if licence is None:
            continue
        if licence == "unknown":
            yield f"{name}: no licence is stated"
        elif _COPYLEFT.search(licence):
            yield f"{name}: {licence}"


def vendored_faults(assets: Iterable[VendoredAsset], root: Path = ROOT) -> Iterator[str]:
    """Yield vendored files that are absent or are not the ones of the register."""
    for asset in assets:
        file = root / asset.file
        if not file.is_file():
            yield f"{asset.file}: absent"
        elif hashlib.sha256(file.read_bytes()).hexdigest() != asset.sha256:
            yield f"{asset.file}: is not {asset.name} {asset.version} of the register"


def advisory_faults(report: str, packages: Iterable[LockedPackage]) -> Iterator[str]:
    """Yield what a JSON report of pip-audit says against packages, or does not say of them.

    A package that was skipped or is not in the report was not checked, and that is a fault; one
    that is locked for other environments only may be absent.
    """
    dependencies: list[dict[str, Any]] = json.loads(report)["dependencies"]
    told = {_canonical(one["name"]): one for one in dependencies}
    for package in packages:
        one = told.get(_canonical(package.name))
        if one is None and package.marker is not None:
            continue
        if one is None or "skip_reason" in one:
            yield f"{package.name} {package.version}: not checked"
            continue
        for found in one["vulns"]:
            yield f"{package.name} {one['version']}: {found['id']}"


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
