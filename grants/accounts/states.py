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

MEMBER_INVITED = declare("membership.invited", ("invitation_id", "role"), _l("A person was invited to act for the organisation."))
INVITATION_WITHDRAWN = declare("membership.invitation_withdrawn", ("invitation_id",), _l("An invitation was withdrawn."))
INVITATION_DECLINED = declare("membership.invitation_declined", ("invitation_id",), _l("An invitation was declined."))
MEMBER_ADDED = declare("membership.added", ("user_id", "role"), _l("A person began to act for the organisation."))
MEMBER_ROLE_CHANGED = declare("membership.role_changed", ("user_id", "role"), _l("A member got another role."))
MEMBER_REMOVED = declare("membership.removed", ("user_id", "role"), _l("A person no longer acts for the organisation."))
