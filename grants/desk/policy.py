"""Who may see the pages that span all stages."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from grants.accounts.models import Role, User
from grants.accounts.policy import holds
from grants.base.access import Verdict
from grants.base.mail import Message


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
