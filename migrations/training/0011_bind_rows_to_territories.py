"""Rows about people are seen and changed within the caller's territories only.

A row without a territory of its own has that of its teacher, route or member of the active.
"""

from migrations.row_security import bind_rows, create_predicate, drop_predicate, unbind_rows

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

SCHEMA = "training"
OWN = {
    "teacher": "municipality",
    "activist": "municipality",
    "school": "oktmo",
    "staffing_plan": "municipality",
    "route": "municipality",
}
# The inner tables have policies themselves, so a subquery finds the caller's rows only.
TEACHERS = "SELECT ref FROM training.teacher WHERE known_to = 'infinity'"
ACTIVE = "SELECT ref FROM training.activist WHERE known_to = 'infinity'"
ROUTES = "SELECT id FROM training.route"
PSEUDONYMS = f"SELECT pseudonym::text FROM training.person WHERE ref IN ({TEACHERS})"  # noqa: S608 -- constant names.
BY_UNIT = {
    "diagnostic_result": f"teacher IN ({TEACHERS})",
    "attendance": f"teacher IN ({TEACHERS})",
    "assignment": f"activist IN ({ACTIVE})",
    "study_group": f"leader IN ({ACTIVE}) OR leader IN ({TEACHERS})",
    "mentoring": f"teacher IN ({PSEUDONYMS})",
    "plan_override": f"teacher IN ({PSEUDONYMS})",
    "route_history": f"route IN ({ROUTES})",
    "evidence": f"route IN ({ROUTES})",
    "route_outcome": f"route IN ({ROUTES})",
    "route_archive": f"route IN ({ROUTES})",
}


def upgrade() -> None:
    create_predicate(SCHEMA)
    for table, column in OWN.items():
        bind_rows(SCHEMA, table, f"training.within_territories({column})")
    for table, condition in BY_UNIT.items():
        bind_rows(SCHEMA, table, condition)


def downgrade() -> None:
    for table in (*BY_UNIT, *OWN):
        unbind_rows(SCHEMA, table)
    drop_predicate(SCHEMA)
