"""Secret addresses of calendars: made, made anew, taken back."""

from __future__ import annotations

import secrets

from grants.accounts.models import Organisation, User
from grants.base import audit, clock
from grants.base.db import db
from grants.desk import queries, states
from grants.desk.models import CalendarAddress


def make_calendar_address(organisation: Organisation, *, by: User) -> CalendarAddress:
    """An address of this person for the duties of an organisation; an earlier one no longer works."""
    _drop(organisation, by)
    made = CalendarAddress(organisation_id=organisation.id, user_id=by.id, key=secrets.token_urlsafe(32), made_at=clock.now())
    db.session.add(made)
    db.session.flush()
    audit.record(states.CALENDAR_MADE, organisation, by=by)
    return made


def end_calendar_address(organisation: Organisation, *, by: User) -> None:
    """The address no longer works."""
    if _drop(organisation, by):
        audit.record(states.CALENDAR_ENDED, organisation, by=by)


def _drop(organisation: Organisation, person: User) -> bool:
    known = queries.find_calendar(person, organisation)
    if known is not None:
        db.session.delete(known)
        db.session.flush()
    return known is not None
