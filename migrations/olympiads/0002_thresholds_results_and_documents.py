"""Make the register, thresholds, results, quotas and public documents."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.grants import append_only

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "declared_performers",
        sa.Column("season", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("grade", sa.SmallInteger(), nullable=False),
        sa.Column("count", sa.Text(), nullable=False),
        sa.Column("known_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("known_to", sa.DateTime(timezone=True), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("import_row", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "season", "stage", "subject", "grade", "known_to", name=op.f("pk_declared_performers")
        ),
        schema="olympiads",
    )
    op.create_table(
        "diploma",
        sa.Column("season", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("participant", sa.Text(), nullable=False),
        sa.Column("study_grade", sa.SmallInteger(), nullable=True),
        sa.Column("degree", sa.Text(), nullable=False),
        sa.Column("known_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("known_to", sa.DateTime(timezone=True), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("import_row", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "season", "stage", "subject", "participant", "known_to", name=op.f("pk_diploma")
        ),
        schema="olympiads",
    )
    op.create_table(
        "maximum",
        sa.Column("season", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("grade", sa.SmallInteger(), nullable=False),
        sa.Column("maximum", sa.Text(), nullable=False),
        sa.Column("known_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("known_to", sa.DateTime(timezone=True), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("import_row", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "season", "stage", "subject", "grade", "known_to", name=op.f("pk_maximum")
        ),
        schema="olympiads",
    )
    op.create_table(
        "participant",
        sa.Column("season", sa.Text(), nullable=False),
        sa.Column("participant", sa.Text(), nullable=False),
        sa.Column("study_grade", sa.SmallInteger(), nullable=True),
        sa.Column("enrolled", sa.Boolean(), nullable=True),
        sa.Column("consent", sa.Boolean(), nullable=True),
        sa.Column("abroad", sa.Boolean(), nullable=True),
        sa.Column("abroad_basis", sa.Text(), nullable=True),
        sa.Column("known_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("known_to", sa.DateTime(timezone=True), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("import_row", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("season", "participant", "known_to", name=op.f("pk_participant")),
        schema="olympiads",
    )
    op.create_table(
        "refusal",
        sa.Column("season", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("participant", sa.Text(), nullable=False),
        sa.Column("known_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("known_to", sa.DateTime(timezone=True), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("import_row", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "season", "stage", "subject", "participant", "known_to", name=op.f("pk_refusal")
        ),
        schema="olympiads",
    )
    op.create_table(
        "result",
        sa.Column("season", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("participant", sa.Text(), nullable=False),
        sa.Column("study_grade", sa.SmallInteger(), nullable=False),
        sa.Column("task_grade", sa.SmallInteger(), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("school", sa.Text(), nullable=False),
        sa.Column("score", sa.Numeric(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("consent", sa.Boolean(), nullable=False),
        sa.Column("known_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("known_to", sa.DateTime(timezone=True), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("import_row", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "season", "stage", "subject", "participant", "known_to", name=op.f("pk_result")
        ),
        schema="olympiads",
    )
    op.create_index(
        "ix_result_known_from",
        "result",
        ["known_from"],
        unique=False,
        schema="olympiads",
        postgresql_using="brin",
    )
    op.create_table(
        "season",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_season")),
        schema="olympiads",
    )
    op.create_table(
        "subject",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("sort", sa.SmallInteger(), nullable=False),
        sa.Column("in_programme", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_subject")),
        schema="olympiads",
    )
    op.create_table(
        "threshold_draft_row",
        sa.Column("season", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("grade", sa.SmallInteger(), nullable=False),
        sa.Column("score", sa.Text(), nullable=False),
        sa.Column("percent", sa.Text(), nullable=True),
        sa.Column("tie_policy", sa.Text(), nullable=True),
        sa.Column("basis_document", sa.Text(), nullable=True),
        sa.Column("basis_date", sa.Date(), nullable=True),
        sa.Column("known_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("known_to", sa.DateTime(timezone=True), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("import_row", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "season", "stage", "subject", "grade", "known_to", name=op.f("pk_threshold_draft_row")
        ),
        schema="olympiads",
    )
    op.create_index(
        op.f("ix_threshold_draft_row_import_id"),
        "threshold_draft_row",
        ["import_id"],
        unique=False,
        schema="olympiads",
    )
    op.create_table(
        "threshold_row",
        sa.Column("season", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("grade", sa.SmallInteger(), nullable=False),
        sa.Column("score", sa.Text(), nullable=False),
        sa.Column("percent", sa.Text(), nullable=True),
        sa.Column("tie_policy", sa.Text(), nullable=True),
        sa.Column("basis_document", sa.Text(), nullable=True),
        sa.Column("basis_date", sa.Date(), nullable=True),
        sa.Column("known_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("known_to", sa.DateTime(timezone=True), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("import_row", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "season", "stage", "subject", "grade", "known_to", name=op.f("pk_threshold_row")
        ),
        schema="olympiads",
    )
    op.create_index(
        op.f("ix_threshold_row_import_id"),
        "threshold_row",
        ["import_id"],
        unique=False,
        schema="olympiads",
    )
    op.create_table(
        "public_document",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("season", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("source_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hidden", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["season"], ["olympiads.season.code"], name=op.f("fk_public_document_season_season")
        ),
        sa.PrimaryKeyConstraint(
            "name", "season", "subject", "revision", name=op.f("pk_public_document")
        ),
        schema="olympiads",
    )
    op.create_index(
        "ix_public_document_created",
        "public_document",
        ["name", "season", "subject", "created_at"],
        unique=False,
        schema="olympiads",
    )
    op.create_table(
        "quota",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("season", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("grades", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("floor_percent", sa.Numeric(), nullable=True),
        sa.Column("outside", sa.Integer(), nullable=False),
        sa.Column("outside_counts", sa.Boolean(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["season"], ["olympiads.season.code"], name=op.f("fk_quota_season_season")
        ),
        sa.ForeignKeyConstraint(
            ["subject"], ["olympiads.subject.code"], name=op.f("fk_quota_subject_subject")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quota")),
        schema="olympiads",
    )
    op.create_index(op.f("ix_quota_season"), "quota", ["season"], unique=False, schema="olympiads")
    op.create_table(
        "shared_maximum",
        sa.Column("season", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["season"], ["olympiads.season.code"], name=op.f("fk_shared_maximum_season_season")
        ),
        sa.ForeignKeyConstraint(
            ["subject"], ["olympiads.subject.code"], name=op.f("fk_shared_maximum_subject_subject")
        ),
        sa.PrimaryKeyConstraint("season", "stage", "subject", name=op.f("pk_shared_maximum")),
        schema="olympiads",
    )
    op.create_table(
        "subject_title",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("short_title", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["subject"], ["olympiads.subject.code"], name=op.f("fk_subject_title_subject_subject")
        ),
        sa.PrimaryKeyConstraint("subject", "title", name=op.f("pk_subject_title")),
        schema="olympiads",
    )
    op.create_table(
        "threshold",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("season", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("grade", sa.SmallInteger(), nullable=False),
        sa.Column("score", sa.Numeric(), nullable=False),
        sa.Column("percent", sa.Numeric(), nullable=True),
        sa.Column("tie_policy", sa.Text(), nullable=False),
        sa.Column("basis_document", sa.Text(), nullable=True),
        sa.Column("basis_date", sa.Date(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("supersedes", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "status IN ('draft', 'approved', 'published', 'superseded')",
            name=op.f("ck_threshold_status"),
        ),
        sa.ForeignKeyConstraint(
            ["season"], ["olympiads.season.code"], name=op.f("fk_threshold_season_season")
        ),
        sa.ForeignKeyConstraint(
            ["subject"], ["olympiads.subject.code"], name=op.f("fk_threshold_subject_subject")
        ),
        sa.ForeignKeyConstraint(
            ["supersedes"],
            ["olympiads.threshold.id"],
            name=op.f("fk_threshold_supersedes_threshold"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_threshold")),
        schema="olympiads",
    )
    op.create_index(
        "ix_threshold_key",
        "threshold",
        ["season", "stage", "subject", "grade"],
        unique=False,
        schema="olympiads",
    )
    op.create_index(
        op.f("ix_threshold_supersedes"),
        "threshold",
        ["supersedes"],
        unique=False,
        schema="olympiads",
    )
    op.create_index(
        "uq_threshold_published",
        "threshold",
        ["season", "stage", "subject", "grade"],
        unique=True,
        schema="olympiads",
        postgresql_where=sa.text("status = 'published'"),
    )
    op.create_table(
        "threshold_step",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("threshold_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["threshold_id"],
            ["olympiads.threshold.id"],
            name=op.f("fk_threshold_step_threshold_id_threshold"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_threshold_step")),
        schema="olympiads",
    )
    op.create_index(
        op.f("ix_threshold_step_threshold_id"),
        "threshold_step",
        ["threshold_id"],
        unique=False,
        schema="olympiads",
    )
    append_only("olympiads", "threshold_step")


def downgrade() -> None:
    op.drop_index(
        op.f("ix_threshold_step_threshold_id"), table_name="threshold_step", schema="olympiads"
    )
    op.drop_table("threshold_step", schema="olympiads")
    op.drop_index(
        "uq_threshold_published",
        table_name="threshold",
        schema="olympiads",
        postgresql_where=sa.text("status = 'published'"),
    )
    op.drop_index(op.f("ix_threshold_supersedes"), table_name="threshold", schema="olympiads")
    op.drop_index("ix_threshold_key", table_name="threshold", schema="olympiads")
    op.drop_table("threshold", schema="olympiads")
    op.drop_table("subject_title", schema="olympiads")
    op.drop_table("shared_maximum", schema="olympiads")
    op.drop_index(op.f("ix_quota_season"), table_name="quota", schema="olympiads")
    op.drop_table("quota", schema="olympiads")
    op.drop_index("ix_public_document_created", table_name="public_document", schema="olympiads")
    op.drop_table("public_document", schema="olympiads")
    op.drop_index(
        op.f("ix_threshold_row_import_id"), table_name="threshold_row", schema="olympiads"
    )
    op.drop_table("threshold_row", schema="olympiads")
    op.drop_index(
        op.f("ix_threshold_draft_row_import_id"),
        table_name="threshold_draft_row",
        schema="olympiads",
    )
    op.drop_table("threshold_draft_row", schema="olympiads")
    op.drop_table("subject", schema="olympiads")
    op.drop_table("season", schema="olympiads")
    op.drop_index(
        "ix_result_known_from", table_name="result", schema="olympiads", postgresql_using="brin"
    )
    op.drop_table("result", schema="olympiads")
    op.drop_table("refusal", schema="olympiads")
    op.drop_table("participant", schema="olympiads")
    op.drop_table("maximum", schema="olympiads")
    op.drop_table("diploma", schema="olympiads")
    op.drop_table("declared_performers", schema="olympiads")
