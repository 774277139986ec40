"""Organisations: what the business register says, disputes, hand-over, the vault of documents, calendar addresses."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    for name, length in (("short_name", 140), ("municipality_code", 3), ("municipality", 80), ("settlement", 80), ("activity_codes", 200)):
        op.add_column("organisation", sa.Column(name, sa.String(length=length), server_default=sa.text("''"), nullable=False))
    op.add_column("organisation", sa.Column("from_register_on", sa.Date(), nullable=True))
    op.add_column("invitation", sa.Column("afterwards", sa.String(length=10), server_default="stay", nullable=False))
    op.create_table(
        "register_snapshot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_snapshot")),
    )
    op.create_table(
        "register_unit",
        sa.Column("snapshot_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("registration_number", sa.String(length=10), nullable=False),
        sa.Column("tax_number", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=250), nullable=False),
        sa.Column("short_name", sa.String(length=140), nullable=False),
        sa.Column("form", sa.String(length=120), nullable=False),
        sa.Column("municipality_code", sa.String(length=3), nullable=False),
        sa.Column("municipality", sa.String(length=80), nullable=False),
        sa.Column("settlement", sa.String(length=80), nullable=False),
        sa.Column("street", sa.String(length=120), nullable=False),
        sa.Column("postcode", sa.String(length=10), nullable=False),
        sa.Column("place", sa.String(length=80), nullable=False),
        sa.Column("activity_codes", sa.String(length=200), nullable=False),
        sa.Column("representatives", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["snapshot_id"], ["register_snapshot.id"], name=op.f("fk_register_unit_snapshot_id")),
        sa.PrimaryKeyConstraint("snapshot_id", "registration_number", name=op.f("pk_register_unit")),
    )
    op.create_index("ix_register_unit_tax_number", "register_unit", ["snapshot_id", "tax_number"])
    op.create_table(
        "register_dispute",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("raised_by_id", sa.Integer(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_register_dispute_organisation_id")),
        sa.ForeignKeyConstraint(["raised_by_id"], ["user_account.id"], name=op.f("fk_register_dispute_raised_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_dispute")),
    )
    op.create_index(op.f("ix_register_dispute_organisation_id"), "register_dispute", ["organisation_id"])
    op.create_table(
        "vault_document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=False),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_days", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_vault_document_organisation_id")),
        sa.ForeignKeyConstraint(["added_by_id"], ["user_account.id"], name=op.f("fk_vault_document_added_by_id")),
        sa.ForeignKeyConstraint(["replaces_id"], ["vault_document.id"], name=op.f("fk_vault_document_replaces_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vault_document")),
    )
    op.create_index(op.f("ix_vault_document_organisation_id"), "vault_document", ["organisation_id"])
    op.create_index("ix_vault_document_expiry", "vault_document", ["expires_on", "ended_at"])
    op.create_table(
        "calendar_address",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_calendar_address_organisation_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_calendar_address_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_address")),
        sa.UniqueConstraint("key", name=op.f("uq_calendar_address_key")),
        sa.UniqueConstraint("organisation_id", "user_id", name=op.f("uq_calendar_address_organisation_id_user_id")),
    )


def downgrade() -> None:
    for name in ("calendar_address", "vault_document", "register_dispute", "register_unit", "register_snapshot"):
        op.drop_table(name)
    with op.batch_alter_table("invitation") as invitation:
        invitation.drop_column("afterwards")
    with op.batch_alter_table("organisation") as organisation:
        for name in ("from_register_on", "activity_codes", "settlement", "municipality", "municipality_code", "short_name"):
            organisation.drop_column(name)
