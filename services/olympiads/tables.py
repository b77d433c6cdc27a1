"""The tables of the schema `olympiads`.

What comes by import (rows with `known_from`, `known_to`) is never changed in place: a replaced row
gets its `known_to`, the one held now has `known_to = 'infinity'`. Scores are exact decimals. A
document is an immutable revision of a public answer.
"""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Numeric,
    SmallInteger,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from shared.db import schema_metadata
from shared.imports.tables import add_import_tables
from shared.ledger.tables import add_ledger_tables
from shared.persons.tables import add_person_tables
from shared.plumbing_tables import add_plumbing_tables

METADATA = schema_metadata("olympiads")
add_plumbing_tables(METADATA)
add_person_tables(METADATA)
add_import_tables(METADATA)
add_ledger_tables(METADATA)

INSTANT = DateTime(timezone=True)


class Table(SQLModel, registry=registry(metadata=METADATA)):
    """The parent of this service's tables."""

    metadata = METADATA


class Season(Table, table=True):
    """An academic year of olympiads, «2022-2023»."""

    code: str = Field(sa_type=Text, primary_key=True)
    starts: date = Field(sa_type=Date)
    ends: date = Field(sa_type=Date)


class SeasonRules(Table, table=True):
    """The order in force for a season; the last row is in force, earlier ones are history."""

    __tablename__ = "season_rules"

    id: int = Field(sa_column=Column(BigInteger, Identity(), primary_key=True))
    season: str = Field(
        sa_column=Column(Text, ForeignKey("olympiads.season.code"), nullable=False, index=True)
    )
    order_title: str = Field(sa_type=Text)
    order_date: date = Field(sa_type=Date)
    edition: str | None = Field(sa_type=Text)
    source: str | None = Field(sa_type=Text)
    registered_at: datetime = Field(sa_type=INSTANT)


class Subject(Table, table=True):
    """A subject of the olympiad; `sort` is its place in Russian alphabetical order."""

    code: str = Field(sa_type=Text, primary_key=True)
    sort: int = Field(sa_type=SmallInteger)
    in_programme: bool


class SubjectTitle(Table, table=True):
    """The name of a subject while it held; no dates mean always."""

    __tablename__ = "subject_title"

    subject: str = Field(
        sa_column=Column(Text, ForeignKey("olympiads.subject.code"), primary_key=True)
    )
    title: str = Field(sa_type=Text, primary_key=True)
    short_title: str | None = Field(sa_type=Text)
    valid_from: date | None = Field(sa_type=Date)
    valid_to: date | None = Field(sa_type=Date)


class SharedMaximum(Table, table=True):
    """A registered fact: the grades of a subject did one work with one maximum at a stage."""

    __tablename__ = "shared_maximum"

    season: str = Field(
        sa_column=Column(Text, ForeignKey("olympiads.season.code"), primary_key=True)
    )
    stage: str = Field(sa_type=Text, primary_key=True)
    subject: str = Field(
        sa_column=Column(Text, ForeignKey("olympiads.subject.code"), primary_key=True)
    )
    basis: str = Field(sa_type=Text)


class Threshold(Table, table=True):
    """A passing score in its life: draft, approved, published, superseded."""

    __table_args__ = (
        CheckConstraint(
            "status IN ('draft', 'approved', 'published', 'superseded')", name="status"
        ),
        Index("ix_threshold_key", "season", "stage", "subject", "grade"),
        Index(
            "uq_threshold_published",
            "season",
            "stage",
            "subject",
            "grade",
            unique=True,
            postgresql_where=text("status = 'published'"),
        ),
    )

    id: UUID = Field(sa_type=Uuid, primary_key=True)
    season: str = Field(sa_column=Column(Text, ForeignKey("olympiads.season.code"), nullable=False))
    stage: str = Field(sa_type=Text)
    subject: str = Field(
        sa_column=Column(Text, ForeignKey("olympiads.subject.code"), nullable=False)
    )
    grade: int = Field(sa_type=SmallInteger)
    score: Decimal = Field(sa_type=Numeric)
    percent: Decimal | None = Field(sa_type=Numeric)
    tie_policy: str = Field(sa_type=Text)
    basis_document: str | None = Field(sa_type=Text)
    basis_date: date | None = Field(sa_type=Date)
    status: str = Field(sa_type=Text)
    version: int = Field(sa_column=Column(Integer, nullable=False, server_default="1"))
    supersedes: UUID | None = Field(
        sa_column=Column(Uuid, ForeignKey("olympiads.threshold.id"), nullable=True, index=True)
    )


class ThresholdStep(Table, table=True):
    """One step in the life of a threshold: who did it and when, with what basis."""

    __tablename__ = "threshold_step"

    id: int = Field(sa_column=Column(BigInteger, Identity(), primary_key=True))
    threshold_id: UUID = Field(
        sa_column=Column(Uuid, ForeignKey("olympiads.threshold.id"), nullable=False, index=True)
    )
    status: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=INSTANT)
    by: str = Field(sa_type=Text)
    basis: str | None = Field(sa_type=Text)


class PublicDocument(Table, table=True):
    """One revision of a public answer: final bytes, or a tombstone with its reason.

    `name` is thresholds, comparison, statistics or subject; `subject` is '' where none is meant.
    `content` is the digest of the body without its revision; `hidden` what suppression needs to
    know of earlier revisions, never public.
    """

    __tablename__ = "public_document"
    __table_args__ = (
        Index("ix_public_document_created", "name", "season", "subject", "created_at"),
    )

    name: str = Field(sa_type=Text, primary_key=True)
    season: str = Field(
        sa_column=Column(Text, ForeignKey("olympiads.season.code"), primary_key=True)
    )
    subject: str = Field(sa_type=Text, primary_key=True)
    revision: int = Field(sa_type=Integer, primary_key=True)
    path: str = Field(sa_type=Text)
    body: bytes = Field(sa_type=LargeBinary)
    etag: str = Field(sa_type=Text)
    content: str = Field(sa_type=Text)
    source_time: datetime = Field(sa_type=INSTANT)
    created_at: datetime = Field(sa_type=INSTANT)
    hidden: dict[str, object] | None = Field(sa_column=Column(JSONB, nullable=True))
    withdrawn_at: datetime | None = Field(sa_type=INSTANT)
    withdrawn_reason: str | None = Field(sa_type=Text)


class Quota(Table, table=True):
    """Places for a subject and one or several grades; several grades share one quota."""

    id: UUID = Field(sa_type=Uuid, primary_key=True)
    season: str = Field(
        sa_column=Column(Text, ForeignKey("olympiads.season.code"), nullable=False, index=True)
    )
    stage: str = Field(sa_type=Text)
    subject: str = Field(
        sa_column=Column(Text, ForeignKey("olympiads.subject.code"), nullable=False)
    )
    grades: list[int] = Field(sa_column=Column(JSONB, nullable=False))
    places: int
    floor_percent: Decimal | None = Field(sa_type=Numeric)
    outside: int | None
    outside_counts: bool
    basis: str = Field(sa_type=Text)
    version: int = Field(sa_column=Column(Integer, nullable=False, server_default="1"))


class ThresholdRow(Table, table=True):
    """A published threshold as it was imported."""

    __tablename__ = "threshold_row"

    season: str = Field(sa_type=Text, primary_key=True)
    stage: str = Field(sa_type=Text, primary_key=True)
    subject: str = Field(sa_type=Text, primary_key=True)
    grade: int = Field(sa_type=SmallInteger, primary_key=True)
    score: str = Field(sa_type=Text)
    percent: str | None = Field(sa_type=Text)
    tie_policy: str | None = Field(sa_type=Text)
    basis_document: str | None = Field(sa_type=Text)
    basis_date: date | None = Field(sa_type=Date)
    known_from: datetime = Field(sa_type=INSTANT)
    known_to: datetime = Field(sa_type=INSTANT, primary_key=True)
    import_id: UUID = Field(sa_column=Column(Uuid, nullable=False, index=True))
    import_row: int


class ThresholdDraftRow(Table, table=True):
    """A drafted threshold as it was imported."""

    __tablename__ = "threshold_draft_row"

    season: str = Field(sa_type=Text, primary_key=True)
    stage: str = Field(sa_type=Text, primary_key=True)
    subject: str = Field(sa_type=Text, primary_key=True)
    grade: int = Field(sa_type=SmallInteger, primary_key=True)
    score: str = Field(sa_type=Text)
    percent: str | None = Field(sa_type=Text)
    tie_policy: str | None = Field(sa_type=Text)
    basis_document: str | None = Field(sa_type=Text)
    basis_date: date | None = Field(sa_type=Date)
    known_from: datetime = Field(sa_type=INSTANT)
    known_to: datetime = Field(sa_type=INSTANT, primary_key=True)
    import_id: UUID = Field(sa_column=Column(Uuid, nullable=False, index=True))
    import_row: int


class DeclaredPerformers(Table, table=True):
    """How many performed at least 75 % as declared; `count` as printed, «-» is not applicable."""

    __tablename__ = "declared_performers"

    season: str = Field(sa_type=Text, primary_key=True)
    stage: str = Field(sa_type=Text, primary_key=True)
    subject: str = Field(sa_type=Text, primary_key=True)
    grade: int = Field(sa_type=SmallInteger, primary_key=True)
    count: str = Field(sa_type=Text)
    known_from: datetime = Field(sa_type=INSTANT)
    known_to: datetime = Field(sa_type=INSTANT, primary_key=True)
    import_id: UUID = Field(sa_type=Uuid)
    import_row: int


class Maximum(Table, table=True):
    """The given maximum of a stage, subject and task grade."""

    season: str = Field(sa_type=Text, primary_key=True)
    stage: str = Field(sa_type=Text, primary_key=True)
    subject: str = Field(sa_type=Text, primary_key=True)
    grade: int = Field(sa_type=SmallInteger, primary_key=True)
    maximum: str = Field(sa_type=Text)
    known_from: datetime = Field(sa_type=INSTANT)
    known_to: datetime = Field(sa_type=INSTANT, primary_key=True)
    import_id: UUID = Field(sa_type=Uuid)
    import_row: int


class Result(Table, table=True):
    """A participant's result at a stage; `score` is null only where the result is void."""

    __table_args__ = (Index("ix_result_known_from", "known_from", postgresql_using="brin"),)

    season: str = Field(sa_type=Text, primary_key=True)
    stage: str = Field(sa_type=Text, primary_key=True)
    subject: str = Field(sa_type=Text, primary_key=True)
    participant: str = Field(sa_type=Text, primary_key=True)
    study_grade: int = Field(sa_type=SmallInteger)
    task_grade: int = Field(sa_type=SmallInteger)
    municipality: str = Field(sa_type=Text)
    school: str = Field(sa_type=Text)
    score: Decimal | None = Field(sa_type=Numeric)
    status: str = Field(sa_type=Text)
    state: str = Field(sa_type=Text)
    consent: bool = Field(sa_type=Boolean)
    known_from: datetime = Field(sa_type=INSTANT)
    known_to: datetime = Field(sa_type=INSTANT, primary_key=True)
    import_id: UUID = Field(sa_type=Uuid)
    import_row: int


class CellTally(Table, table=True):
    """How many people stood at each score of a subject and task grade at the last counting.

    `known_at` is the instant of the newest import of results that was counted.
    """

    __tablename__ = "cell_tally"

    season: str = Field(sa_type=Text, primary_key=True)
    stage: str = Field(sa_type=Text, primary_key=True)
    subject: str = Field(sa_type=Text, primary_key=True)
    grade: int = Field(sa_type=SmallInteger, primary_key=True)
    tally: dict[str, int] = Field(sa_column=Column(JSONB, nullable=False))
    known_at: datetime | None = Field(sa_type=INSTANT)


class Diploma(Table, table=True):
    """A diploma of a stage of a season."""

    season: str = Field(sa_type=Text, primary_key=True)
    stage: str = Field(sa_type=Text, primary_key=True)
    subject: str = Field(sa_type=Text, primary_key=True)
    participant: str = Field(sa_type=Text, primary_key=True)
    study_grade: int | None = Field(sa_type=SmallInteger)
    degree: str = Field(sa_type=Text)
    known_from: datetime = Field(sa_type=INSTANT)
    known_to: datetime = Field(sa_type=INSTANT, primary_key=True)
    import_id: UUID = Field(sa_type=Uuid)
    import_row: int


class Participant(Table, table=True):
    """What the organiser records of a participant in a season, next to results."""

    season: str = Field(sa_type=Text, primary_key=True)
    participant: str = Field(sa_type=Text, primary_key=True)
    study_grade: int | None = Field(sa_type=SmallInteger)
    enrolled: bool | None = Field(sa_type=Boolean)
    consent: bool | None = Field(sa_type=Boolean)
    abroad: bool | None = Field(sa_type=Boolean)
    abroad_basis: str | None = Field(sa_type=Text)
    known_from: datetime = Field(sa_type=INSTANT)
    known_to: datetime = Field(sa_type=INSTANT, primary_key=True)
    import_id: UUID = Field(sa_type=Uuid)
    import_row: int


class Refusal(Table, table=True):
    """An invited participant who will not come: the seat is free again."""

    season: str = Field(sa_type=Text, primary_key=True)
    stage: str = Field(sa_type=Text, primary_key=True)
    subject: str = Field(sa_type=Text, primary_key=True)
    participant: str = Field(sa_type=Text, primary_key=True)
    known_from: datetime = Field(sa_type=INSTANT)
    known_to: datetime = Field(sa_type=INSTANT, primary_key=True)
    import_id: UUID = Field(sa_type=Uuid)
    import_row: int
