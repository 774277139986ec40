"""What the office verified in the answers of applications: a table that only grows."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"

SQLITE = [
    "CREATE TRIGGER verification_no_update BEFORE UPDATE ON verification BEGIN SELECT RAISE(ABORT, 'a verification is never changed'); END",
    "CREATE TRIGGER verification_no_delete BEFORE DELETE ON verification BEGIN SELECT RAISE(ABORT, 'a verification is never changed'); END",
]

POSTGRESQL = [
    "CREATE OR REPLACE FUNCTION verification_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'a verification is never changed'; END $$",
    "CREATE TRIGGER verification_no_change BEFORE UPDATE OR DELETE ON verification FOR EACH ROW EXECUTE FUNCTION verification_refuse()",
    "CREATE TRIGGER verification_no_truncate BEFORE TRUNCATE ON verification FOR EACH STATEMENT EXECUTE FUNCTION verification_refuse()",
    "REVOKE UPDATE, DELETE, TRUNCATE ON verification FROM PUBLIC, CURRENT_USER",
]


def upgrade() -> None:
    """Make the table and its guards."""
    json = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
    op.create_table(
        "verification",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("fact", sa.String(length=60), nullable=False),
        sa.Column("item", sa.Integer(), nullable=False),
        sa.Column("cell", sa.String(length=60), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.Column("proven", sa.Boolean(), nullable=False),
        sa.Column("verified", json, nullable=False),
        sa.Column("source_kind", sa.String(length=10), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("reason", json, nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("(sequence = 1) = (replaces_id is null)", name=op.f("ck_verification_linked")),
        sa.CheckConstraint("source_kind in ('', 'document', 'register')", name=op.f("ck_verification_source_kind")),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_verification_application_id")),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_verification_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verification")),
        sa.UniqueConstraint(
            "application_id", "fact", "item", "cell", "sequence", name=op.f("uq_verification_application_id_fact_item_cell_sequence")
        ),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_verification_replaces_id")),
    )
    bind = op.get_bind()
    for statement in SQLITE if bind.dialect.name == "sqlite" else POSTGRESQL:
        bind.exec_driver_sql(statement)
