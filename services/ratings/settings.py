"""The environment of `ratings`."""

from pydantic import Field

from shared.settings import Settings as SharedSettings


class Settings(SharedSettings):
    """What a process of `ratings` needs to know."""

    service: str = "ratings"
    max_body_bytes: int = Field(
        64 << 20, ge=1, description="Largest body: a preview of 40 000 units × 100 indicators fits."
    )
