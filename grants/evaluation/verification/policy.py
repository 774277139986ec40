"""Who may see and record what the office found out about the answers of an application."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from grants.accounts.models import Role, User
from grants.accounts.policy import holds
from grants.applications.models import Application
from grants.applications.policy import is_member, reads_area
from grants.applications.states import OPEN_TO_STAFF
from grants.base.access import Verdict
from grants.evaluation.verification.findings import Subject


def may_see_verifications(user: User, application: Application) -> Verdict:
    """The office of the area once the application was opened. Whoever acts for the applicant reads it on the page of the application."""
    if application.status not in OPEN_TO_STAFF or is_member(user, application) or not reads_area(user, application.call):
        return Verdict.hidden()
    return Verdict.yes()


def may_verify(user: User, subject: Subject) -> Verdict:
    """Officers of the area. Whether it may happen now is for the action."""
    if not may_see_verifications(user, subject.application):
        return Verdict.hidden()
    if holds(user, Role.OFFICER, subject.application.call.area):
        return Verdict.yes()
    return Verdict.no(_l("Only the call officer of this area records what was verified."))
