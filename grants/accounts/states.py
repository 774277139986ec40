"""What the record says about people and organisations. They have no statuses, so there are events only.
Sentences name no person: who did it stands beside them, the rest is in the data."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from grants.base.audit import PARTY, STAFF, declare

REGISTERED = declare("user.registered", (), _l("An account was made."), STAFF)
CONFIRMED = declare("user.confirmed", (), _l("The e-mail address was confirmed."), STAFF)
SIGNED_IN = declare("user.signed_in", (), _l("Signed in."), STAFF)
PASSWORD_CHANGED = declare("user.password_changed", ("how",), _l("The password was changed."), STAFF)
PROFILE_CHANGED = declare("user.profile_changed", ("fields",), _l("Name or language was changed."), STAFF)
TOTP_SET_UP = declare("user.totp_set_up", (), _l("Sign-in with a code from the phone was set up."), STAFF)
TOTP_REMOVED = declare("user.totp_removed", (), _l("Sign-in with a code from the phone was removed."), STAFF)
CODES_MADE = declare("user.recovery_codes_made", ("number",), _l("New recovery codes were made: %(number)s."), STAFF)
CODE_USED = declare("user.recovery_code_used", ("left",), _l("A recovery code was used. Codes left: %(left)s."), STAFF)

ROLE_GRANTED = declare("role.granted", ("role", "area"), _l("A role in the office was given."), STAFF)
ROLE_REVOKED = declare("role.revoked", ("role", "area"), _l("A role in the office was taken away."), STAFF)

ORGANISATION_REGISTERED = declare("organisation.registered", ("tax_number",), _l("The organisation was registered, tax number %(tax_number)s."))  # fmt: skip
ORGANISATION_CHANGED = declare("organisation.changed", ("fields",), _l("The data of the organisation were changed."), PARTY)
ORGANISATION_REFRESHED = declare("organisation.refreshed", ("fields", "taken_on"), _l("The data of the organisation were taken from the business register of %(taken_on)s."))  # fmt: skip
REGISTER_IMPORTED = declare("register.imported", ("taken_on", "units", "rejected", "sha256"), _l("The business register of %(taken_on)s was imported: units %(units)s, rows left out %(rejected)s."), STAFF)  # fmt: skip
REGISTER_DISPUTED = declare("register.disputed", ("dispute_id", "what"), _l("The organisation says that the business register is wrong about it."))  # fmt: skip
DISPUTE_ANSWERED = declare("register.dispute_answered", ("dispute_id",), _l("The office answered what the organisation said about the business register."))  # fmt: skip

DOCUMENT_KEPT = declare("vault.document_kept", ("document_id", "document_kind", "sha256"), _l("A document was put into the vault."))
DOCUMENT_REPLACED = declare("vault.document_replaced", ("document_id", "replaces_id", "sha256"), _l("A document in the vault got a new version."))  # fmt: skip
DOCUMENT_REMOVED = declare("vault.document_removed", ("document_id", "sha256"), _l("A document was taken out of the vault."))
DOCUMENT_EXPIRING = declare("vault.reminded", ("document_id", "days"), _l("We reminded the organisation that a document in its vault expires."))  # fmt: skip

MEMBER_INVITED = declare("membership.invited", ("invitation_id", "role"), _l("A person was invited to act for the organisation."))
INVITATION_WITHDRAWN = declare("membership.invitation_withdrawn", ("invitation_id",), _l("An invitation was withdrawn."))
INVITATION_DECLINED = declare("membership.invitation_declined", ("invitation_id",), _l("An invitation was declined."))
MEMBER_ADDED = declare("membership.added", ("user_id", "role"), _l("A person began to act for the organisation."))
MEMBER_ROLE_CHANGED = declare("membership.role_changed", ("user_id", "role"), _l("A member got another role."))
HANDED_OVER = declare("membership.handed_over", ("user_id", "afterwards"), _l("An owner handed the organisation over."))
MEMBER_REMOVED = declare("membership.removed", ("user_id", "role"), _l("A person no longer acts for the organisation."))
