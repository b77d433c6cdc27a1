"""What processes of every service know of the others: where they answer."""

from pydantic import Field

from services.catalogue import NAMES
from shared.settings import Settings


class SystemSettings(Settings):
    """The shared settings with an address for every service of the catalogue."""

    ratings_url: str = Field("http://127.0.0.1:8001", description="Where `ratings` answers.")
    olympiads_url: str = Field("http://127.0.0.1:8002", description="Where `olympiads` answers.")
    training_url: str = Field("http://127.0.0.1:8003", description="Where `training` answers.")

    @property
    def services(self) -> tuple[str, ...]:
        """Names of the services whose addresses are known."""
        return NAMES
