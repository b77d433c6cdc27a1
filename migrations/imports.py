"""The tables of imports, alike in the services that take them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql


def create_imports(schema: str) -> None:
    """Create the tables, in the order of their references."""
    for create in (_import_run, _import_body, _import_rejected):
        create(schema)


def drop_imports(schema: str) -> None:
    """Drop them again."""
    op.drop_table("import_rejected", schema=schema)
    op.drop_table("import_body", schema=schema)
    op.drop_table("import_run", schema=schema)


def _import_run(schema: str) -> None:
    op.create_table(
        "import_run",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("slice", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("dry_run", sa.Boolean(), nullable=False),
        sa.Column("atomic", sa.Boolean(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("charset", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("size", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=True),
        sa.Column("known_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("report", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("problem", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("job_id", sa.UUID(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_run")),
        sa.UniqueConstraint("revision", name=op.f("uq_import_run_revision")),
        schema=schema,
    )


def _import_body(schema: str) -> None:
    op.create_table(
        "import_body",
        sa.Column("import_id", sa.UUID(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"],
            [f"{schema}.import_run.id"],
            name=op.f("fk_import_body_import_id_import_run"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("import_id", "part", name=op.f("pk_import_body")),
        schema=schema,
    )
    # Compressing what is read once and deleted costs more than it saves.
    op.execute(f"ALTER TABLE {schema}.import_body ALTER COLUMN content SET STORAGE EXTERNAL")


def _import_rejected(schema: str) -> None:
    op.create_table(
        "import_rejected",
        sa.Column("import_id", sa.UUID(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"],
            [f"{schema}.import_run.id"],
            name=op.f("fk_import_rejected_import_id_import_run"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("import_id", "part", name=op.f("pk_import_rejected")),
        schema=schema,
    )
