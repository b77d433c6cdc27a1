"""The environment of a process, read once into one frozen object.

Every field is an environment variable of the same name in upper case; an empty one counts as
absent. A service adds its own fields in `services/<name>/settings.py`; `deploy/env.example`
explains them all.
"""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What every process of the system needs to know about its surroundings."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True)

    service: str = Field(description="Name of the service; also its schema and its queue.")
    host: str = Field("127.0.0.1", description="Address the HTTP side listens on.")
    port: int = Field(0, ge=0, le=65535, description="Port of the HTTP side; 0 takes a free one.")
    database_url: str = Field(
        description="PostgreSQL of this service's own role, as `postgresql://…`."
    )
    redis_url: str = Field(description="Redis-compatible server: `redis://…` or `unix://…`.")
    pool_size: int = Field(8, ge=1, le=100, description="Open connections to PostgreSQL at most.")
    gateway_url: str = Field("http://127.0.0.1:8000", description="Where the gateway answers.")
    service_key_file: Path | None = Field(
        None, description="Private JWK with which this service signs calls to other services."
    )
    service_jwks_file: Path | None = Field(
        None, description="Public JWKS of all services: whose internal calls are believed."
    )
    secret_key_file: Path | None = Field(
        None,
        description="At least 32 random bytes: cursors are signed and stored secrets sealed by it.",
    )
    audience: str = Field("kachestvo", description="`aud` that a client's token must carry.")
    issuer: str = Field("kachestvo", description="`iss` of the gateway's own tokens.")
    external_issuer: str | None = Field(None, description="`iss` of an outside OIDC provider.")
    external_jwks_url: str | None = Field(None, description="JWKS of the outside OIDC provider.")
    external_token_types: list[str] = Field(
        ["at+jwt", "JWT"], description="`typ` that access tokens of the outside issuer carry."
    )
    external_scope_map: dict[str, str] = Field(
        default_factory=dict, description="Scopes of the outside issuer to those of this system."
    )
    external_scopes: list[str] = Field(
        default_factory=list, description="Scopes the outside issuer may grant, and no others."
    )
    external_territories_claim: str = Field(
        "territories", description="Claim of the outside issuer that lists OKTMO codes."
    )
    external_territories: list[str] = Field(
        ["*"], description="Territories the outside issuer may grant at most; `*` is any."
    )
    log_level: str = Field("INFO", description="Least level that is logged.")
    max_body_bytes: int = Field(1 << 20, ge=1, description="Largest body of an ordinary request.")
    import_stored_bytes: int = Field(
        2 << 30, ge=1, description="Bytes of large imports that one client may have waiting."
    )
    poll_seconds: float = Field(2.0, gt=0, description="Net under the wake-ups: how often to look.")
    heartbeat_file: Path | None = Field(
        None, description="File that a worker touches after each look, for health checks."
    )
    otel_exporter_otlp_endpoint: str | None = Field(
        None, description="OpenTelemetry collector (OTLP over HTTP) that spans are sent to."
    )
    job_parallel: int = Field(4, ge=1, le=100, description="Jobs a worker runs at the same time.")

    @property
    def services(self) -> tuple[str, ...]:
        """Names of the services whose addresses are known; the system's settings add theirs."""
        return ("gateway",)

    def url_of(self, service: str) -> str:
        """Return the base URL of a service by its name."""
        url: str = getattr(self, f"{service}_url")
        return url
