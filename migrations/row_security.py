"""Policies of row-level security: what a service's role may see and change of rows.

The service sets `kachestvo.territories` at the beginning of a transaction (`shared.row_access`):
a regular expression of the codes within the caller's territories, `^` for all of them. A role sees
nothing where it is not set. The owner of the tables, who migrates, is not bound.
"""

from alembic import op

from services.cli.roles import role_of

CODES = "current_setting('kachestvo.territories', true)"
# Evaluated once a statement: an unbound caller costs nothing for each row.
UNBOUND = f"(SELECT {CODES}) = '^'"
POLICY = "territory"


def create_predicate(schema: str) -> None:
    """Create `within_territories(code)`: whether a row of this code is the caller's.

    The setting is an empty text after a transaction that had it, which must match nothing.
    """
    op.execute(f"""
        CREATE FUNCTION {schema}.within_territories(code text) RETURNS boolean
        LANGUAGE sql STABLE PARALLEL SAFE RETURN code ~ nullif({CODES}, '')
    """)


def drop_predicate(schema: str) -> None:
    """Drop the predicate; no policy may use it any more."""
    op.execute(f"DROP FUNCTION {schema}.within_territories(text)")


def bind_rows(schema: str, table: str, condition: str) -> None:
    """Let the service see, add, change and remove only rows that meet a condition."""
    op.execute(f"ALTER TABLE {schema}.{table} ENABLE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY {POLICY} ON {schema}.{table} TO {role_of(schema)}"
        f" USING ({UNBOUND} OR {condition})"
    )


def unbind_rows(schema: str, table: str) -> None:
    """Let the service see and change every row again."""
    op.execute(f"DROP POLICY {POLICY} ON {schema}.{table}")
    op.execute(f"ALTER TABLE {schema}.{table} DISABLE ROW LEVEL SECURITY")
