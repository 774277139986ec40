"""Marks and joint reasons of single items: rows of a table that the panel marks one by one."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

KEYS = {"mark": ["member_sheet_id", "criterion"], "agreement": ["evaluation_id", "application_id", "criterion"]}


def upgrade() -> None:
    for table, columns in KEYS.items():
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column("item", sa.String(length=10), nullable=False, server_default=""))
            batch.drop_constraint(op.f(f"uq_{table}_{'_'.join(columns)}"), type_="unique")
            batch.create_unique_constraint(op.f(f"uq_{table}_{'_'.join(columns)}_item"), [*columns, "item"])
        with op.batch_alter_table(table) as batch:
            batch.alter_column("item", existing_type=sa.String(length=10), existing_nullable=False, server_default=None)
