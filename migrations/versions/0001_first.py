"""The first schema: every table, index and trigger."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

SQLITE = [
    "CREATE TRIGGER audit_event_no_update BEFORE UPDATE ON audit_event BEGIN SELECT RAISE(ABORT, 'the audit record is append-only'); END",
    "CREATE TRIGGER audit_event_no_delete BEFORE DELETE ON audit_event BEGIN SELECT RAISE(ABORT, 'the audit record is append-only'); END",
    "CREATE TRIGGER audit_head_no_delete BEFORE DELETE ON audit_head BEGIN SELECT RAISE(ABORT, 'the audit record is append-only'); END",
    "CREATE TRIGGER audit_head_forward BEFORE UPDATE ON audit_head WHEN NEW.position <= OLD.position BEGIN SELECT RAISE(ABORT, 'the audit record is append-only'); END",
    "CREATE TRIGGER call_frozen BEFORE UPDATE ON call WHEN OLD.status <> 'draft' AND (NEW.status = 'draft' OR NEW.id IS NOT OLD.id OR NEW.reference IS NOT OLD.reference OR NEW.title IS NOT OLD.title OR NEW.area IS NOT OLD.area OR NEW.regime IS NOT OLD.regime OR NEW.kind IS NOT OLD.kind OR NEW.decider IS NOT OLD.decider OR NEW.remedy IS NOT OLD.remedy OR NEW.languages IS NOT OLD.languages OR NEW.content IS NOT OLD.content OR NEW.budget_line IS NOT OLD.budget_line OR NEW.rulebook_text IS NOT OLD.rulebook_text OR NEW.rulebook_data IS NOT OLD.rulebook_data OR NEW.rulebook_sha256 IS NOT OLD.rulebook_sha256 OR NEW.acknowledged IS NOT OLD.acknowledged OR NEW.parameter_set IS NOT OLD.parameter_set OR NEW.opens_at IS NOT OLD.opens_at OR NEW.closes_at IS NOT OLD.closes_at OR NEW.opening_at IS NOT OLD.opening_at OR NEW.decisions_due IS NOT OLD.decisions_due OR NEW.published_at IS NOT OLD.published_at OR NEW.created_at IS NOT OLD.created_at OR NEW.created_by_id IS NOT OLD.created_by_id) BEGIN SELECT RAISE(ABORT, 'a published call is never changed'); END",
    "CREATE TRIGGER call_kept BEFORE DELETE ON call WHEN OLD.status <> 'draft' BEGIN SELECT RAISE(ABORT, 'a published call is never changed'); END",
    "CREATE TRIGGER call_document_insert BEFORE INSERT ON call_document WHEN (SELECT status FROM call WHERE id = NEW.call_id) <> 'draft' BEGIN SELECT RAISE(ABORT, 'a published call is never changed'); END",
    "CREATE TRIGGER call_document_update BEFORE UPDATE ON call_document WHEN (SELECT status FROM call WHERE id = OLD.call_id) <> 'draft' OR (SELECT status FROM call WHERE id = NEW.call_id) <> 'draft' BEGIN SELECT RAISE(ABORT, 'a published call is never changed'); END",
    "CREATE TRIGGER call_document_delete BEFORE DELETE ON call_document WHEN (SELECT status FROM call WHERE id = OLD.call_id) <> 'draft' BEGIN SELECT RAISE(ABORT, 'a published call is never changed'); END",
    "CREATE TRIGGER submission_no_update BEFORE UPDATE ON submission BEGIN SELECT RAISE(ABORT, 'a submission is never changed'); END",
    "CREATE TRIGGER submission_no_delete BEFORE DELETE ON submission BEGIN SELECT RAISE(ABORT, 'a submission is never changed'); END",
    "CREATE TRIGGER decision_issue BEFORE UPDATE ON decision WHEN NEW.status = 'issued' AND OLD.status <> 'issued' AND (NEW.criteria_count < 1\n OR (SELECT count(*) FROM decision_line l WHERE l.decision_id = NEW.id) <> NEW.criteria_count\n OR (SELECT count(*) FROM decision_line l WHERE l.decision_id = NEW.id AND length(trim(l.reason_sl, (' ' || char(9) || char(10) || char(13) || char(160)))) > 0 AND (NEW.languages NOT LIKE '%it%' OR length(trim(l.reason_it, (' ' || char(9) || char(10) || char(13) || char(160)))) > 0)) <> NEW.criteria_count) BEGIN SELECT RAISE(ABORT, 'a decision cannot be issued while a reason is missing'); END",
    "CREATE TRIGGER decision_fixed BEFORE UPDATE ON decision WHEN OLD.status <> 'issued' AND (NEW.id IS NOT OLD.id OR NEW.award_id IS NOT OLD.award_id OR NEW.application_id IS NOT OLD.application_id OR NEW.number IS NOT OLD.number OR NEW.languages IS NOT OLD.languages OR NEW.criteria_count IS NOT OLD.criteria_count OR NEW.amount_cents IS NOT OLD.amount_cents OR NEW.sheet_data IS NOT OLD.sheet_data OR NEW.sheet_sha256 IS NOT OLD.sheet_sha256 OR NEW.rulebook_sha256 IS NOT OLD.rulebook_sha256 OR NEW.parameter_set IS NOT OLD.parameter_set OR NEW.drafted_at IS NOT OLD.drafted_at OR NEW.led_by_id IS NOT OLD.led_by_id) BEGIN SELECT RAISE(ABORT, 'a drafted decision is only ever issued'); END",
    "CREATE TRIGGER decision_issued_insert BEFORE INSERT ON decision WHEN NEW.status = 'issued' BEGIN SELECT RAISE(ABORT, 'a decision cannot be issued while a reason is missing'); END",
    "CREATE TRIGGER decision_replaced BEFORE INSERT ON decision WHEN EXISTS (SELECT 1 FROM decision d WHERE d.status = 'issued'\n AND (d.id = NEW.id OR d.number = NEW.number OR d.award_id = NEW.award_id)) BEGIN SELECT RAISE(ABORT, 'an issued decision is never changed'); END",
    "CREATE TRIGGER decision_frozen BEFORE UPDATE ON decision WHEN OLD.status = 'issued' BEGIN SELECT RAISE(ABORT, 'an issued decision is never changed'); END",
    "CREATE TRIGGER decision_kept BEFORE DELETE ON decision WHEN OLD.status = 'issued' BEGIN SELECT RAISE(ABORT, 'an issued decision is never changed'); END",
    "CREATE TRIGGER decision_line_insert BEFORE INSERT ON decision_line WHEN (SELECT status FROM decision WHERE id = NEW.decision_id) = 'issued' OR EXISTS (SELECT 1 FROM decision_line l JOIN decision d ON d.id = l.decision_id\n WHERE d.status = 'issued' AND l.id = NEW.id) BEGIN SELECT RAISE(ABORT, 'an issued decision is never changed'); END",
    "CREATE TRIGGER decision_line_update BEFORE UPDATE ON decision_line WHEN (SELECT status FROM decision WHERE id = OLD.decision_id) = 'issued' OR (SELECT status FROM decision WHERE id = NEW.decision_id) = 'issued' BEGIN SELECT RAISE(ABORT, 'an issued decision is never changed'); END",
    "CREATE TRIGGER decision_line_delete BEFORE DELETE ON decision_line WHEN (SELECT status FROM decision WHERE id = OLD.decision_id) = 'issued' BEGIN SELECT RAISE(ABORT, 'an issued decision is never changed'); END",
]

POSTGRESQL = [
    "CREATE OR REPLACE FUNCTION audit_event_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the audit record is append-only'; END $$",
    'CREATE TRIGGER audit_event_no_change BEFORE UPDATE OR DELETE ON audit_event FOR EACH ROW EXECUTE FUNCTION audit_event_refuse()',
    'CREATE TRIGGER audit_event_no_truncate BEFORE TRUNCATE ON audit_event FOR EACH STATEMENT EXECUTE FUNCTION audit_event_refuse()',
    'REVOKE UPDATE, DELETE, TRUNCATE ON audit_event FROM PUBLIC, CURRENT_USER',
    "CREATE OR REPLACE FUNCTION audit_head_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_OP = 'UPDATE' AND NEW.position > OLD.position THEN RETURN NEW; END IF; RAISE EXCEPTION 'the audit record is append-only'; END $$",
    'CREATE TRIGGER audit_head_forward BEFORE UPDATE OR DELETE ON audit_head FOR EACH ROW EXECUTE FUNCTION audit_head_refuse()',
    "CREATE OR REPLACE FUNCTION call_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN\n  IF TG_OP = 'DELETE' THEN\n    IF OLD.status <> 'draft' THEN RAISE EXCEPTION 'a published call is never changed'; END IF;\n    RETURN OLD;\n  END IF;\n  IF OLD.status <> 'draft' AND (NEW.status = 'draft' OR NEW.id IS DISTINCT FROM OLD.id OR NEW.reference IS DISTINCT FROM OLD.reference OR NEW.title IS DISTINCT FROM OLD.title OR NEW.area IS DISTINCT FROM OLD.area OR NEW.regime IS DISTINCT FROM OLD.regime OR NEW.kind IS DISTINCT FROM OLD.kind OR NEW.decider IS DISTINCT FROM OLD.decider OR NEW.remedy IS DISTINCT FROM OLD.remedy OR NEW.languages IS DISTINCT FROM OLD.languages OR NEW.content IS DISTINCT FROM OLD.content OR NEW.budget_line IS DISTINCT FROM OLD.budget_line OR NEW.rulebook_text IS DISTINCT FROM OLD.rulebook_text OR NEW.rulebook_data IS DISTINCT FROM OLD.rulebook_data OR NEW.rulebook_sha256 IS DISTINCT FROM OLD.rulebook_sha256 OR NEW.acknowledged IS DISTINCT FROM OLD.acknowledged OR NEW.parameter_set IS DISTINCT FROM OLD.parameter_set OR NEW.opens_at IS DISTINCT FROM OLD.opens_at OR NEW.closes_at IS DISTINCT FROM OLD.closes_at OR NEW.opening_at IS DISTINCT FROM OLD.opening_at OR NEW.decisions_due IS DISTINCT FROM OLD.decisions_due OR NEW.published_at IS DISTINCT FROM OLD.published_at OR NEW.created_at IS DISTINCT FROM OLD.created_at OR NEW.created_by_id IS DISTINCT FROM OLD.created_by_id) THEN RAISE EXCEPTION 'a published call is never changed'; END IF;\n  RETURN NEW;\nEND $$",
    'CREATE TRIGGER call_guard BEFORE UPDATE OR DELETE ON call FOR EACH ROW EXECUTE FUNCTION call_guard()',
    "CREATE OR REPLACE FUNCTION call_document_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN\n  IF TG_OP <> 'INSERT' AND (SELECT status FROM call WHERE id = OLD.call_id) <> 'draft' THEN RAISE EXCEPTION 'a published call is never changed'; END IF;\n  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n  IF (SELECT status FROM call WHERE id = NEW.call_id) <> 'draft' THEN RAISE EXCEPTION 'a published call is never changed'; END IF;\n  RETURN NEW;\nEND $$",
    'CREATE TRIGGER call_document_guard BEFORE INSERT OR UPDATE OR DELETE ON call_document FOR EACH ROW EXECUTE FUNCTION call_document_guard()',
    "CREATE OR REPLACE FUNCTION submission_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'a submission is never changed'; END $$",
    'CREATE TRIGGER submission_no_change BEFORE UPDATE OR DELETE ON submission FOR EACH ROW EXECUTE FUNCTION submission_refuse()',
    'CREATE TRIGGER submission_no_truncate BEFORE TRUNCATE ON submission FOR EACH STATEMENT EXECUTE FUNCTION submission_refuse()',
    'REVOKE UPDATE, DELETE, TRUNCATE ON submission FROM PUBLIC, CURRENT_USER',
    "CREATE OR REPLACE FUNCTION decision_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN\n  IF TG_OP = 'TRUNCATE' THEN RAISE EXCEPTION 'an issued decision is never changed'; END IF;\n  IF TG_OP = 'DELETE' THEN\n    IF OLD.status = 'issued' THEN RAISE EXCEPTION 'an issued decision is never changed'; END IF;\n    RETURN OLD;\n  END IF;\n  IF TG_OP = 'UPDATE' THEN\n    IF OLD.status = 'issued' THEN RAISE EXCEPTION 'an issued decision is never changed'; END IF;\n    IF NEW.id IS DISTINCT FROM OLD.id OR NEW.award_id IS DISTINCT FROM OLD.award_id OR NEW.application_id IS DISTINCT FROM OLD.application_id OR NEW.number IS DISTINCT FROM OLD.number OR NEW.languages IS DISTINCT FROM OLD.languages OR NEW.criteria_count IS DISTINCT FROM OLD.criteria_count OR NEW.amount_cents IS DISTINCT FROM OLD.amount_cents OR NEW.sheet_data IS DISTINCT FROM OLD.sheet_data OR NEW.sheet_sha256 IS DISTINCT FROM OLD.sheet_sha256 OR NEW.rulebook_sha256 IS DISTINCT FROM OLD.rulebook_sha256 OR NEW.parameter_set IS DISTINCT FROM OLD.parameter_set OR NEW.drafted_at IS DISTINCT FROM OLD.drafted_at OR NEW.led_by_id IS DISTINCT FROM OLD.led_by_id THEN RAISE EXCEPTION 'a drafted decision is only ever issued'; END IF;\n  END IF;\n  IF NEW.status = 'issued' AND (TG_OP = 'INSERT' OR NEW.criteria_count < 1\n OR (SELECT count(*) FROM decision_line l WHERE l.decision_id = NEW.id) <> NEW.criteria_count\n OR (SELECT count(*) FROM decision_line l WHERE l.decision_id = NEW.id AND length(trim(l.reason_sl, (' ' || chr(9) || chr(10) || chr(13) || chr(160)))) > 0 AND (NEW.languages NOT LIKE '%%it%%' OR length(trim(l.reason_it, (' ' || chr(9) || chr(10) || chr(13) || chr(160)))) > 0)) <> NEW.criteria_count) THEN RAISE EXCEPTION 'a decision cannot be issued while a reason is missing'; END IF;\n  RETURN NEW;\nEND $$",
    'CREATE TRIGGER decision_guard BEFORE INSERT OR UPDATE OR DELETE ON decision FOR EACH ROW EXECUTE FUNCTION decision_guard()',
    'CREATE TRIGGER decision_truncate BEFORE TRUNCATE ON decision FOR EACH STATEMENT EXECUTE FUNCTION decision_guard()',
    "CREATE OR REPLACE FUNCTION decision_line_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN\n  IF TG_OP = 'TRUNCATE' THEN RAISE EXCEPTION 'an issued decision is never changed'; END IF;\n  IF TG_OP <> 'INSERT' AND (SELECT status FROM decision WHERE id = OLD.decision_id) = 'issued' THEN RAISE EXCEPTION 'an issued decision is never changed'; END IF;\n  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n  IF (SELECT status FROM decision WHERE id = NEW.decision_id) = 'issued' THEN RAISE EXCEPTION 'an issued decision is never changed'; END IF;\n  RETURN NEW;\nEND $$",
    'CREATE TRIGGER decision_line_guard BEFORE INSERT OR UPDATE OR DELETE ON decision_line FOR EACH ROW EXECUTE FUNCTION decision_line_guard()',
    'CREATE TRIGGER decision_line_truncate BEFORE TRUNCATE ON decision_line FOR EACH STATEMENT EXECUTE FUNCTION decision_line_guard()',
]


def upgrade() -> None:
    op.create_table('audit_event',
    sa.Column('position', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('at', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('subject_type', sa.Text(), nullable=False),
    sa.Column('subject_id', sa.BigInteger(), nullable=False),
    sa.Column('actor', sa.Text(), nullable=False),
    sa.Column('data', sa.Text(), nullable=False),
    sa.Column('previous_sha256', sa.String(length=64), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('position', name=op.f('pk_audit_event')),
    sa.UniqueConstraint('sha256', name=op.f('uq_audit_event_sha256'))
    )
    op.create_index('ix_audit_event_subject', 'audit_event', ['subject_type', 'subject_id'], unique=False)
    op.create_table('audit_head',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('position', sa.BigInteger(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_head'))
    )
    op.create_table('document',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('number', sa.String(length=60), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('facts', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.Column('signed', sa.Boolean(), nullable=False),
    sa.Column('subject_type', sa.String(length=40), nullable=False),
    sa.Column('subject_id', sa.BigInteger(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('rendered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('file_sha256', sa.String(length=64), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_document'))
    )
    op.create_index('ix_document_subject', 'document', ['subject_type', 'subject_id'], unique=False)
    op.create_table('job',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=60), nullable=False),
    sa.Column('argument', sa.BigInteger(), nullable=False),
    sa.Column('batch', sa.String(length=80), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('run_after', sa.DateTime(timezone=True), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('gave_up', sa.Boolean(), nullable=False),
    sa.Column('error', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_job'))
    )
    op.create_index('ix_job_batch', 'job', ['batch'], unique=False)
    op.create_index('ix_job_waiting', 'job', ['finished_at', 'run_after'], unique=False)
    op.create_table('message',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('to', sa.String(length=254), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('event', sa.String(length=80), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('about_type', sa.String(length=40), nullable=True),
    sa.Column('about_id', sa.BigInteger(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_message'))
    )
    op.create_index('ix_message_about', 'message', ['about_type', 'about_id'], unique=False)
    op.create_table('organisation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=250), nullable=False),
    sa.Column('legal_form', sa.String(length=40), nullable=False),
    sa.Column('tax_number', sa.String(length=8), nullable=False),
    sa.Column('registration_number', sa.String(length=10), nullable=False),
    sa.Column('iban', sa.String(length=34), nullable=False),
    sa.Column('street', sa.String(length=120), nullable=False),
    sa.Column('postcode', sa.String(length=10), nullable=False),
    sa.Column('place', sa.String(length=80), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('phone', sa.String(length=40), nullable=False),
    sa.Column('representative', sa.String(length=120), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('length(registration_number) in (7, 10)', name=op.f('ck_organisation_registration_number')),
    sa.CheckConstraint('length(tax_number) = 8', name=op.f('ck_organisation_tax_number')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_organisation')),
    sa.UniqueConstraint('registration_number', name=op.f('uq_organisation_registration_number')),
    sa.UniqueConstraint('tax_number', name=op.f('uq_organisation_tax_number'))
    )
    op.create_table('user_account',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('password', sa.String(length=255), nullable=True),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('fs_uniquifier', sa.String(length=64), nullable=False),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('create_datetime', sa.DateTime(timezone=True), nullable=True),
    sa.Column('update_datetime', sa.DateTime(timezone=True), nullable=True),
    sa.Column('tf_primary_method', sa.String(length=64), nullable=True),
    sa.Column('tf_totp_secret', sa.String(length=255), nullable=True),
    sa.Column('tf_last_counter', sa.BigInteger(), nullable=True),
    sa.Column('mf_recovery_codes', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_user_account')),
    sa.UniqueConstraint('email', name=op.f('uq_user_account_email')),
    sa.UniqueConstraint('fs_uniquifier', name=op.f('uq_user_account_fs_uniquifier'))
    )
    op.create_table('call',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('reference', sa.String(length=40), nullable=False),
    sa.Column('title', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.Column('area', sa.String(length=20), nullable=False),
    sa.Column('regime', sa.String(length=10), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('decider', sa.String(length=16), nullable=False),
    sa.Column('remedy', sa.String(length=10), nullable=False),
    sa.Column('status', sa.String(length=12), nullable=False),
    sa.Column('languages', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.Column('content', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.Column('budget_line', sa.String(length=40), nullable=False),
    sa.Column('rulebook_text', sa.Text(), nullable=False),
    sa.Column('rulebook_data', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.Column('rulebook_sha256', sa.String(length=64), nullable=False),
    sa.Column('acknowledged', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.Column('parameter_set', sa.String(length=40), nullable=False),
    sa.Column('opens_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closes_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('opening_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decisions_due', sa.Date(), nullable=True),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by_id', sa.Integer(), nullable=False),
    sa.CheckConstraint("status = 'draft' or status = 'cancelled' or published_at is not null", name=op.f('ck_call_published')),
    sa.CheckConstraint('closes_at > opens_at', name=op.f('ck_call_period')),
    sa.ForeignKeyConstraint(['created_by_id'], ['user_account.id'], name=op.f('fk_call_created_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_call')),
    sa.UniqueConstraint('reference', name=op.f('uq_call_reference'))
    )
    op.create_table('invitation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('role', sa.String(length=10), nullable=False),
    sa.Column('invited_by_id', sa.Integer(), nullable=False),
    sa.Column('invited_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['invited_by_id'], ['user_account.id'], name=op.f('fk_invitation_invited_by_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_invitation_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invitation'))
    )
    op.create_index('ix_invitation_email', 'invitation', ['email'], unique=False)
    op.create_index('uq_invitation_open', 'invitation', ['organisation_id', 'email'], unique=True, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
    op.create_table('membership',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.String(length=10), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_membership_organisation_id')),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_membership_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_membership')),
    sa.UniqueConstraint('user_id', 'organisation_id', name=op.f('uq_membership_user_id_organisation_id'))
    )
    op.create_index(op.f('ix_membership_organisation_id'), 'membership', ['organisation_id'], unique=False)
    op.create_table('staff_role',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.String(length=20), nullable=False),
    sa.Column('area', sa.String(length=20), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_staff_role_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_staff_role')),
    sa.UniqueConstraint('user_id', 'role', 'area', name=op.f('uq_staff_role_user_id_role_area'))
    )
    op.create_index(op.f('ix_staff_role_user_id'), 'staff_role', ['user_id'], unique=False)
    op.create_table('application',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('call_id', sa.Integer(), nullable=False),
    sa.Column('track', sa.String(length=60), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('status', sa.String(length=16), nullable=False),
    sa.Column('number', sa.String(length=60), nullable=True),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('answers', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by_id', sa.Integer(), nullable=False),
    sa.Column('saved_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('saved_by_id', sa.Integer(), nullable=False),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("status in ('draft', 'withdrawn') or number is not null", name=op.f('ck_application_numbered')),
    sa.ForeignKeyConstraint(['call_id'], ['call.id'], name=op.f('fk_application_call_id')),
    sa.ForeignKeyConstraint(['created_by_id'], ['user_account.id'], name=op.f('fk_application_created_by_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_application_organisation_id')),
    sa.ForeignKeyConstraint(['saved_by_id'], ['user_account.id'], name=op.f('fk_application_saved_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_application')),
    sa.UniqueConstraint('number', name=op.f('uq_application_number'))
    )
    op.create_index('ix_application_call', 'application', ['call_id', 'track', 'status'], unique=False)
    op.create_index('ix_application_organisation', 'application', ['organisation_id'], unique=False)
    op.create_table('call_document',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('call_id', sa.Integer(), nullable=False),
    sa.Column('title', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('media_type', sa.String(length=100), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['call_id'], ['call.id'], name=op.f('fk_call_document_call_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_call_document'))
    )
    op.create_index(op.f('ix_call_document_call_id'), 'call_document', ['call_id'], unique=False)
    op.create_table('case_register',
    sa.Column('call_id', sa.Integer(), nullable=False),
    sa.Column('last', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['call_id'], ['call.id'], name=op.f('fk_case_register_call_id')),
    sa.PrimaryKeyConstraint('call_id', name=op.f('pk_case_register'))
    )
    op.create_table('panel',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('call_id', sa.Integer(), nullable=False),
    sa.Column('order_number', sa.String(length=60), nullable=False),
    sa.Column('recusal_scope', sa.String(length=12), nullable=False),
    sa.Column('appointed_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("recusal_scope in ('application', 'pot')", name=op.f('ck_panel_recusal_scope')),
    sa.ForeignKeyConstraint(['call_id'], ['call.id'], name=op.f('fk_panel_call_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_panel')),
    sa.UniqueConstraint('call_id', name=op.f('uq_panel_call_id'))
    )
    op.create_table('proposal',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('call_id', sa.Integer(), nullable=False),
    sa.Column('pots', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.Column('status', sa.String(length=10), nullable=False),
    sa.Column('allocation', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.Column('allocation_sha256', sa.String(length=64), nullable=False),
    sa.Column('rulebook_sha256', sa.String(length=64), nullable=False),
    sa.Column('prepared_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('prepared_by_id', sa.Integer(), nullable=False),
    sa.Column('adopted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('adopted_by_id', sa.Integer(), nullable=True),
    sa.CheckConstraint("status <> 'adopted' or (adopted_at is not null and adopted_by_id is not null)", name=op.f('ck_proposal_adopted')),
    sa.ForeignKeyConstraint(['adopted_by_id'], ['user_account.id'], name=op.f('fk_proposal_adopted_by_id')),
    sa.ForeignKeyConstraint(['call_id'], ['call.id'], name=op.f('fk_proposal_call_id')),
    sa.ForeignKeyConstraint(['prepared_by_id'], ['user_account.id'], name=op.f('fk_proposal_prepared_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_proposal'))
    )
    op.create_index(op.f('ix_proposal_call_id'), 'proposal', ['call_id'], unique=False)
    op.create_table('attachment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('fact', sa.String(length=60), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('media_type', sa.String(length=100), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_attachment_application_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attachment'))
    )
    op.create_index(op.f('ix_attachment_application_id'), 'attachment', ['application_id'], unique=False)
    op.create_table('evaluation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('panel_id', sa.Integer(), nullable=False),
    sa.Column('pot', sa.String(length=60), nullable=False),
    sa.Column('status', sa.String(length=12), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('session_on', sa.Date(), nullable=True),
    sa.CheckConstraint("status <> 'concluded' or session_on is not null", name=op.f('ck_evaluation_concluded')),
    sa.ForeignKeyConstraint(['panel_id'], ['panel.id'], name=op.f('fk_evaluation_panel_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_evaluation')),
    sa.UniqueConstraint('panel_id', 'pot', name=op.f('uq_evaluation_panel_id_pot'))
    )
    op.create_table('panel_member',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('panel_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('chair', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['panel_id'], ['panel.id'], name=op.f('fk_panel_member_panel_id')),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_panel_member_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_panel_member')),
    sa.UniqueConstraint('panel_id', 'user_id', name=op.f('uq_panel_member_panel_id_user_id'))
    )
    op.create_index(op.f('ix_panel_member_user_id'), 'panel_member', ['user_id'], unique=False)
    op.create_table('submission',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(length=60), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('content', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.Column('content_sha256', sa.String(length=64), nullable=False),
    sa.Column('requested_cents', sa.BigInteger(), nullable=True),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_submission_application_id')),
    sa.ForeignKeyConstraint(['by_id'], ['user_account.id'], name=op.f('fk_submission_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_submission')),
    sa.UniqueConstraint('application_id', 'sequence', name=op.f('uq_submission_application_id_sequence')),
    sa.UniqueConstraint('number', name=op.f('uq_submission_number'))
    )
    op.create_table('agreement',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('evaluation_id', sa.Integer(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('criterion', sa.String(length=60), nullable=False),
    sa.Column('points', sa.String(length=20), nullable=True),
    sa.Column('reason', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_agreement_application_id')),
    sa.ForeignKeyConstraint(['evaluation_id'], ['evaluation.id'], name=op.f('fk_agreement_evaluation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_agreement')),
    sa.UniqueConstraint('evaluation_id', 'application_id', 'criterion', name=op.f('uq_agreement_evaluation_id_application_id_criterion'))
    )
    op.create_table('declaration',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('statement', sa.Text(), nullable=False),
    sa.Column('declared_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['panel_member.id'], name=op.f('fk_declaration_member_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_declaration')),
    sa.UniqueConstraint('member_id', name=op.f('uq_declaration_member_id'))
    )
    op.create_table('member_sheet',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('evaluation_id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('status', sa.String(length=10), nullable=False),
    sa.Column('comment', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('saved_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("status <> 'finished' or finished_at is not null", name=op.f('ck_member_sheet_finished')),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_member_sheet_application_id')),
    sa.ForeignKeyConstraint(['evaluation_id'], ['evaluation.id'], name=op.f('fk_member_sheet_evaluation_id')),
    sa.ForeignKeyConstraint(['member_id'], ['panel_member.id'], name=op.f('fk_member_sheet_member_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_member_sheet')),
    sa.UniqueConstraint('evaluation_id', 'member_id', 'application_id', name=op.f('uq_member_sheet_evaluation_id_member_id_application_id'))
    )
    op.create_index('ix_member_sheet_application', 'member_sheet', ['application_id'], unique=False)
    op.create_table('recusal',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_recusal_application_id')),
    sa.ForeignKeyConstraint(['member_id'], ['panel_member.id'], name=op.f('fk_recusal_member_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recusal')),
    sa.UniqueConstraint('member_id', 'application_id', name=op.f('uq_recusal_member_id_application_id'))
    )
    op.create_index(op.f('ix_recusal_application_id'), 'recusal', ['application_id'], unique=False)
    op.create_table('sheet',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('evaluation_id', sa.Integer(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('data', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('total', sa.String(length=40), nullable=False),
    sa.Column('passes', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_sheet_application_id')),
    sa.ForeignKeyConstraint(['evaluation_id'], ['evaluation.id'], name=op.f('fk_sheet_evaluation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sheet')),
    sa.UniqueConstraint('evaluation_id', 'application_id', name=op.f('uq_sheet_evaluation_id_application_id'))
    )
    op.create_index(op.f('ix_sheet_application_id'), 'sheet', ['application_id'], unique=False)
    op.create_table('award',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('proposal_id', sa.Integer(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('sheet_id', sa.Integer(), nullable=False),
    sa.Column('pot', sa.String(length=60), nullable=False),
    sa.Column('points', sa.String(length=40), nullable=False),
    sa.Column('passes', sa.Boolean(), nullable=False),
    sa.Column('requested_cents', sa.BigInteger(), nullable=True),
    sa.Column('amount_cents', sa.BigInteger(), nullable=False),
    sa.Column('steps', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.CheckConstraint('amount_cents >= 0', name=op.f('ck_award_amount')),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_award_application_id')),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_award_proposal_id')),
    sa.ForeignKeyConstraint(['sheet_id'], ['sheet.id'], name=op.f('fk_award_sheet_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_award')),
    sa.UniqueConstraint('proposal_id', 'application_id', 'pot', name=op.f('uq_award_proposal_id_application_id_pot'))
    )
    op.create_index(op.f('ix_award_application_id'), 'award', ['application_id'], unique=False)
    op.create_table('mark',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('member_sheet_id', sa.Integer(), nullable=False),
    sa.Column('criterion', sa.String(length=60), nullable=False),
    sa.Column('points', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['member_sheet_id'], ['member_sheet.id'], name=op.f('fk_mark_member_sheet_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mark')),
    sa.UniqueConstraint('member_sheet_id', 'criterion', name=op.f('uq_mark_member_sheet_id_criterion'))
    )
    op.create_table('decision',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('award_id', sa.Integer(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(length=60), nullable=False),
    sa.Column('status', sa.String(length=10), nullable=False),
    sa.Column('languages', sa.String(length=10), nullable=False),
    sa.Column('criteria_count', sa.Integer(), nullable=False),
    sa.Column('amount_cents', sa.BigInteger(), nullable=False),
    sa.Column('sheet_data', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.Column('sheet_sha256', sa.String(length=64), nullable=False),
    sa.Column('rulebook_sha256', sa.String(length=64), nullable=False),
    sa.Column('parameter_set', sa.String(length=40), nullable=False),
    sa.Column('drafted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('led_by_id', sa.Integer(), nullable=False),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('issued_by_id', sa.Integer(), nullable=True),
    sa.CheckConstraint("status <> 'issued' or (issued_at is not null and issued_by_id is not null)", name=op.f('ck_decision_issued')),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_decision_application_id')),
    sa.ForeignKeyConstraint(['award_id'], ['award.id'], name=op.f('fk_decision_award_id')),
    sa.ForeignKeyConstraint(['issued_by_id'], ['user_account.id'], name=op.f('fk_decision_issued_by_id')),
    sa.ForeignKeyConstraint(['led_by_id'], ['user_account.id'], name=op.f('fk_decision_led_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_decision')),
    sa.UniqueConstraint('award_id', name=op.f('uq_decision_award_id')),
    sa.UniqueConstraint('number', name=op.f('uq_decision_number'))
    )
    op.create_index('ix_decision_application', 'decision', ['application_id'], unique=False)
    op.create_table('decision_line',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('decision_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('criterion', sa.String(length=60), nullable=False),
    sa.Column('title', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.Column('article', sa.Text(), nullable=False),
    sa.Column('maximum', sa.String(length=20), nullable=False),
    sa.Column('points', sa.String(length=40), nullable=False),
    sa.Column('reason_sl', sa.Text(), nullable=False),
    sa.Column('reason_it', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['decision_id'], ['decision.id'], name=op.f('fk_decision_line_decision_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_decision_line')),
    sa.UniqueConstraint('decision_id', 'criterion', name=op.f('uq_decision_line_decision_id_criterion')),
    sa.UniqueConstraint('decision_id', 'position', name=op.f('uq_decision_line_decision_id_position'))
    )
    
    bind = op.get_bind()
    for statement in SQLITE if bind.dialect.name == "sqlite" else POSTGRESQL:
        bind.exec_driver_sql(statement)
