"""Submitting: extensions after an outage, reminders, applications on paper, and whether a draft is complete."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"

SQLITE = [
    "CREATE TRIGGER call_amendment_no_update BEFORE UPDATE ON call_amendment BEGIN SELECT RAISE(ABORT, 'a published amendment is never changed'); END",
    "CREATE TRIGGER call_amendment_no_delete BEFORE DELETE ON call_amendment BEGIN SELECT RAISE(ABORT, 'a published amendment is never changed'); END",
    'DROP TRIGGER call_frozen',
    "CREATE TRIGGER call_frozen BEFORE UPDATE ON call WHEN OLD.status <> 'draft' AND (NEW.status = 'draft' OR NEW.id IS NOT OLD.id OR NEW.reference IS NOT OLD.reference OR NEW.title IS NOT OLD.title OR NEW.area IS NOT OLD.area OR NEW.regime IS NOT OLD.regime OR NEW.kind IS NOT OLD.kind OR NEW.decider IS NOT OLD.decider OR NEW.remedy IS NOT OLD.remedy OR NEW.languages IS NOT OLD.languages OR NEW.content IS NOT OLD.content OR NEW.budget_line IS NOT OLD.budget_line OR NEW.rulebook_text IS NOT OLD.rulebook_text OR NEW.rulebook_data IS NOT OLD.rulebook_data OR NEW.rulebook_sha256 IS NOT OLD.rulebook_sha256 OR NEW.acknowledged IS NOT OLD.acknowledged OR NEW.parameter_set IS NOT OLD.parameter_set OR NEW.opens_at IS NOT OLD.opens_at OR NEW.decisions_due IS NOT OLD.decisions_due OR NEW.published_at IS NOT OLD.published_at OR NEW.created_at IS NOT OLD.created_at OR NEW.created_by_id IS NOT OLD.created_by_id OR ((NEW.closes_at IS NOT OLD.closes_at OR NEW.opening_at IS NOT OLD.opening_at) AND NOT EXISTS (SELECT 1 FROM call_amendment a WHERE a.call_id = OLD.id AND a.closes_before = OLD.closes_at AND a.closes_at = NEW.closes_at AND a.opening_before = OLD.opening_at AND a.opening_at = NEW.opening_at))) BEGIN SELECT RAISE(ABORT, 'a published call is never changed'); END",
]

POSTGRESQL = [
    "CREATE OR REPLACE FUNCTION call_amendment_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'a published amendment is never changed'; END $$",
    'CREATE TRIGGER call_amendment_no_change BEFORE UPDATE OR DELETE ON call_amendment FOR EACH ROW EXECUTE FUNCTION call_amendment_refuse()',
    'CREATE TRIGGER call_amendment_no_truncate BEFORE TRUNCATE ON call_amendment FOR EACH STATEMENT EXECUTE FUNCTION call_amendment_refuse()',
    'REVOKE UPDATE, DELETE, TRUNCATE ON call_amendment FROM PUBLIC, CURRENT_USER',
    "CREATE OR REPLACE FUNCTION call_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN\n  IF TG_OP = 'DELETE' THEN\n    IF OLD.status <> 'draft' THEN RAISE EXCEPTION 'a published call is never changed'; END IF;\n    RETURN OLD;\n  END IF;\n  IF OLD.status <> 'draft' AND (NEW.status = 'draft' OR NEW.id IS DISTINCT FROM OLD.id OR NEW.reference IS DISTINCT FROM OLD.reference OR NEW.title IS DISTINCT FROM OLD.title OR NEW.area IS DISTINCT FROM OLD.area OR NEW.regime IS DISTINCT FROM OLD.regime OR NEW.kind IS DISTINCT FROM OLD.kind OR NEW.decider IS DISTINCT FROM OLD.decider OR NEW.remedy IS DISTINCT FROM OLD.remedy OR NEW.languages IS DISTINCT FROM OLD.languages OR NEW.content IS DISTINCT FROM OLD.content OR NEW.budget_line IS DISTINCT FROM OLD.budget_line OR NEW.rulebook_text IS DISTINCT FROM OLD.rulebook_text OR NEW.rulebook_data IS DISTINCT FROM OLD.rulebook_data OR NEW.rulebook_sha256 IS DISTINCT FROM OLD.rulebook_sha256 OR NEW.acknowledged IS DISTINCT FROM OLD.acknowledged OR NEW.parameter_set IS DISTINCT FROM OLD.parameter_set OR NEW.opens_at IS DISTINCT FROM OLD.opens_at OR NEW.decisions_due IS DISTINCT FROM OLD.decisions_due OR NEW.published_at IS DISTINCT FROM OLD.published_at OR NEW.created_at IS DISTINCT FROM OLD.created_at OR NEW.created_by_id IS DISTINCT FROM OLD.created_by_id OR ((NEW.closes_at IS DISTINCT FROM OLD.closes_at OR NEW.opening_at IS DISTINCT FROM OLD.opening_at) AND NOT EXISTS (SELECT 1 FROM call_amendment a WHERE a.call_id = OLD.id AND a.closes_before = OLD.closes_at AND a.closes_at = NEW.closes_at AND a.opening_before = OLD.opening_at AND a.opening_at = NEW.opening_at))) THEN RAISE EXCEPTION 'a published call is never changed'; END IF;\n  RETURN NEW;\nEND $$",
]


def upgrade() -> None:
    op.add_column('application', sa.Column('complete', sa.Boolean(), nullable=True))
    op.create_table('call_amendment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('call_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('closes_before', sa.DateTime(timezone=True), nullable=False),
    sa.Column('opening_before', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closes_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('opening_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('outage_from', sa.DateTime(timezone=True), nullable=False),
    sa.Column('outage_to', sa.DateTime(timezone=True), nullable=False),
    sa.Column('failed', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.Column('reason', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('published_by_id', sa.Integer(), nullable=False),
    sa.CheckConstraint('closes_at > closes_before', name=op.f('ck_call_amendment_later')),
    sa.ForeignKeyConstraint(['call_id'], ['call.id'], name=op.f('fk_call_amendment_call_id')),
    sa.ForeignKeyConstraint(['published_by_id'], ['user_account.id'], name=op.f('fk_call_amendment_published_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_call_amendment')),
    sa.UniqueConstraint('call_id', 'version', name=op.f('uq_call_amendment_call_id_version'))
    )
    op.create_table('reminder',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('closes_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('hours', sa.Integer(), nullable=False),
    sa.Column('noted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_reminder_application_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reminder')),
    sa.UniqueConstraint('application_id', 'closes_at', 'hours', name=op.f('uq_reminder_application_id_closes_at_hours'))
    )
    op.create_table('paper_application',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('call_id', sa.Integer(), nullable=False),
    sa.Column('track', sa.String(length=60), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('status', sa.String(length=12), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('answers', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.Column('signed', sa.Boolean(), nullable=False),
    sa.Column('delivery', sa.String(length=16), nullable=False),
    sa.Column('arrived_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('handed_on', sa.Date(), nullable=True),
    sa.Column('transcribed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('transcribed_by_id', sa.Integer(), nullable=False),
    sa.Column('confirmed_by_id', sa.Integer(), nullable=True),
    sa.Column('application_id', sa.Integer(), nullable=True),
    sa.CheckConstraint("status <> 'confirmed' or (confirmed_by_id is not null and confirmed_by_id <> transcribed_by_id and application_id is not null)", name=op.f('ck_paper_application_two_people')),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_paper_application_application_id')),
    sa.ForeignKeyConstraint(['call_id'], ['call.id'], name=op.f('fk_paper_application_call_id')),
    sa.ForeignKeyConstraint(['confirmed_by_id'], ['user_account.id'], name=op.f('fk_paper_application_confirmed_by_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_paper_application_organisation_id')),
    sa.ForeignKeyConstraint(['transcribed_by_id'], ['user_account.id'], name=op.f('fk_paper_application_transcribed_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_paper_application')),
    sa.UniqueConstraint('application_id', name=op.f('uq_paper_application_application_id'))
    )
    op.create_index('ix_paper_application_call', 'paper_application', ['call_id', 'status'], unique=False)
    op.create_table('paper_scan',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('paper_id', sa.Integer(), nullable=False),
    sa.Column('fact', sa.String(length=60), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('media_type', sa.String(length=100), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['paper_id'], ['paper_application.id'], name=op.f('fk_paper_scan_paper_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_paper_scan'))
    )
    op.create_index(op.f('ix_paper_scan_paper_id'), 'paper_scan', ['paper_id'], unique=False)

    bind = op.get_bind()
    for statement in SQLITE if bind.dialect.name == "sqlite" else POSTGRESQL:
        bind.exec_driver_sql(statement)
