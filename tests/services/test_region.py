import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from services.region import RegionSettings

SECOND = Path(__file__).parents[1] / "data" / "second_region"


@pytest.fixture
def second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGION_PACK", str(SECOND))


@pytest.mark.usefixtures("second")
def test_a_pack_makes_the_system_another_region_s() -> None:
    region = RegionSettings()
    assert (region.region, region.region_title) == ("02000000", "Заречная область")
    assert region.zone.key == "Europe/Samara"


@pytest.mark.usefixtures("second")
def test_the_environment_is_stronger_than_the_pack(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SITE_TITLE", "Портал")
    monkeypatch.setenv("REGION", "")
    region = RegionSettings()
    assert (region.site_title, region.region) == ("Портал", "02000000")


@pytest.mark.parametrize(
    ("name", "value"),
    [("time_zone", "Asia/Nowhere"), ("region", "8"), ("accent", "red"), ("region_title", "")],
)
def test_a_pack_with_a_wrong_value_is_refused_at_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    pack = json.loads((SECOND / "region.json").read_text())
    (tmp_path / "region.json").write_text(json.dumps({**pack, name: value}))
    monkeypatch.setenv("REGION_PACK", str(tmp_path))
    with pytest.raises(ValidationError):
        RegionSettings()


def test_without_a_pack_file_a_region_must_be_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGION_PACK", str(tmp_path))
    with pytest.raises(ValidationError):
        RegionSettings()
