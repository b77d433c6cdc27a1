"""The tables of the schema `gateway`.

Documents are stored as the bytes that are sent. `seq` of a document or a change is taken under an
advisory lock, so that a reader who has seen n has seen everything smaller.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, DateTime, Index, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from shared.db import schema_metadata
from shared.plumbing_tables import add_plumbing_tables

METADATA = schema_metadata("gateway")
add_plumbing_tables(METADATA)
NOW = text("clock_timestamp()")
# Numbers that are given in the order of visibility, not by a sequence.
GIVEN = {"autoincrement": False}


def instant(*, nullable: bool = False, index: bool = False) -> Any:
    """Return an aware instant; where it must be there, the server's clock is the default."""
    return Field(
        default=None,
        sa_type=DateTime(timezone=True),
        nullable=nullable,
        index=index,
        sa_column_kwargs={} if nullable else {"server_default": NOW},
    )


class Table(SQLModel, registry=registry(metadata=METADATA)):
    """Parent of the gateway's tables: a registry of their own."""

    metadata = METADATA


class Document(Table, table=True):
    """A materialised public answer. `body` null: no longer published."""

    __tablename__ = "document"
    path: str = Field(primary_key=True, sa_type=Text)
    service: str = Field(sa_type=Text)
    version: str = Field(sa_type=Text)
    media: str = Field(sa_type=Text)
    revision: int | None = Field(sa_type=BigInteger)
    source_time: datetime = instant()
    body: bytes | None = Field(sa_type=LargeBinary)
    gzip: bytes | None = Field(sa_type=LargeBinary)
    seq: int = Field(sa_type=BigInteger, unique=True)


class PendingDocument(Table, table=True):
    """A path whose answer changed at its service and has not been pulled yet."""

    __tablename__ = "pending_document"
    path: str = Field(primary_key=True, sa_type=Text)
    service: str = Field(sa_type=Text, index=True)
    noted_at: datetime = instant()


class PendingChange(Table, table=True):
    """A fact reported by a service, announced once the documents it touches are served."""

    __tablename__ = "pending_change"
    id: UUID = Field(primary_key=True)
    service: str = Field(sa_type=Text)
    type: str = Field(sa_type=Text)
    subject: str = Field(sa_type=Text)
    position: int = Field(sa_type=BigInteger)
    body: dict[str, Any] = Field(sa_type=JSONB)
    occurred_at: datetime = instant()
    request_id: str | None = Field(sa_type=Text)


class Change(Table, table=True):
    """An announced fact: the feed, server-sent events and webhooks read it in order of `seq`."""

    __tablename__ = "change"
    seq: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs=GIVEN)
    id: UUID = Field(unique=True)
    source: str = Field(sa_type=Text)
    type: str = Field(sa_type=Text)
    subject: str = Field(sa_type=Text)
    revision: int | None = Field(sa_type=BigInteger)
    body: dict[str, Any] = Field(sa_type=JSONB)
    occurred_at: datetime = instant()
    announced_at: datetime = instant()
    request_id: str | None = Field(sa_type=Text, index=True)


class Part(Table, table=True):
    """What a service last said of itself: passport parts, findings, territories, OpenAPI."""

    __tablename__ = "part"
    name: str = Field(primary_key=True, sa_type=Text)
    service: str = Field(sa_type=Text)
    digest: str = Field(sa_type=Text)
    content: bytes = Field(sa_type=LargeBinary)
    seq: int = Field(sa_type=BigInteger, unique=True)
    fetched_at: datetime = instant()


class StaleService(Table, table=True):
    """A service without successful contact for 15 minutes; `since` is its last contact."""

    __tablename__ = "stale_service"
    service: str = Field(primary_key=True, sa_type=Text)
    since: datetime = instant()


class Client(Table, table=True):
    """A machine client: what proves it, what it may do."""

    __tablename__ = "client"
    id: str = Field(primary_key=True, sa_type=Text)
    title: str = Field(sa_type=Text)
    secrets: list[dict[str, Any]] = Field(sa_type=JSONB)
    jwks: dict[str, Any] | None = Field(sa_column=Column(JSONB(none_as_null=True)))
    scopes: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    territories: list[str] = Field(
        sa_column=Column(ARRAY(Text), nullable=False, server_default=text("'{}'"))
    )
    enabled: bool = Field(default=True, sa_column_kwargs={"server_default": text("true")})
    tokens_revoked_at: datetime | None = instant(nullable=True)
    version: int = Field(sa_type=BigInteger)
    created_at: datetime = instant()
    updated_at: datetime = instant()
    cost_units_per_minute: int | None = Field(sa_type=BigInteger)


class SigningKey(Table, table=True):
    """A key that signs access tokens; it stays in the JWKS until its last token has expired."""

    __tablename__ = "signing_key"
    kid: str = Field(primary_key=True, sa_type=Text)
    private: dict[str, Any] | None = Field(sa_column=Column(JSONB(none_as_null=True)))
    public: dict[str, Any] = Field(sa_type=JSONB)
    created_at: datetime = instant()
    retired_at: datetime | None = instant(nullable=True)


class UsedAssertion(Table, table=True):
    """The id of a client assertion that was used: none is believed twice."""

    __tablename__ = "used_assertion"
    client: str = Field(primary_key=True, sa_type=Text)
    jti: str = Field(primary_key=True, sa_type=Text)
    expires_at: datetime = instant()


class AuditEntry(Table, table=True):
    """One act. `hash` covers the entry and the hash before it; rows are only ever added."""

    __tablename__ = "audit"
    seq: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs=GIVEN)
    at: datetime = instant()
    client: str = Field(sa_type=Text)
    actor: str | None = Field(sa_type=Text)
    action: str = Field(sa_type=Text)
    target: str = Field(sa_type=Text)
    detail: dict[str, Any] = Field(sa_type=JSONB)
    request_id: str | None = Field(sa_type=Text)
    previous: str = Field(sa_type=Text)
    hash: str = Field(sa_type=Text)


class PersonKey(Table, table=True):
    """The key under which a person's pseudonym is made; erasure destroys it."""

    __tablename__ = "person_key"
    lookup: str = Field(primary_key=True, sa_type=Text)
    key: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = instant()


class Erasure(Table, table=True):
    """A demand to erase a person; the sealed reference goes once every service has reported."""

    __tablename__ = "erasure"
    id: UUID = Field(primary_key=True)
    reference: str | None = Field(sa_type=Text)
    reports: dict[str, Any] = Field(sa_type=JSONB)
    requested_at: datetime = instant()
    completed_at: datetime | None = instant(nullable=True)


class SeenRequest(Table, table=True):
    """A forwarded or written request, found again by its id."""

    __tablename__ = "seen_request"
    __table_args__ = (Index("ix_seen_request_client", "client", "at", "id"),)
    id: UUID = Field(primary_key=True)
    request_id: str = Field(sa_type=Text, index=True)
    at: datetime = instant(index=True)
    client: str | None = Field(sa_type=Text)
    actor: str | None = Field(sa_type=Text)
    scopes: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    method: str = Field(sa_type=Text)
    path: str = Field(sa_type=Text)
    status: int
    milliseconds: float
    service: str | None = Field(sa_type=Text)
    job: str | None = Field(sa_type=Text)
    cost: int = Field(default=1, sa_type=BigInteger, sa_column_kwargs={"server_default": "1"})
    route: str | None = Field(sa_type=Text)


class Webhook(Table, table=True):
    """A subscription: where to deliver which types, signed with every live secret."""

    __tablename__ = "webhook"
    id: UUID = Field(primary_key=True)
    client: str = Field(sa_type=Text, index=True)
    url: str = Field(sa_type=Text)
    types: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    secrets: list[dict[str, Any]] = Field(sa_type=JSONB)
    state: str = Field(sa_type=Text)
    reason: str | None = Field(sa_type=Text)
    version: int = Field(sa_type=BigInteger)
    created_at: datetime = instant()
    updated_at: datetime = instant()
    failures: int = Field(sa_type=BigInteger, sa_column_kwargs={"server_default": text("0")})
    paused_until: datetime | None = instant(nullable=True)


class Delivery(Table, table=True):
    """One message to one subscription, until it is delivered or given up."""

    __tablename__ = "delivery"
    __table_args__ = (
        Index("ix_delivery_due", "next_at", postgresql_where=text("state = 'waiting'")),
    )
    id: UUID = Field(primary_key=True)
    webhook: UUID = Field(index=True)
    message: str = Field(sa_type=Text)
    type: str = Field(sa_type=Text)
    body: bytes = Field(sa_type=LargeBinary)
    state: str = Field(sa_type=Text)
    attempts: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    next_at: datetime = instant()
    first_at: datetime | None = instant(nullable=True)
    delivered_at: datetime | None = instant(nullable=True)
    created_at: datetime = instant()


class DeliveryAttempt(Table, table=True):
    """One attempt as its log shows it."""

    __tablename__ = "delivery_attempt"
    delivery: UUID = Field(primary_key=True)
    number: int = Field(primary_key=True)
    at: datetime = instant()
    status: int | None = Field(nullable=True)
    error: str | None = Field(sa_type=Text)
    milliseconds: float
