"""Who may see the pages that span all stages."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from grants.accounts.models import Organisation, Role, User
from grants.accounts.policy import holds, is_staff, member_role
from grants.base.access import Verdict
from grants.base.mail import Message
from grants.desk.models import CalendarAddress


def may_read_mail(user: User) -> Verdict:
    """Mail holds addresses of people: administrators and auditors only."""
    if any(holds(user, role) for role in (Role.ADMINISTRATOR, Role.AUDITOR)):
        return Verdict.yes()
    if user.staff_roles:
        return Verdict.no(
            _l("The mail of the whole office is open to administrators and auditors. The mail on one application stands on its page.")
        )
    return Verdict.hidden()


def may_read_message(user: User, message: Message) -> Verdict:
    """One message, by the same rule."""
    return may_read_mail(user)


def may_read_record(user: User, *_: Any) -> Verdict:
    """The audit record as a whole."""
    if any(holds(user, role) for role in (Role.ADMINISTRATOR, Role.AUDITOR)):
        return Verdict.yes()
    return Verdict.hidden()


def may_see_history(user: User, organisation: Organisation) -> Verdict:
    """Its members. The office sees applications after their opening, on the pages of their calls."""
    if member_role(user, organisation.id):
        return Verdict.yes()
    if is_staff(user):
        return Verdict.no(_l("The history of an organisation shows its drafts, too, so only its members see it. The office has the applications on the pages of the calls."))  # fmt: skip
    return Verdict.hidden()


def may_read_calendar(user: User | None, found: CalendarAddress) -> Verdict:
    """Whoever has the address: a calendar program signs in nowhere."""
    return Verdict.yes()
