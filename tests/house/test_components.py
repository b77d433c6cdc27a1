"""What a release is made of: no copyleft, vendored files as registered, a bill of all."""

import json
from pathlib import Path

import pytest

from services.cli.components import (
    VendoredAsset,
    advisory_faults,
    licence_faults,
    licence_of,
    read_lock,
    read_vendored,
    vendored_faults,
)
from services.cli.sbom import bill_of_materials
from tests.house.sources import ROOT

PACKAGES = read_lock((ROOT / "requirements.lock").read_text(encoding="utf-8"))
HASH = "a" * 64
PIN = f" \\\n    --hash=sha256:{HASH}\n"
LOCK = f"one==1.0{PIN}two.x==2 ; sys_platform == 'win32'{PIN}"


def test_no_package_at_run_time_is_copyleft() -> None:
    licences = {one.name: licence_of(one.name) for one in PACKAGES}
    assert sum(licence is not None for licence in licences.values()) > 50
    assert [*licence_faults(licences)] == []


@pytest.mark.parametrize(
    ("licence", "allowed"),
    [
        ("MIT", True),
        ("MPL-2.0", True),
        ("BSD-3-Clause AND Zlib", True),
        ("GPL-3.0-or-later", False),
        ("LGPLv3+", False),
        ("AGPL-3.0", False),
        ("GNU Lesser General Public License v2 (LGPLv2)", False),
        ("GNU General Public License", False),
        ("unknown", False),
    ],
)
def test_a_licence_is_judged_by_any_of_its_names(licence: str, *, allowed: bool) -> None:
    assert (not [*licence_faults({"x": licence})]) is allowed


def test_vendored_files_are_those_of_the_register() -> None:
    assets = read_vendored()
    assert [*vendored_faults(assets)] == []
    registered = {asset.file for asset in assets}
    minified = {
        str(file.relative_to(ROOT))
        for file in (ROOT / "services").rglob("*.js")
        if max(map(len, file.read_text(encoding="utf-8").splitlines()), default=0) > 1000
    }
    assert minified <= registered


def test_a_changed_or_absent_file_is_found(tmp_path: Path) -> None:
    asset = VendoredAsset("x.js", "x", "1", "MIT", HASH)
    assert [*vendored_faults([asset], tmp_path)] == ["x.js: absent"]
    (tmp_path / "x.js").write_text("changed")
    assert [*vendored_faults([asset], tmp_path)] == ["x.js: is not x 1 of the register"]


def test_what_was_not_checked_is_a_fault() -> None:
    packages = read_lock(LOCK)
    assert [(one.name, one.version, one.marker) for one in packages] == [
        ("one", "1.0", None),
        ("two.x", "2", "sys_platform == 'win32'"),
    ]
    clean = {"name": "One", "version": "1.0", "vulns": []}
    skipped = {"name": "one", "skip_reason": "not found"}
    hurt = {"name": "two-x", "version": "2", "vulns": [{"id": "PYSEC-1"}]}
    for dependencies, faults in (
        ([clean], []),
        ([], ["one 1.0: not checked"]),
        ([skipped], ["one 1.0: not checked"]),
        ([clean, hurt], ["two.x 2: PYSEC-1"]),
    ):
        report = json.dumps({"dependencies": dependencies})
        assert [*advisory_faults(report, packages)] == faults


def test_a_package_without_a_hash_is_refused() -> None:
    with pytest.raises(ValueError, match="without a hash"):
        read_lock("one==1.0\n")


def test_the_bill_names_every_component_once_and_always_alike() -> None:
    bill = bill_of_materials(PACKAGES, read_vendored())
    references = [one["bom-ref"] for one in bill["components"]]
    assert len(references) == len(set(references)) == len(PACKAGES) + len(read_vendored())
    assert bill == bill_of_materials(PACKAGES, read_vendored())
    assert {one["purl"].partition("/")[0] for one in bill["components"]} == {"pkg:pypi", "pkg:npm"}
