"""The environment of `olympiads`."""

from pydantic import Field

from services.settings import SystemSettings


class Settings(SystemSettings):
    """What a process of `olympiads` needs to know."""

    service: str = "olympiads"
    suppression_k: int = Field(
        3, ge=3, le=100, description="Counted cells below this are hidden in public documents."
    )
    distribution_from: int = Field(
        10, ge=10, le=1000, description="People from whom on means and quartiles are public."
    )
