"""The environment of the training service."""

from pydantic import Field

from services.settings import SystemSettings


class Settings(SystemSettings):
    """Everything every process knows, and what only this service needs."""

    service: str = Field("training", description="Name of the service; schema and queue.")
    port: int = Field(8003, ge=0, le=65535, description="Port of the HTTP side; 0: a free one.")
    public_url: str | None = Field(
        None, description="Where people reach the gateway; credentials name it, else GATEWAY_URL."
    )
    max_body_bytes: int = Field(
        64 << 20, ge=1, description="Largest body: a preview of 100 000 teachers fits."
    )
