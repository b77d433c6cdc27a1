"""The tables of the schema `training`.

Registries hold what imports brought, one row a version: a replaced version gets its `known_to`,
the one held now has `known_to = 'infinity'`. Everything that was published or decided is only ever
added. They are declared by name and column because they are read by SQL and never as objects.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

from services.training.active_tables import add_active_tables
from services.training.measure_tables import add_measure_tables
from shared.db import schema_metadata
from shared.imports.tables import add_import_tables
from shared.ledger.tables import add_ledger_tables
from shared.persons.tables import add_person_tables
from shared.plumbing_tables import add_plumbing_tables

METADATA = schema_metadata("training")
add_plumbing_tables(METADATA)
add_person_tables(METADATA)
add_import_tables(METADATA)
add_ledger_tables(METADATA)

INSTANT = DateTime(timezone=True)
NOW = text("clock_timestamp()")
LISTED = text("'[]'::jsonb")


def _code(name: str) -> Column[object]:
    return Column(name, Text, nullable=False)


def _list(name: str) -> Column[object]:
    return Column(name, JSONB)


def _registry(name: str, key: tuple[str, ...], *columns: Column[object]) -> Table:
    """Declare a registry that imports fill; its primary key is the natural key and `known_to`."""
    return Table(
        name,
        METADATA,
        *columns,
        Column("known_from", INSTANT, nullable=False),
        Column("known_to", INSTANT, nullable=False),
        Column("import_id", UUID(as_uuid=True), nullable=False),
        Column("import_row", Integer, nullable=False),
        PrimaryKeyConstraint(*key, "known_to"),
    )


_registry(
    "headcount",
    ("year", "subject"),
    _code("year"),
    _code("subject"),
    _code("title"),
    Column("headcount", Integer, nullable=False),
    _list("assumptions"),
)
_registry(
    "event",
    ("code",),
    _code("code"),
    _code("year"),
    _code("title"),
    _code("kind"),
    Column("programme", Text),
    Column("measure", Text),
    Column("subject", Text),
    _list("tiers"),
    Column("from", Text),
    Column("to", Text),
    _list("venues"),
    Column("zone", Text),
    Column("seats", Integer),
    Column("window", Text),
    _code("state"),
    _list("doubts"),
)
_registry(
    "quota",
    ("code",),
    _code("code"),
    _code("title"),
    Column("parent", Text),
    Column("headcount", Integer, nullable=False),
)
_registry(
    "class_entry",
    ("version", "code"),
    _code("version"),
    _code("code"),
    _code("title"),
    _list("maps_to"),
)
add_measure_tables(_registry, _code, _list)
_registry(
    "teacher",
    ("ref",),
    _code("ref"),
    _code("municipality"),
    Column("school", Text),
    _list("subjects"),
    _code("tier"),
    Column("experience", Integer),
    Column("young_specialist", Boolean),
    Column("shnor_school", Boolean),
    Column("attestation_due", Date),
    Column("required", Boolean),
    Column("superior", Text),
    Column("waiting_since", Date),
    _list("busy"),
)
_registry(
    "competency",
    ("code",),
    _code("code"),
    _code("title"),
    Column("parent", Text),
    _code("kind"),
    Column("subject", Text),
    _list("topics"),
)
_registry(
    "diagnostic",
    ("code",),
    _code("code"),
    _code("title"),
    _code("competency"),
    Column("level_set", JSONB, nullable=False),
    _code("required"),
    Column("error", Text),
)
_registry(
    "diagnostic_result",
    ("teacher", "diagnostic", "taken_on"),
    _code("teacher"),
    _code("diagnostic"),
    Column("taken_on", Date, nullable=False),
    _code("score"),
)
_registry(
    "programme",
    ("code",),
    _code("code"),
    _code("title"),
    Column("hours", Integer),
    Column("form", Text),
    _list("competencies"),
    _list("subjects"),
    _list("tiers"),
    _list("requires"),
)
_registry(
    "activist",
    ("ref",),
    _code("ref"),
    _code("part"),
    _code("municipality"),
    _code("role"),
    _list("capabilities"),
    _list("functions"),
    _list("directions"),
    Column("norm", Integer, nullable=False),
    Column("remote", Boolean),
    Column("consent", Boolean),
)
add_active_tables(_registry, _code, _list)
_registry(
    "attendance",
    ("event", "teacher"),
    _code("event"),
    _code("teacher"),
    _code("state"),
    Column("completed_on", Date),
    Column("certificate", Text),
)
_registry(
    "travel",
    ("origin", "destination"),
    _code("origin"),
    _code("destination"),
    Column("cost", Integer, nullable=False),
)
_registry(
    "fixed_date",
    ("code",),
    _code("code"),
    _code("title"),
    _code("kind"),
    Column("subject", Text),
    _code("from"),
    _code("to"),
    Column("source", Text),
    Column("confirmed", Boolean),
)

Table(
    "person",
    METADATA,
    Column("ref", Text, primary_key=True),
    Column("pseudonym", UUID(as_uuid=True), nullable=False, unique=True),
)
Table(
    "document",
    METADATA,
    Column("path", Text, primary_key=True),
    Column("revision", BigInteger, primary_key=True),
    Column("body", LargeBinary, nullable=False),
    Column("etag", Text, nullable=False),
    Column("source_time", INSTANT, nullable=False),
    Column("published_at", INSTANT, nullable=False, server_default=NOW),
)
Table(
    "plan",
    METADATA,
    Column("id", UUID(as_uuid=True), primary_key=True),
    _code("year"),
    Column("half", Integer, nullable=False),
    Column("round", Integer, nullable=False, server_default="1"),
    _code("state"),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("outdated_by", JSONB),
    _code("proposed_by"),
    Column("lottery_seed", BigInteger),
    Column("created_at", INSTANT, nullable=False, server_default=NOW),
)
Table(
    "plan_revision",
    METADATA,
    Column("plan", UUID(as_uuid=True), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("basis", JSONB, nullable=False),
    Column("result", JSONB, nullable=False),
    _code("author"),
    Column("created_at", INSTANT, nullable=False, server_default=NOW),
)
Table(
    "plan_override",
    METADATA,
    Column("id", UUID(as_uuid=True), primary_key=True),
    Column("plan", UUID(as_uuid=True), nullable=False, index=True),
    _code("teacher"),
    Column("session", Text),
    _code("act"),
    _code("author"),
    _code("reason"),
    Column("created_at", INSTANT, nullable=False, server_default=NOW),
)
Table(
    "signal",
    METADATA,
    _code("source"),
    _code("slice"),
    _code("topic"),
    _code("territory"),
    Column("revision", BigInteger, nullable=False),
    Column("weight", Integer, nullable=False),
    Column("received_at", INSTANT, nullable=False, server_default=NOW),
    PrimaryKeyConstraint("source", "slice", "topic", "territory"),
)
Table(
    "heard_revision",
    METADATA,
    _code("source"),
    _code("slice"),
    Column("revision", BigInteger, nullable=False),
    PrimaryKeyConstraint("source", "slice"),
)
MENTORING = Table(
    "mentoring",
    METADATA,
    Column("id", UUID(as_uuid=True), primary_key=True),
    _code("teacher"),
    _code("mentor"),
    _code("state"),
    Column("reason", Text),
    _code("author"),
    Column("created_at", INSTANT, nullable=False, server_default=NOW),
)
Index("ix_mentoring_teacher", MENTORING.c.teacher, MENTORING.c.created_at)

Table(
    "route",
    METADATA,
    Column("id", UUID(as_uuid=True), primary_key=True),
    _code("owner"),
    Column("tutor", Text),
    _code("municipality"),
    _code("state"),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("task", JSONB, nullable=False),
    Column("steps", JSONB, nullable=False),
    Column("uncovered", JSONB, nullable=False, server_default=LISTED),
    Column("proposal", JSONB),
    Column("dismissed", JSONB),
    Column("follows", UUID(as_uuid=True)),
    Column("created_at", INSTANT, nullable=False, server_default=NOW),
    Column("changed_at", INSTANT, nullable=False, server_default=NOW),
    Index("ix_route_owner", "owner"),
)
Table(
    "route_history",
    METADATA,
    Column("route", UUID(as_uuid=True), primary_key=True),
    Column("version", Integer, primary_key=True),
    _code("verb"),
    _code("state"),
    _code("actor"),
    Column("note", Text),
    Column("at", INSTANT, nullable=False, server_default=NOW),
)
Table(
    "evidence",
    METADATA,
    Column("id", UUID(as_uuid=True), primary_key=True),
    Column("route", UUID(as_uuid=True), nullable=False, index=True),
    _code("step"),
    _code("kind"),
    Column("rating", Integer),
    _code("text"),
    _code("author"),
    Column("created_at", INSTANT, nullable=False, server_default=NOW),
)
Table(
    "route_outcome",
    METADATA,
    Column("route", UUID(as_uuid=True), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("competency", Text, primary_key=True),
    _code("before_diagnostic"),
    _code("before_score"),
    _code("before_level"),
    Column("before_on", Date, nullable=False),
    _code("required"),
    _code("after_diagnostic"),
    _code("after_score"),
    _code("after_level"),
    Column("after_on", Date, nullable=False),
    Column("closed", Boolean, nullable=False),
    Column("error", Text),
    Column("expected", Text),
    Column("chance", Float),
    Column("measured_at", INSTANT, nullable=False, server_default=NOW),
)
Table(
    "route_archive",
    METADATA,
    Column("route", UUID(as_uuid=True), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("body", JSONB, nullable=False),
    Column("created_at", INSTANT, nullable=False, server_default=NOW),
)
