"""What the office does: opens all at the published hour, dismisses, passes on; and what later stages note."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext

from grants.accounts.models import User
from grants.applications import letters, policy, queries
from grants.applications.actions.ladder import lock, may
from grants.applications.models import Application
from grants.applications.states import ApplicationStatus
from grants.base import clock
from grants.base import language as languages
from grants.base.db import db
from grants.base.errors import Refused
from grants.base.workflow import move
from grants.calls.actions import running
from grants.calls.models import Call
from grants.calls.states import CallStatus

LONGEST_REASON = 4000


def open_call(call: Call, *, by: User) -> int:
    """Open every submitted application of a call at the published hour, with minutes. Returns how many there were."""
    may(policy.may_open(by, call))
    db.session.refresh(call, attribute_names=["status"], with_for_update=True)
    began = clock.now()
    if call.status not in (CallStatus.PUBLISHED, CallStatus.CLOSED):
        raise Refused(_("The applications of this call were opened already, or the call never took any."))
    if began < call.opening_at:
        raise Refused(_("The opening was published for %(opening)s. Until then all applications stay sealed.", opening=languages.instant(call.opening_at)))  # fmt: skip
    if waiting := queries.unconfirmed_papers(call):
        raise Refused(
            ngettext(
                "%(num)s application on paper is not confirmed by a second person yet. Have it confirmed or discarded, then open.",
                "%(num)s applications on paper are not confirmed by a second person yet. Have them confirmed or discarded, then open.",
                waiting,
            )
        )
    applications = queries.submitted_applications(call)
    for application in applications:
        move(application, ApplicationStatus.OPENED, by=by, number=application.number)
    running.mark_opened(call, by=by, applications=len(applications))
    letters.minutes(call, applications, number=running.next_number(call), began=began, by=by)
    return len(applications)


def dismiss(application: Application, *, by: User, reason: str) -> None:
    """Dismiss an opened application without looking at its content (zavreči). A missing proof is no ground for that."""
    lock(application)
    may(policy.may_dismiss(by, application))
    if application.status != ApplicationStatus.OPENED:
        raise Refused(_("Only an opened application that the panel has not received yet can be dismissed."))
    reason = reason.strip()
    if not 20 <= len(reason) <= LONGEST_REASON:
        raise Refused(
            _("Write the reason in a sentence or more: the organisation will read it, and so may a court."),
            fields={"reason": _("Write between 20 and %(most)s characters.", most=LONGEST_REASON)}, status=422,
        )  # fmt: skip
    move(application, ApplicationStatus.DISMISSED, by=by, reason=reason)
    db.session.flush()
    letters.dismissed(application, reason=reason)


def take_into_evaluation(application: Application, *, by: User | None) -> None:
    """Pass a complete application on to the panel; the stage of evaluation calls this."""
    if application.status == ApplicationStatus.IN_EVALUATION:
        return
    if application.status != ApplicationStatus.OPENED:
        raise Refused(_("Only an opened application goes to the panel."))
    move(application, ApplicationStatus.IN_EVALUATION, by=by)


def mark_decided(application: Application, *, by: User | None) -> None:
    """Note that the last decision on it is issued; the stage of decisions calls this."""
    if application.status != ApplicationStatus.DECIDED:
        move(application, ApplicationStatus.DECIDED, by=by)
