"""Joint applications: the partners of an application with their consent, and which activities stand in submitted applications."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"

TAKING_PART = sa.text("status IN ('asked', 'consented')")


def upgrade() -> None:
    """Two tables, and the partners of an application on paper."""
    op.create_table(
        "application_partner",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("tax_number", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=250), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("consented_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("consented_by_id", sa.Integer(), nullable=True),
        sa.Column("consented_name", sa.String(length=120), server_default=sa.text("''"), nullable=False),
        sa.Column("consented_sha256", sa.String(length=64), nullable=True),
        sa.Column("on_paper", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("declined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_sha256", sa.String(length=64), nullable=True),
        sa.CheckConstraint("length(tax_number) = 8", name=op.f("ck_application_partner_tax_number")),
        sa.CheckConstraint(
            "status <> 'consented' or (consented_at is not null and consented_sha256 is not null)",
            name=op.f("ck_application_partner_consented"),
        ),
        sa.CheckConstraint("status <> 'declined' or declined_at is not null", name=op.f("ck_application_partner_declined")),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_application_partner_application_id_application")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["user_account.id"], name=op.f("fk_application_partner_asked_by_id_user_account")),
        sa.ForeignKeyConstraint(["consented_by_id"], ["user_account.id"], name=op.f("fk_application_partner_consented_by_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_partner")),
    )
    op.create_index(op.f("ix_application_partner_application_id"), "application_partner", ["application_id"])
    op.create_index("ix_application_partner_tax_number", "application_partner", ["tax_number", "status"])
    for name, column in (("place", "place"), ("organisation", "tax_number")):
        op.create_index(
            f"uq_application_partner_{name}", "application_partner", ["application_id", column], unique=True,
            sqlite_where=TAKING_PART, postgresql_where=TAKING_PART,
        )  # fmt: skip
    op.create_table(
        "entered_activity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("tax_number", sa.String(length=8), nullable=False),
        sa.Column("activity_sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_entered_activity_application_id_application")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_entered_activity_call_id_call")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entered_activity")),
        sa.UniqueConstraint(
            "call_id", "tax_number", "activity_sha256", name=op.f("uq_entered_activity_call_id_tax_number_activity_sha256")
        ),
    )
    op.create_index(op.f("ix_entered_activity_application_id"), "entered_activity", ["application_id"])
    op.add_column(
        "paper_application",
        sa.Column(
            "partners", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False, server_default="[]"
        ),
    )
