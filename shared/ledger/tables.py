"""The ledger's tables in a service's schema: claims, corrections, facts, assumptions, findings.

Claims, facts and assumptions are written by imports and keep their history (`shared.imports`);
corrections and the history of findings are only added to.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

NOW = text("clock_timestamp()")
APPEND_ONLY = ("claim_correction", "finding_history")
"""Tables of which the service's role may change nothing: migrations take the right away."""


def add_ledger_tables(metadata: MetaData) -> None:
    """Declare the ledger's tables in a service's metadata."""
    _add_claim(metadata)
    _add_facts(metadata)
    _add_check(metadata)
    _add_finding(metadata)


def _recorded() -> list[Column[object]]:
    """Return the columns every imported row has: when it was known, and by which import."""
    return [
        Column("known_from", DateTime(timezone=True), nullable=False),
        Column("known_to", DateTime(timezone=True), primary_key=True),
        Column("import_id", UUID(as_uuid=True), nullable=False),
        Column("import_row", Integer, nullable=False),
    ]


def _add_claim(metadata: MetaData) -> None:
    claim = Table(
        "claim",
        metadata,
        Column("id", Text, primary_key=True),
        Column("scope", Text, nullable=False),
        Column("territory", Text),
        Column("concept", Text, nullable=False),
        Column("key", JSONB, nullable=False),
        Column("raw", Text),
        Column("document", Text, nullable=False),
        Column("locator_line", Integer),
        Column("locator_cell", Integer),
        Column("locator_table", Text),
        *_recorded(),
    )
    Index("ix_claim_document", claim.c.document, claim.c.id)
    Table(
        "claim_correction",
        metadata,
        Column("id", UUID(as_uuid=True), primary_key=True),
        Column("claim_id", Text, nullable=False, index=True),
        Column("replaced_raw", Text),
        Column("raw", Text),
        Column("basis", Text, nullable=False),
        Column("subject", Text, nullable=False),
        Column("actor", Text),
        Column("made_at", DateTime(timezone=True), nullable=False, server_default=NOW),
    )


def _add_facts(metadata: MetaData) -> None:
    Table(
        "document_fact",
        metadata,
        Column("id", Text, primary_key=True),
        Column("document", Text),
        Column("fact", Text, nullable=False),
        Column("code", Text),
        Column("concept", Text),
        Column("key", JSONB),
        Column("members", Text),
        Column("value", Text),
        Column("source", Text),
        *_recorded(),
    )
    Table(
        "assumption",
        metadata,
        Column("id", Text, primary_key=True),
        Column("document", Text, nullable=False),
        Column("code", Text, nullable=False),
        Column("subject", JSONB),
        Column("default", Text, nullable=False),
        Column("text", Text, nullable=False),
        Column("locator_line", Integer),
        Column("locator_cell", Integer),
        Column("locator_table", Text),
        *_recorded(),
    )
    Table(
        "document_context",
        metadata,
        Column("document", Text, primary_key=True),
        Column("members", JSONB, nullable=False),
        Column("import_id", UUID(as_uuid=True), nullable=False),
    )


def _add_check(metadata: MetaData) -> None:
    Table(
        "document_check",
        metadata,
        Column("document", Text, primary_key=True),
        Column("checked_at", DateTime(timezone=True), nullable=False, server_default=NOW),
        Column("revision", BigInteger, nullable=False),
        Column("rules_failed", ARRAY(Text), nullable=False),
        Column("rules", JSONB, nullable=False),
        Column("unchecked", JSONB, nullable=False),
    )


def _add_finding(metadata: MetaData) -> None:
    finding = Table(
        "finding",
        metadata,
        Column("id", Text, primary_key=True),
        Column("origin", Text, nullable=False, index=True),
        Column("document", Text),
        Column("rule", Text, nullable=False),
        Column("severity", Text, nullable=False),
        Column("rank", Integer, nullable=False),
        Column("territories", ARRAY(Text), nullable=False),
        Column("claims", ARRAY(Text), nullable=False),
        Column("content", JSONB, nullable=False),
        Column("digest", Text, nullable=False),
        Column("status", Text, nullable=False),
        Column("comment", Text),
        Column("detected_at", DateTime(timezone=True), nullable=False, server_default=NOW),
        Column("revision", BigInteger, nullable=False),
    )
    Index("ix_finding_order", finding.c.rank, finding.c.rule, finding.c.id)
    Table(
        "finding_history",
        metadata,
        Column("number", BigInteger, Identity(always=True), primary_key=True),
        Column("finding_id", Text, nullable=False, index=True),
        Column("severity", Text, nullable=False),
        Column("status", Text, nullable=False),
        Column("comment", Text),
        Column("subject", Text),
        Column("actor", Text),
        Column("revision", BigInteger, nullable=False),
        Column("at", DateTime(timezone=True), nullable=False, server_default=NOW),
    )
