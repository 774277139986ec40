"""What time and the worker do to applications by themselves."""

from __future__ import annotations

from grants.applications import letters, printing, queries
from grants.applications.actions import deadline, partnering, submitting
from grants.applications.models import Application, Reminder, Submission
from grants.base import jobs
from grants.base.db import db
from grants.base.transaction import unit_of_work


@jobs.job("applications.confirm_submission")
def confirm_submission(submission_id: int) -> None:
    """Ask for the receipt and write the messages of one submission."""
    with unit_of_work():
        submission = db.session.get_one(Submission, submission_id)
        submitting.confirm_submission(submission, db.session.get_one(Application, submission.application_id))


@jobs.periodic
def note_reminders() -> None:
    """Seven days, 48 hours and 3 hours before the deadline. A minute that was missed is made up for by the next."""
    deadline.note_reminders()


@jobs.periodic
def tell_of_cancellation() -> None:
    """Those who applied to a call that was cancelled, or were about to."""
    deadline.tell_of_cancellation()


@jobs.periodic
def forget_old_drafts() -> None:
    """Prints of drafts that a newer one has replaced."""
    printing.forget_old_drafts()


@jobs.periodic
def ask_partners_again() -> None:
    """Partners whose own part was changed after they agreed."""
    partnering.ask_again()


@jobs.job("applications.remind")
def remind(reminder_id: int) -> None:
    """Remind the people of one unsent draft."""
    with unit_of_work():
        reminder = db.session.get_one(Reminder, reminder_id, with_for_update=True)
        deadline.remind(reminder, db.session.get_one(Application, reminder.application_id))


@jobs.job("applications.tell_of_extension")
def tell_of_extension(application_id: int) -> None:
    """Tell the people of one application that there is more time."""
    with unit_of_work():
        application = db.session.get_one(Application, application_id)
        if not queries.was_told(application, amendment := application.call.amendments[-1]):
            letters.extended(application, amendment)
