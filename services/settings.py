"""What processes of every service know of the others: where they answer."""

from pydantic import Field

from services.catalogue import NAMES, SCOPES
from services.region import RegionSettings
from shared.settings import Settings

# What an outside issuer grants only where the settings name it.
RESERVED_SCOPES = ("admin", "internal:read", "training:act_as")


class SystemSettings(RegionSettings, Settings):
    """The shared settings, the region, and an address for every service of the catalogue."""

    ratings_url: str = Field("http://127.0.0.1:8001", description="Where `ratings` answers.")
    olympiads_url: str = Field("http://127.0.0.1:8002", description="Where `olympiads` answers.")
    training_url: str = Field("http://127.0.0.1:8003", description="Where `training` answers.")

    external_scopes: list[str] = Field(
        default_factory=lambda: [scope for scope in SCOPES if scope not in RESERVED_SCOPES],
        description="Scopes the outside issuer may grant, and no others.",
    )

    @property
    def services(self) -> tuple[str, ...]:
        """Names of the services whose addresses are known."""
        return NAMES
