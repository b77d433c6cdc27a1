"""What erasure needs in a schema: keys of pseudonyms, a narrow way into append-only tables.

The service's role may change nothing in append-only tables. `redact_person` runs as their owner and
can do one thing to them: put a mark for a reference into the columns that a revision names.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from alembic import op

from services.cli.roles import role_of

REDACT_PERSON = """
    CREATE FUNCTION {schema}.redact_person(named text, part text, pattern text, mark text)
    RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
    DECLARE changed bigint;
    BEGIN
        IF (named || '.' || part) <> ALL (ARRAY[{columns}]) THEN
            RAISE EXCEPTION 'not a column that erasure may redact';
        END IF;
        IF length(mark) > 20 OR length(pattern) < 60 THEN
            RAISE EXCEPTION 'not a pattern of one reference';
        END IF;
        EXECUTE format(
            'UPDATE {schema}.%I SET %I = regexp_replace(%I, $1, $2, ''g'') WHERE %I ~ $1',
            named, part, part, part
        ) USING pattern, mark;
        GET DIAGNOSTICS changed = ROW_COUNT;
        RETURN changed;
    END $$
"""
ACTED = "SELECT DISTINCT {column} FROM {table} WHERE {column} IS NOT NULL"
REPLACE = "UPDATE {table} SET {column} = :new WHERE {column} = :old"
MAKE_KEY = """
    INSERT INTO {schema}.person_key (lookup, key) VALUES (:lookup, :key) ON CONFLICT DO NOTHING
"""
FIND_KEY = "SELECT key FROM {schema}.person_key WHERE lookup = :lookup"
SIGNATURE = "redact_person(text, text, text, text)"


def add_person_keys(schema: str) -> None:
    """Create `person_key`."""
    op.create_table(
        "person_key",
        sa.Column("lookup", sa.Text(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("lookup", name=op.f("pk_person_key")),
        schema=schema,
    )


def add_redaction(schema: str, *columns: str) -> None:
    """Create `redact_person` for these `table.column`s, for the service's role alone."""
    listed = ", ".join(f"'{column}'" for column in columns)
    op.execute(REDACT_PERSON.format(schema=schema, columns=listed))
    allow_only(schema, SIGNATURE)


def allow_only(schema: str, signature: str) -> None:
    """Let only the service's role call a function of its schema."""
    op.execute(f"REVOKE ALL ON FUNCTION {schema}.{signature} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {schema}.{signature} TO {role_of(schema)}")


def replace_references(schema: str, columns: Mapping[str, Sequence[str]]) -> None:
    """Put pseudonyms in place of the references of persons who acted before this revision."""
    connection = op.get_bind()
    for table, names in columns.items():
        for name in names:
            where = {"table": f"{schema}.{table}", "column": f'"{name}"'}
            for (reference,) in connection.execute(sa.text(ACTED.format(**where))).all():
                row = {"new": _pseudonym(connection, schema, reference), "old": reference}
                connection.execute(sa.text(REPLACE.format(**where)), row)


def _pseudonym(connection: sa.Connection, schema: str, reference: str) -> str:
    """Return the pseudonym of a reference as `shared.persons.pseudonyms` makes it."""
    lookup = hashlib.sha256(b"kachestvo.person\x00" + reference.encode()).hexdigest()
    made = {"lookup": lookup, "key": secrets.token_bytes(32)}
    connection.execute(sa.text(MAKE_KEY.format(schema=schema)), made)
    key = connection.execute(sa.text(FIND_KEY.format(schema=schema)), {"lookup": lookup})
    digest = hmac.new(key.scalar_one(), reference.encode(), hashlib.sha256).hexdigest()
    return f"p-{digest[:32]}"
