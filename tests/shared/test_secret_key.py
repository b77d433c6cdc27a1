"""What is derived from the deployment's secret, and what is sealed with it."""

from pathlib import Path
from typing import Any

import pytest

from shared.secret_key import SealBroken, Sealer, derived_key
from shared.settings import Settings

VALUE = "whsec_Ключ"


def settings(key_file: Path | None = None, **given: Any) -> Settings:
    fixed: dict[str, Any] = {
        "service": "ratings",
        "database_url": "postgresql://role:password@host/db",
        "redis_url": "redis://unused",
        "secret_key_file": key_file,
    }
    return Settings(**{**fixed, **given})


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "secret.key"
    path.write_text("k" * 32 + "\n")
    return path


def test_each_purpose_has_a_key_of_its_own(key_file: Path) -> None:
    keyed, bare = settings(key_file), settings()
    assert derived_key(keyed, "cursors") == derived_key(keyed, "cursors")
    assert derived_key(keyed, "cursors") != derived_key(keyed, "at-rest")
    assert derived_key(keyed, "cursors") != derived_key(bare, "cursors")
    assert derived_key(bare, "cursors") == derived_key(settings(service="training"), "cursors")


def test_a_short_key_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "short.key"
    path.write_text("k" * 31)
    with pytest.raises(ValueError, match="fewer than 32"):
        derived_key(settings(path), "cursors")


def test_a_sealed_value_opens_in_its_place_only(key_file: Path, tmp_path: Path) -> None:
    sealer = Sealer(settings(key_file))
    sealed = sealer.seal(VALUE, "webhook:1")
    assert VALUE not in sealed
    assert sealed != sealer.seal(VALUE, "webhook:1")
    assert Sealer(settings(key_file)).open(sealed, "webhook:1") == VALUE
    other = tmp_path / "other.key"
    other.write_text("o" * 32)
    altered = sealed[:-8] + ("AAAA" if sealed[-8:-4] != "AAAA" else "BBBB") + sealed[-4:]
    for reader, stored, place in (
        (sealer, sealed, "webhook:2"),
        (Sealer(settings(other)), sealed, "webhook:1"),
        (Sealer(settings()), sealed, "webhook:1"),
        (sealer, altered, "webhook:1"),
    ):
        with pytest.raises(SealBroken):
            reader.open(stored, place)


def test_plain_values_of_before_the_key_still_open(key_file: Path) -> None:
    assert Sealer(settings()).seal(VALUE, "webhook:1") == VALUE
    assert Sealer(settings(key_file)).open(VALUE, "webhook:1") == VALUE
