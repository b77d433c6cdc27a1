"""The tables of the schema `ratings`.

Observations and results are wide tables read by COPY, so they refer to territories, indicators
and programmes by integers; everything people name is stored by its code. An observation is
`scaled · 10^-digits` with `digits` as printed. No value is overwritten: a replaced one gets its
`known_to`, and the one held now has `known_to = 'infinity'`. The state of knowledge at an instant
is what had `known_from <= instant < known_to`.
"""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Numeric,
    SmallInteger,
    Text,
    UniqueConstraint,
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

METADATA = schema_metadata("ratings")
add_plumbing_tables(METADATA)
add_person_tables(METADATA)
add_import_tables(METADATA)
add_ledger_tables(METADATA)


class Table(SQLModel, registry=registry(metadata=METADATA)):
    """The parent of this service's tables."""

    metadata = METADATA


class Territory(Table, table=True):
    """A country, a federal district, a region, a municipality or an organisation."""

    __table_args__ = (Index("ix_territory_parent", "parent"),)

    id: int = Field(sa_column=Column(Integer, Identity(), primary_key=True))
    code: str = Field(sa_type=Text, unique=True)
    kind: str = Field(sa_type=Text)
    parent: str | None = Field(
        sa_column=Column(
            Text, ForeignKey("ratings.territory.code", onupdate="CASCADE"), nullable=True
        )
    )
    title: str = Field(sa_type=Text)
    register_name: str | None = Field(sa_type=Text)
    okato: str | None = Field(sa_type=Text)
    iso_code: str | None = Field(sa_type=Text)
    code_confirmed: bool
    valid_from: date | None = Field(sa_type=Date)
    valid_to: date | None = Field(sa_type=Date)


class TerritoryAlias(Table, table=True):
    """A name by which documents call a territory, with its comparison form.

    A name that two territories share names neither of them.
    """

    __tablename__ = "territory_alias"

    folded: str = Field(sa_type=Text, primary_key=True)
    territory: str = Field(
        sa_column=Column(
            Text,
            ForeignKey("ratings.territory.code", onupdate="CASCADE"),
            primary_key=True,
            index=True,
        )
    )
    alias: str = Field(sa_type=Text)


class TerritorySuccessor(Table, table=True):
    """A reorganisation: `successor` took over from `territory`."""

    __tablename__ = "territory_successor"

    territory: str = Field(
        sa_column=Column(
            Text, ForeignKey("ratings.territory.code", onupdate="CASCADE"), primary_key=True
        )
    )
    successor: str = Field(
        sa_column=Column(
            Text, ForeignKey("ratings.territory.code", onupdate="CASCADE"), primary_key=True
        )
    )


class TerritoryRecord(Table, table=True):
    """What imports said of a territory, over intervals of knowledge; the register follows it.

    `names` holds pairs of comparison form and name, `replaces` the code it had before.
    """

    __tablename__ = "territory_record"

    code: str = Field(sa_type=Text, primary_key=True)
    kind: str = Field(sa_type=Text)
    parent: str | None = Field(sa_type=Text)
    title: str = Field(sa_type=Text)
    register_name: str | None = Field(sa_type=Text)
    okato: str | None = Field(sa_type=Text)
    iso_code: str | None = Field(sa_type=Text)
    code_confirmed: bool
    valid_from: date | None = Field(sa_type=Date)
    valid_to: date | None = Field(sa_type=Date)
    successors: list[str] = Field(sa_column=Column(JSONB, nullable=False))
    replaces: str | None = Field(sa_type=Text)
    names: list[list[str]] = Field(sa_column=Column(JSONB, nullable=False))
    known_from: datetime
    known_to: datetime = Field(primary_key=True)
    import_id: UUID
    import_row: int


class Programme(Table, table=True):
    """A monitoring programme; one that is not computed has declared figures only."""

    id: int = Field(sa_column=Column(Integer, Identity(), primary_key=True))
    code: str = Field(sa_type=Text, unique=True)
    title: str = Field(sa_type=Text)
    description: str = Field(sa_type=Text)
    computed: bool


class ProgrammePeers(Table, table=True):
    """How many peers a programme has in a period by the register."""

    __tablename__ = "programme_peers"

    programme: str = Field(
        sa_column=Column(Text, ForeignKey("ratings.programme.code"), primary_key=True)
    )
    period: str = Field(sa_type=Text, primary_key=True)
    peers: int


class Indicator(Table, table=True):
    """The passport of an indicator."""

    __table_args__ = (UniqueConstraint("programme", "code"),)

    id: int = Field(sa_column=Column(Integer, Identity(), primary_key=True))
    programme: str = Field(
        sa_column=Column(Text, ForeignKey("ratings.programme.code"), nullable=False)
    )
    code: str = Field(sa_type=Text)
    title: str = Field(sa_type=Text)
    definition: str = Field(sa_type=Text)
    unit: str = Field(sa_type=Text)
    digits: int = Field(sa_type=SmallInteger)
    domain_low: Decimal | None = Field(sa_type=Numeric)
    domain_high: Decimal | None = Field(sa_type=Numeric)
    topics: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    responsible: str | None = Field(sa_type=Text)
    source: str | None = Field(sa_type=Text)


class Methodology(Table, table=True):
    """A version of a methodology; a published one never changes."""

    __table_args__ = (
        UniqueConstraint("programme", "version"),
        CheckConstraint("state IN ('draft', 'published', 'archived')", name="state"),
    )

    id: int = Field(sa_column=Column(Integer, Identity(), primary_key=True))
    programme: str = Field(
        sa_column=Column(Text, ForeignKey("ratings.programme.code"), nullable=False)
    )
    version: str = Field(sa_type=Text)
    state: str = Field(sa_column=Column(Text, nullable=False, server_default="draft"))
    document: dict[str, object] = Field(sa_column=Column(JSONB, nullable=False))
    created_at: datetime = Field(sa_column_kwargs={"server_default": text("clock_timestamp()")})
    published_at: datetime | None = None
    archived_at: datetime | None = None


class Slice(Table, table=True):
    """A programme in a period: the scope of a recalculation; `known_at` is its last import."""

    __table_args__ = (UniqueConstraint("programme", "period"),)

    id: int = Field(sa_column=Column(Integer, Identity(), primary_key=True))
    programme: str = Field(
        sa_column=Column(Text, ForeignKey("ratings.programme.code"), nullable=False)
    )
    period: str = Field(sa_type=Text)
    known_at: datetime


class Observation(Table, table=True):
    """A value of an indicator of a territory, over an interval of knowledge.

    `period` is a year, or two of them in a row of eight digits. `status` 0 is a value, 1 a missing
    one, 2 one that is not applicable.
    """

    programme_id: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    period: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    indicator_id: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    territory_id: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    scaled: int = Field(sa_column=Column(BigInteger, nullable=False))
    digits: int = Field(sa_type=SmallInteger)
    status: int = Field(sa_type=SmallInteger)
    source_document: str | None = Field(sa_type=Text)
    source_locator: str | None = Field(sa_type=Text)
    known_from: datetime
    known_to: datetime = Field(primary_key=True)
    import_id: UUID
    import_row: int


class RatingRevision(Table, table=True):
    """A numbered, immutable result of a slice, or the tombstone of a withdrawn one."""

    __tablename__ = "rating_revision"
    __table_args__ = (
        UniqueConstraint("slice_id", "number"),
        Index(
            "ix_rating_revision_withdraws",
            "slice_id",
            "withdraws",
            postgresql_where=text("withdraws IS NOT NULL"),
        ),
        CheckConstraint("status IN ('preliminary', 'published', 'tombstone')", name="status"),
    )

    id: int = Field(sa_column=Column(BigInteger, Identity(), primary_key=True))
    slice_id: int = Field(sa_column=Column(Integer, ForeignKey("ratings.slice.id"), nullable=False))
    number: int
    status: str = Field(sa_type=Text)
    input_hash: str = Field(sa_type=Text)
    content_hash: str = Field(sa_type=Text)
    engine_version: str = Field(sa_type=Text)
    methodology_id: int | None = Field(
        sa_column=Column(Integer, ForeignKey("ratings.methodology.id"), nullable=True)
    )
    data_known_at: datetime
    source_time: datetime
    created_at: datetime = Field(sa_column_kwargs={"server_default": text("clock_timestamp()")})
    published_at: datetime | None = None
    published_by: str | None = Field(sa_type=Text)
    withdraws: int | None = None
    reason: str | None = Field(sa_type=Text)
    layout: dict[str, object] = Field(sa_column=Column(JSONB, nullable=False))


class RatingUnit(Table, table=True):
    """One unit of a result: arrays over the nodes of its revision's layout, of fixed width.

    NaN is no score, 0 no place and no group; `coverage` runs over the aggregate nodes only.
    `places` packs four rows over the nodes, one behind the other: place from, place to, group
    place from, group place to; big-endian unsigned integers of 1, 2 or 4 bytes, all of one width.
    Rows of before revision 0009 have it null, and the four arrays instead.
    `missing` has a bit for each indicator in the order of the tree, from the highest bit of the
    first byte, 1 where there is no value; `possible` packs the best and the worst place that the
    missing values could give, over the aggregate nodes, as `places` does. Rows of before revision
    0011 have both null.
    `level` counts the bands from the lowest (-1 is none, -2 a score outside the domain),
    `level_low` and `level_high` are the ends of what the printed precision allows, `level_up` and
    `level_down` the distances to the next boundaries (NaN is none). `revision_id` is no foreign
    key, which would look the revision up for every row: the units are added with their revision,
    and no role may remove one.
    """

    __tablename__ = "rating_unit"
    __table_args__ = ({"postgresql_with": {"toast_tuple_target": "8160"}},)

    revision_id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    territory_id: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    group_id: int
    score: list[float] = Field(sa_column=Column(ARRAY(Float), nullable=False))
    places: bytes | None = Field(sa_type=LargeBinary)
    place_from: list[int] | None = Field(sa_type=ARRAY(Integer))
    place_to: list[int] | None = Field(sa_type=ARRAY(Integer))
    group_from: list[int] | None = Field(sa_type=ARRAY(Integer))
    group_to: list[int] | None = Field(sa_type=ARRAY(Integer))
    coverage: list[float] = Field(sa_column=Column(ARRAY(Float), nullable=False))
    missing: bytes | None = Field(sa_type=LargeBinary)
    possible: bytes | None = Field(sa_type=LargeBinary)
    level: int = Field(sa_type=SmallInteger)
    level_low: int = Field(sa_type=SmallInteger)
    level_high: int = Field(sa_type=SmallInteger)
    level_up: float
    level_down: float


class Analysis(Table, table=True):
    """A stored answer to a question about a calculation, by the hashes of inputs and question."""

    input_hash: str = Field(sa_type=Text, primary_key=True)
    question: str = Field(sa_type=Text, primary_key=True)
    content: bytes = Field(sa_type=LargeBinary)
    made_at: datetime = Field(sa_column_kwargs={"server_default": text("clock_timestamp()")})


class RatingDeclared(Table, table=True):
    """What documents state about a unit, by node: `score`, `place`, `group_place`."""

    __tablename__ = "rating_declared"

    revision_id: int = Field(
        sa_column=Column(BigInteger, ForeignKey("ratings.rating_revision.id"), primary_key=True)
    )
    territory_id: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    nodes: dict[str, object] = Field(sa_column=Column(JSONB, nullable=False))


class ExposureRevision(Table, table=True):
    """Whom a measure reached, as training published it."""

    __tablename__ = "exposure_revision"

    measure: str = Field(sa_type=Text, primary_key=True)
    revision: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    document: dict[str, object] = Field(sa_column=Column(JSONB, nullable=False))
    received_at: datetime = Field(sa_column_kwargs={"server_default": text("clock_timestamp()")})


class EffectPlan(Table, table=True):
    """How the effect of a measure will be found; `frozen_at` makes it unchangeable."""

    __tablename__ = "effect_plan"

    measure: str = Field(sa_type=Text, primary_key=True)
    programme: str = Field(sa_type=Text)
    document: dict[str, object] = Field(sa_column=Column(JSONB, nullable=False))
    hash: str = Field(sa_type=Text)
    frozen_at: datetime | None = None
    frozen_by: str | None = Field(sa_type=Text)


class EffectRevision(Table, table=True):
    """A numbered, immutable effect of a measure; `units` are the rows of its units."""

    __tablename__ = "effect_revision"

    measure: str = Field(sa_type=Text, primary_key=True)
    revision: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    input_hash: str = Field(sa_type=Text)
    content: dict[str, object] = Field(sa_column=Column(JSONB, nullable=False))
    units: list[object] = Field(sa_column=Column(JSONB, nullable=False))
    source_time: datetime
    published_at: datetime = Field(sa_column_kwargs={"server_default": text("clock_timestamp()")})
