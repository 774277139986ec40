"""Drawn lots, recorded once and never changed."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

REFUSAL = "a drawn lot is never changed"
TABLES = ("drawn_lot", "lot_place")
SQLITE = [
    f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    for table in TABLES
    for verb in ("UPDATE", "DELETE")
]
POSTGRESQL = [
    statement
    for table in TABLES
    for statement in (
        f"CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$",
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_refuse()",
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()",
        f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM PUBLIC, CURRENT_USER",
    )
]


def upgrade() -> None:
    op.create_table(
        "drawn_lot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("pot", sa.String(length=60), nullable=False),
        sa.Column("drawn_on", sa.Date(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("drawn_by", sa.String(length=200), nullable=False),
        sa.Column("witnesses", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_drawn_lot_call_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["user_account.id"], name=op.f("fk_drawn_lot_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drawn_lot")),
    )
    op.create_index(op.f("ix_drawn_lot_call_id"), "drawn_lot", ["call_id"], unique=False)
    op.create_table(
        "lot_place",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_lot_place_application_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["drawn_lot.id"], name=op.f("fk_lot_place_lot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot_place")),
        sa.UniqueConstraint("lot_id", "application_id", "item", name=op.f("uq_lot_place_lot_id_application_id_item")),
        sa.UniqueConstraint("lot_id", "place", name=op.f("uq_lot_place_lot_id_place")),
    )
    bind = op.get_bind()
    for statement in SQLITE if bind.dialect.name == "sqlite" else POSTGRESQL:
        bind.exec_driver_sql(statement)
