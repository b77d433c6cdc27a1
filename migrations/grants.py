"""What a revision may take from or give to its service's role, beyond the default.

By default the role may select, insert, update and delete in every table of its schema, and
define nothing (see `services.cli.roles`).
"""

from alembic import op

from services.cli.roles import role_of


def append_only(schema: str, *tables: str) -> None:
    """Let the service add to these tables and read them, never change or remove a row."""
    for table in tables:
        op.execute(f"REVOKE UPDATE, DELETE ON {schema}.{table} FROM {role_of(schema)}")


def kept(schema: str, *tables: str) -> None:
    """Let the service add to these tables, read and mark them, never remove a row."""
    for table in tables:
        op.execute(f"REVOKE DELETE ON {schema}.{table} FROM {role_of(schema)}")


def changeable(schema: str, *tables: str) -> None:
    """Give back what a service may do by default."""
    for table in tables:
        op.execute(f"GRANT UPDATE, DELETE ON {schema}.{table} TO {role_of(schema)}")
