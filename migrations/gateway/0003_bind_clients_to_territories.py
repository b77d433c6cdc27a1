"""Bind clients to territories; those of before keep all of them, which the audit says.

Answers stored under idempotency keys held secrets in clear; they are removed.
"""

import json
from datetime import datetime

import sqlalchemy as sa
from alembic import op

from services.gateway.domain.audit_chain import GENESIS, Entry, entry_hash

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "client",
        sa.Column("territories", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        schema="gateway",
    )
    connection = op.get_bind()
    bound = connection.execute(
        sa.text("UPDATE gateway.client SET territories = '{*}' RETURNING id")
    ).scalars()
    clients = sorted(bound)
    if clients:
        record(connection, clients)
    op.execute(
        "DELETE FROM gateway.idempotency WHERE route IN"
        " ('POST /v1/admin/clients', 'POST /v1/webhooks')"
    )


def record(connection: sa.Connection, clients: list[str]) -> None:
    """Append to the audit that these clients may work with all territories."""
    last = connection.execute(
        sa.text("SELECT seq, hash FROM gateway.audit ORDER BY seq DESC LIMIT 1")
    ).one_or_none()
    at: datetime = connection.execute(sa.text("SELECT clock_timestamp()")).scalar_one()
    entry = Entry(
        seq=1 if last is None else last.seq + 1,
        at=at,
        client="migration",
        actor=None,
        action="clients_bound_to_territories",
        target="gateway.client",
        detail={"clients": clients, "territories": ["*"]},
        request_id=None,
        previous=GENESIS if last is None else last.hash,
        hash="",
    )
    row = {name: getattr(entry, name) for name in Entry.__slots__}
    row |= {"hash": entry_hash(entry), "detail": json.dumps(entry.detail)}
    names = ", ".join(row)
    values = ", ".join(f":{name}" if name != "detail" else "CAST(:detail AS jsonb)" for name in row)
    connection.execute(
        sa.text(f"INSERT INTO gateway.audit ({names}) VALUES ({values})"),  # noqa: S608 -- names of our columns.
        row,
    )


def downgrade() -> None:
    op.drop_column("client", "territories", schema="gateway")
