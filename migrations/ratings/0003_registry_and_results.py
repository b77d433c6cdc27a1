"""Create the registry, observations, methodologies and results."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "observation",
        sa.Column("programme_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("period", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("indicator_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("territory_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("scaled", sa.BigInteger(), nullable=False),
        sa.Column("digits", sa.SmallInteger(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("source_document", sa.Text(), nullable=True),
        sa.Column("source_locator", sa.Text(), nullable=True),
        sa.Column("known_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("known_to", sa.DateTime(timezone=True), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("import_row", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "programme_id",
            "period",
            "indicator_id",
            "territory_id",
            "known_to",
            name=op.f("pk_observation"),
        ),
        schema="ratings",
    )
    op.create_table(
        "programme",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("computed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme")),
        sa.UniqueConstraint("code", name=op.f("uq_programme_code")),
        schema="ratings",
    )
    op.create_table(
        "territory",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("parent", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("register_name", sa.Text(), nullable=True),
        sa.Column("okato", sa.Text(), nullable=True),
        sa.Column("iso_code", sa.Text(), nullable=True),
        sa.Column("code_confirmed", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["parent"], ["ratings.territory.code"], name=op.f("fk_territory_parent_territory")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_territory")),
        sa.UniqueConstraint("code", name=op.f("uq_territory_code")),
        schema="ratings",
    )
    op.create_index("ix_territory_parent", "territory", ["parent"], unique=False, schema="ratings")
    op.create_table(
        "indicator",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("digits", sa.SmallInteger(), nullable=False),
        sa.Column("domain_low", sa.Numeric(), nullable=True),
        sa.Column("domain_high", sa.Numeric(), nullable=True),
        sa.Column("topics", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("responsible", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["programme"], ["ratings.programme.code"], name=op.f("fk_indicator_programme_programme")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator")),
        sa.UniqueConstraint("programme", "code", name=op.f("uq_indicator_programme_code")),
        schema="ratings",
    )
    op.create_table(
        "methodology",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="draft", nullable=False),
        sa.Column("document", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('draft', 'published', 'archived')", name=op.f("ck_methodology_state")
        ),
        sa.ForeignKeyConstraint(
            ["programme"],
            ["ratings.programme.code"],
            name=op.f("fk_methodology_programme_programme"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_methodology")),
        sa.UniqueConstraint("programme", "version", name=op.f("uq_methodology_programme_version")),
        schema="ratings",
    )
    op.create_table(
        "programme_peers",
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("peers", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["programme"],
            ["ratings.programme.code"],
            name=op.f("fk_programme_peers_programme_programme"),
        ),
        sa.PrimaryKeyConstraint("programme", "period", name=op.f("pk_programme_peers")),
        schema="ratings",
    )
    op.create_table(
        "slice",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("known_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["programme"], ["ratings.programme.code"], name=op.f("fk_slice_programme_programme")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slice")),
        sa.UniqueConstraint("programme", "period", name=op.f("uq_slice_programme_period")),
        schema="ratings",
    )
    op.create_table(
        "territory_alias",
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("alias", sa.Text(), nullable=False),
        sa.Column("territory", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["territory"],
            ["ratings.territory.code"],
            name=op.f("fk_territory_alias_territory_territory"),
        ),
        sa.PrimaryKeyConstraint("folded", name=op.f("pk_territory_alias")),
        schema="ratings",
    )
    op.create_index(
        op.f("ix_territory_alias_territory"),
        "territory_alias",
        ["territory"],
        unique=False,
        schema="ratings",
    )
    op.create_table(
        "territory_successor",
        sa.Column("territory", sa.Text(), nullable=False),
        sa.Column("successor", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["successor"],
            ["ratings.territory.code"],
            name=op.f("fk_territory_successor_successor_territory"),
        ),
        sa.ForeignKeyConstraint(
            ["territory"],
            ["ratings.territory.code"],
            name=op.f("fk_territory_successor_territory_territory"),
        ),
        sa.PrimaryKeyConstraint("territory", "successor", name=op.f("pk_territory_successor")),
        schema="ratings",
    )
    op.create_table(
        "rating_revision",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("slice_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("input_hash", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("engine_version", sa.Text(), nullable=False),
        sa.Column("methodology_id", sa.Integer(), nullable=True),
        sa.Column("data_known_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by", sa.Text(), nullable=True),
        sa.Column("withdraws", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("layout", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint(
            "status IN ('preliminary', 'published', 'tombstone')",
            name=op.f("ck_rating_revision_status"),
        ),
        sa.ForeignKeyConstraint(
            ["methodology_id"],
            ["ratings.methodology.id"],
            name=op.f("fk_rating_revision_methodology_id_methodology"),
        ),
        sa.ForeignKeyConstraint(
            ["slice_id"], ["ratings.slice.id"], name=op.f("fk_rating_revision_slice_id_slice")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating_revision")),
        sa.UniqueConstraint("slice_id", "number", name=op.f("uq_rating_revision_slice_id_number")),
        schema="ratings",
    )
    op.create_table(
        "rating_declared",
        sa.Column("revision_id", sa.BigInteger(), nullable=False),
        sa.Column("territory_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("nodes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["revision_id"],
            ["ratings.rating_revision.id"],
            name=op.f("fk_rating_declared_revision_id_rating_revision"),
        ),
        sa.PrimaryKeyConstraint("revision_id", "territory_id", name=op.f("pk_rating_declared")),
        schema="ratings",
    )
    op.create_table(
        "rating_unit",
        sa.Column("revision_id", sa.BigInteger(), nullable=False),
        sa.Column("territory_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("score", sa.ARRAY(sa.Float()), nullable=False),
        sa.Column("place_from", sa.ARRAY(sa.Integer()), nullable=False),
        sa.Column("place_to", sa.ARRAY(sa.Integer()), nullable=False),
        sa.Column("group_from", sa.ARRAY(sa.Integer()), nullable=False),
        sa.Column("group_to", sa.ARRAY(sa.Integer()), nullable=False),
        sa.Column("coverage", sa.ARRAY(sa.Float()), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("level_low", sa.SmallInteger(), nullable=False),
        sa.Column("level_high", sa.SmallInteger(), nullable=False),
        sa.Column("level_up", sa.Float(), nullable=False),
        sa.Column("level_down", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["revision_id"],
            ["ratings.rating_revision.id"],
            name=op.f("fk_rating_unit_revision_id_rating_revision"),
        ),
        sa.PrimaryKeyConstraint("revision_id", "territory_id", name=op.f("pk_rating_unit")),
        schema="ratings",
        postgresql_with={"toast_tuple_target": "8160"},
    )


def downgrade() -> None:
    op.drop_table("rating_unit", schema="ratings")
    op.drop_table("rating_declared", schema="ratings")
    op.drop_table("rating_revision", schema="ratings")
    op.drop_table("territory_successor", schema="ratings")
    op.drop_index(
        op.f("ix_territory_alias_territory"), table_name="territory_alias", schema="ratings"
    )
    op.drop_table("territory_alias", schema="ratings")
    op.drop_table("slice", schema="ratings")
    op.drop_table("programme_peers", schema="ratings")
    op.drop_table("methodology", schema="ratings")
    op.drop_table("indicator", schema="ratings")
    op.drop_index("ix_territory_parent", table_name="territory", schema="ratings")
    op.drop_table("territory", schema="ratings")
    op.drop_table("programme", schema="ratings")
    op.drop_table("observation", schema="ratings")
