"""The tables the imports of a service need: the runs, the bodies that wait, the rejected rows."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    event,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

NOW = text("clock_timestamp()")
INSTANT = DateTime(timezone=True)


def add_import_tables(metadata: MetaData) -> None:
    """Declare `import_run`, `import_body` and `import_rejected` in a service's metadata."""
    Table(
        "import_run",
        metadata,
        Column("id", UUID(as_uuid=True), primary_key=True),
        Column("kind", Text, nullable=False),
        Column("mode", Text, nullable=False),
        Column("slice", JSONB, nullable=False),
        Column("dry_run", Boolean, nullable=False),
        Column("atomic", Boolean, nullable=False),
        Column("format", Text, nullable=False),
        Column("charset", Text),
        Column("sheet", Text),
        Column("subject", Text, nullable=False),
        Column("actor", Text),
        Column("territories", ARRAY(Text), nullable=False, server_default="{*}"),
        Column("territory", Text),
        Column("status", Text, nullable=False),
        Column("sha256", Text),
        Column("size", BigInteger, nullable=False, server_default="0"),
        Column("revision", BigInteger, unique=True),
        Column("known_at", INSTANT),
        Column("report", JSONB),
        Column("problem", JSONB),
        Column("job_id", UUID(as_uuid=True)),
        Column("reverts", UUID(as_uuid=True), unique=True),
        Column("created_at", INSTANT, nullable=False, server_default=NOW),
        Column("finished_at", INSTANT),
    )
    body = _add_part(metadata, "import_body")
    # Compressing what is read once and deleted costs more than it saves.
    plain = f"ALTER TABLE {body.fullname} ALTER COLUMN content SET STORAGE EXTERNAL"
    event.listen(
        body, "after_create", lambda _, connection, **__: connection.exec_driver_sql(plain)
    )
    _add_part(metadata, "import_rejected")


def _add_part(metadata: MetaData, name: str) -> Table:
    run = f"{metadata.schema}.import_run.id" if metadata.schema else "import_run.id"
    return Table(
        name,
        metadata,
        Column(
            "import_id",
            UUID(as_uuid=True),
            ForeignKey(run, ondelete="CASCADE"),
            primary_key=True,
        ),
        Column("part", Integer, primary_key=True),
        Column("content", LargeBinary, nullable=False),
    )
