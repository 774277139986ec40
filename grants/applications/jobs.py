"""What time and the worker do to applications by themselves."""

from __future__ import annotations

from grants.applications.actions import submitting
from grants.applications.models import Application, Submission
from grants.base import jobs
from grants.base.db import db
from grants.base.transaction import unit_of_work


@jobs.job("applications.confirm_submission")
def confirm_submission(submission_id: int) -> None:
    """Ask for the receipt and write the messages of one submission."""
    with unit_of_work():
        submission = db.session.get_one(Submission, submission_id)
        submitting.confirm_submission(submission, db.session.get_one(Application, submission.application_id))
