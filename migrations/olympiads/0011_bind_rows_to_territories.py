"""Rows about participants are seen and changed within the caller's territories only.

A participant belongs to every municipality that holds a result of theirs.
"""

from migrations.row_security import bind_rows, create_predicate, drop_predicate, unbind_rows

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

SCHEMA = "olympiads"
# Results have a policy themselves, so the subquery finds the caller's participants only.
PARTICIPANTS = "SELECT participant FROM olympiads.result WHERE known_to = 'infinity'"
BY_PARTICIPANT = ("participant", "diploma", "refusal")


def upgrade() -> None:
    create_predicate(SCHEMA)
    bind_rows(SCHEMA, "result", "olympiads.within_territories(municipality)")
    for table in BY_PARTICIPANT:
        bind_rows(SCHEMA, table, f"participant IN ({PARTICIPANTS})")


def downgrade() -> None:
    for table in (*BY_PARTICIPANT, "result"):
        unbind_rows(SCHEMA, table)
    drop_predicate(SCHEMA)
