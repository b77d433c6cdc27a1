"""The environment of `ratings`."""

from pydantic import Field

from services.settings import SystemSettings


class Settings(SystemSettings):
    """What a process of `ratings` needs to know."""

    service: str = "ratings"
    max_body_bytes: int = Field(
        64 << 20, ge=1, description="Largest body: a preview of 40 000 units × 100 indicators fits."
    )
