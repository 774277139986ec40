"""How large attachments may be is said by the call, and frozen with it."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

SQLITE = [
    "CREATE TRIGGER call_limits_frozen BEFORE UPDATE ON call WHEN OLD.status <> 'draft' AND (NEW.largest_file_mb IS NOT OLD.largest_file_mb OR NEW.largest_total_mb IS NOT OLD.largest_total_mb) BEGIN SELECT RAISE(ABORT, 'a published call is never changed'); END",
]

POSTGRESQL = [
    "CREATE OR REPLACE FUNCTION call_limits_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN\n  IF OLD.status <> 'draft' AND (NEW.largest_file_mb IS DISTINCT FROM OLD.largest_file_mb OR NEW.largest_total_mb IS DISTINCT FROM OLD.largest_total_mb) THEN RAISE EXCEPTION 'a published call is never changed'; END IF;\n  RETURN NEW;\nEND $$",
    "CREATE TRIGGER call_limits_guard BEFORE UPDATE ON call FOR EACH ROW EXECUTE FUNCTION call_limits_guard()",
]


def upgrade() -> None:
    """Add the two limits, with what held until now, and their guard."""
    op.add_column("call", sa.Column("largest_file_mb", sa.Integer(), nullable=False, server_default="20"))
    op.add_column("call", sa.Column("largest_total_mb", sa.Integer(), nullable=False, server_default="200"))
    bind = op.get_bind()
    for statement in SQLITE if bind.dialect.name == "sqlite" else POSTGRESQL:
        bind.exec_driver_sql(statement)
