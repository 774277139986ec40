"""The checks that every action on an application climbs, and what it says when one fails."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import inspect

from grants.applications import answers, conditions, joint, queries
from grants.applications.models import Application
from grants.applications.states import ApplicationStatus
from grants.base import access, transaction
from grants.base import language as languages
from grants.base.db import db
from grants.base.errors import Refused
from grants.calls import queries as call_queries
from grants.calls.models import Call
from grants.calls.states import CallStatus


class Changed(Refused):
    """Somebody saved the draft after this page was opened; nothing was overwritten."""

    def __init__(self) -> None:
        super().__init__(_("Somebody else saved this draft while you were writing. Nothing was overwritten."))


class Late(Refused):
    """The deadline has passed, by the second in which the request was received."""

    def __init__(self, call: Call, received_at: datetime) -> None:
        super().__init__(
            _("The time for applying ran out: the deadline was %(deadline)s, your request reached the server %(received)s.",
              deadline=languages.instant(call.closes_at), received=languages.instant(received_at))
        )  # fmt: skip
        self.call, self.received_at = call, received_at


def lock(application: Application) -> None:
    """One writer at a time for each application, who sees what the one before has done. What hangs on it stays loaded."""
    if queries.is_locked(application):
        return
    transaction.begin_writing()
    db.session.refresh(application, attribute_names=_COLUMNS, with_for_update={"of": Application})
    for partner in application.__dict__.get("named_partners", ()):
        db.session.expire(partner)
    db.session.expire(application, ["named_partners"])
    queries.note_lock(application)


def may(verdict: access.Verdict) -> None:
    if not verdict:
        raise Refused(verdict.reason or _("You may not do this."), status=403 if verdict.exists else 404)


def is_draft(application: Application) -> None:
    if application.status == ApplicationStatus.WITHDRAWN:
        raise Refused(_("This application is withdrawn. Take it up again before you submit it."))
    if application.status != ApplicationStatus.DRAFT:
        raise Refused(_("This application is sealed since its opening and can no longer be changed."))


def is_complete(application: Application) -> bool:
    """Whether nothing is missing or wrong, no condition stands against it, and every partner agrees."""
    track = queries.track_of(application.call, application.track)
    checked = answers.check_draft(application, attachments=application.attachments)
    return (
        not checked.faults and not conditions.for_applicant(application, track, checked.values).stopping and not joint.lacking(application)
    )


def call_takes_applications(call: Call, at: datetime) -> None:
    """By the second in which the request was received, even if the call was closed while the request was waiting its turn."""
    if call_queries.is_open(call, at) or (call.status == CallStatus.CLOSED and call.opens_at <= at < call.closes_at):
        return
    if call.status in (CallStatus.DRAFT, CallStatus.CANCELLED):
        raise Refused(_("This call takes no applications."))
    if at < call.opens_at:
        raise Refused(_("This call takes applications from %(opening)s on. Come back then.", opening=languages.instant(call.opens_at)))
    raise Late(call, at)


_COLUMNS = [attribute.key for attribute in inspect(Application).column_attrs]
