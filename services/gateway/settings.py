"""The environment of the gateway."""

from pathlib import Path

from pydantic import Field

from services.settings import SystemSettings


class Settings(SystemSettings):
    """What the gateway needs to know besides what every service does."""

    service: str = Field("gateway", description="Name of the service.")
    port: int = Field(8000, ge=0, le=65535, description="Port of the HTTP side.")
    document_memory_bytes: int = Field(
        192 << 20, ge=1 << 20, description="Budget of the documents held in memory."
    )
    documents_per_minute: int = Field(
        6_000_000, ge=1, description="Reads of documents a minute, one address, one process."
    )
    forwards_per_minute: int = Field(
        6_000, ge=1, description="Forwarded reads and writes a minute, one client or address."
    )
    cost_units_per_minute: int = Field(
        60_000, ge=1, description="Cost units a minute of a client, about a core's milliseconds."
    )
    anonymous_cost_units_per_minute: int = Field(
        6_000, ge=1, description="Cost units a minute of an address without a token."
    )
    streams_per_caller: int = Field(
        100, ge=1, description="Event streams of one client or address at once, one process."
    )
    tokens_per_minute: int = Field(
        120, ge=1, description="Requests for a token a minute, one client or address."
    )
    token_seconds: int = Field(600, ge=30, le=900, description="Life of an access token.")
    forward_seconds: float = Field(
        30.0, gt=0, description="How long a service may keep silent about a forwarded request."
    )
    import_max_bytes: int = Field(200 << 20, ge=1, description="Largest body of an import.")
    stale_seconds: int = Field(
        900, ge=1, description="Without contact for so long, a service's parts are stale."
    )
    publisher: str = Field(
        "Система оценки качества образования", description="Publisher named in citations."
    )
    public_url: str | None = Field(None, description="Where people reach this gateway.")
    trusted_proxies: list[str] = Field(
        default_factory=list, description="Addresses whose X-Forwarded-For is believed."
    )
    inner_networks: list[str] = Field(
        [
            "127.0.0.0/8",
            "::1/128",
            "10.0.0.0/8",
            "172.16.0.0/12",
            "192.168.0.0/16",
            "fc00::/7",
        ],
        description="Networks from which /metrics and /internal are reached without a proxy.",
    )
    cors_origins: list[str] = Field(
        default_factory=list, description="Origins whose pages may call the API; `*` is any."
    )
    hsts: bool = Field(
        default=False, description="Send Strict-Transport-Security (behind TLS only)."
    )
    audit_anchor_file: Path | None = Field(
        None,
        description="File, outside the database, that gets the audit's last hash, keyed.",
    )
    webhook_loopback: bool = Field(
        default=False,
        description="Let webhooks be delivered to receivers on this machine, by plain HTTP too.",
    )
    webhook_private_networks: bool = Field(
        default=False,
        description="Let webhooks be delivered to private addresses and by plain HTTP.",
    )
