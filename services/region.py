"""The region a system belongs to, from its data pack; the environment overrides each value.

A pack is a folder with `region.json` and `<service>/data/manifest.csv`: what makes the same code
the system of another region. This package is the first pack.
"""

import os
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator
from pydantic_settings import (
    BaseSettings,
    JsonConfigSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

OWN_PACK = Path(__file__).parent
COLOUR = r"^#[0-9a-f]{6}$"


def pack_path() -> Path:
    """Return the folder of the region's data: `REGION_PACK`, or the one shipped."""
    return Path(os.environ.get("REGION_PACK") or OWN_PACK)


class RegionSettings(BaseSettings):
    """Whose system this is: code, name, time zone, and how its page looks."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True)

    region_pack: Path = Field(OWN_PACK, description="Folder of the region's data; its region.json.")
    region: str = Field(
        pattern=r"^[0-9]{8}$", description="OKTMO of the region whose programme this is."
    )
    region_title: str = Field(min_length=1, description="Name of the region, as people read it.")
    region_whole: str = Field(
        "по региону в целом", description="How figures of the whole region are marked in a part."
    )
    time_zone: str = Field(description="Time zone of the region, a name of the IANA database.")
    site_title: str = Field("Качество образования", description="Title of the page for people.")
    accent: str = Field("#2f6cad", pattern=COLOUR, description="Colour of bars, by day.")
    accent_dark: str = Field("#6fa5e0", pattern=COLOUR, description="Colour of bars, in the dark.")

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, OSError, ValueError) as error:
            raise ValueError(f"{value!r} is no time zone of the IANA database") from error
        return value

    @property
    def zone(self) -> ZoneInfo:
        """Return the time zone in which the region's days begin."""
        return ZoneInfo(self.time_zone)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 -- no .env file is read.
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 -- secrets have own files.
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Put the environment before the pack's file."""
        pack = JsonConfigSettingsSource(settings_cls, json_file=pack_path() / "region.json")
        return init_settings, env_settings, pack


@cache
def home_region() -> RegionSettings:
    """Return the region of this process, read once."""
    return RegionSettings()
