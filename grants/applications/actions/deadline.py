"""What the deadline asks for: reminders to those with unsent drafts, and its extension after an outage."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from grants.accounts.models import User
from grants.applications import answers, joint, letters, queries, states
from grants.applications.models import Application, Reminder
from grants.applications.states import ApplicationStatus
from grants.base import audit, clock, jobs
from grants.base.db import db
from grants.calls import queries as call_queries
from grants.calls.actions import running
from grants.calls.models import Call, CallAmendment

HOURS = (3, 48, 7 * 24)
"""How long before the deadline people are reminded. After a pause of the server only the last one that is due is sent."""
AT_ONCE = 50
"""So many are noted in one transaction, so that those who submit meanwhile do not wait."""


def note_reminders() -> None:
    """Note the reminders that are due; each is sent by a job of its own."""
    now = clock.now()
    for call in call_queries.open_calls():
        due = next((hours for hours in HOURS if call.closes_at - timedelta(hours=hours) <= now), None)
        if due is None:
            continue
        noted = [
            Reminder(application_id=one.id, closes_at=call.closes_at, hours=due, noted_at=now)
            for one in queries.drafts_to_remind(call, due, AT_ONCE)
        ]
        db.session.add_all(noted)
        db.session.flush()
        for one in noted:
            jobs.enqueue("applications.remind", one.id)


def remind(reminder: Reminder, application: Application) -> None:
    """Write the messages of one reminder, unless the draft was submitted meanwhile or its deadline moved."""
    if reminder.sent_at is not None or application.status != ApplicationStatus.DRAFT:
        return
    if application.call.closes_at != reminder.closes_at or clock.now() >= reminder.closes_at:
        return
    missing = len(answers.check_draft(application, attachments=application.attachments).faults) + len(joint.lacking(application))
    letters.reminder(application, missing=missing)
    reminder.sent_at = clock.now()
    audit.record(states.REMINDED, application, by=None, before=reminder.hours)


def tell_of_cancellation() -> None:
    """Everyone who has a draft or a submission learns that the call was cancelled, once. Long after its deadline nobody needs to."""
    for application in queries.untold_of_cancellation(clock.now() - timedelta(days=7), AT_ONCE):
        letters.cancelled(application)


def extend(call: Call, *, by: User, **given: Any) -> CallAmendment:
    """Extend the deadline after an outage (see calls.actions.extend) and tell everyone who has a draft or a submission."""
    amendment = running.extend(call, by=by, **given)
    for application_id in queries.concerned_by(call):
        jobs.enqueue("applications.tell_of_extension", application_id)
    return amendment
