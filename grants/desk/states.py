"""What the record says about the desk: only that calendar addresses are made and taken back."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from grants.base.audit import declare

CALENDAR_MADE = declare("organisation.calendar_made", (), _l("A secret address of the calendar was made."))
CALENDAR_ENDED = declare("organisation.calendar_ended", (), _l("A secret address of the calendar was taken back."))
