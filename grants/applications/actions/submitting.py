"""A draft is submitted; a submission is withdrawn and taken up again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from grants.accounts.models import Organisation, User
from grants.applications import activities, conditions, joint, letters, policy, queries, standing, states
from grants.applications.actions.ladder import Changed, Late, call_takes_applications, is_draft, lock, may
from grants.applications.answers import Fault, check_draft, rates_of
from grants.applications.declarations import declarations_of
from grants.applications.models import Application, ApplicationPartner, Attachment, Submission
from grants.applications.states import ApplicationStatus
from grants.base import audit, clock, documents, jobs
from grants.base import language as languages
from grants.base.db import db
from grants.base.errors import Refused
from grants.base.workflow import move
from grants.calls.actions import running
from scoring.requests import requested_cents


class Incomplete(Refused):
    """Something is missing or wrong; `faults` says what, each with its field."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__(
            _("The application cannot be submitted yet: something is missing or wrong."),
            fields={fault.field: fault.message for fault in faults},
            status=422,
        )
        self.faults = faults


class AppliedAlready(Refused):
    """The organisation has another application to this part of the call that is submitted: one of them came on paper."""

    def __init__(self, other: Application) -> None:
        super().__init__(
            _("Your organisation has applied to this part of the call on paper already: number %(number)s. If this application is to count, withdraw that one first: it is among your applications.", number=other.number)
        )  # fmt: skip
        self.other = other


class Unmet(Refused):
    """A computed condition for taking part is not met; `conditions` says which, how that was computed and what to do."""

    def __init__(self, stopping: tuple[conditions.Checked, ...]) -> None:
        said = " ".join(f"{one.text} ({one.article})" for one in stopping)
        super().__init__(
            _("The application cannot be submitted: a condition for taking part is not met. %(conditions)s", conditions=said), status=422
        )
        self.conditions = stopping


class NotAgreed(Refused):
    """Partners have not agreed to what stands now; `partners` says which."""

    def __init__(self, partners: list[ApplicationPartner]) -> None:
        names = ", ".join(one.name for one in partners)
        super().__init__(
            _("The application cannot be submitted yet: the consent of a partner is missing. %(names)s", names=names), status=422
        )
        self.partners = partners


class EnteredAlready(Refused):
    """An activity stands in another submitted application already; `entered` says which, whose, and under which number."""

    def __init__(self, said: list[str]) -> None:
        super().__init__(_("The application cannot be submitted: an activity is entered already. %(activities)s", activities=" ".join(said)), status=422)  # fmt: skip
        self.said = said


def submit(application: Application, *, by: User, version: int | None = None, received_at: datetime | None = None) -> Submission:
    """Submit the draft as it stands. A second click leads to the same submission. What counts is when the request was received."""
    received_at = received_at or clock.now()
    lock(application)
    may(policy.may_submit(by, application))
    if application.status == ApplicationStatus.SUBMITTED:
        return queries.latest_submission(application)
    is_draft(application)
    call_takes_applications(application.call, received_at)
    if clock.now() >= application.call.closes_at and (last := _last_change(application)) > received_at:
        raise Late(application.call, last)  # the request was held open, and the draft was changed meanwhile
    if version is not None and version != application.version:
        raise Changed
    content, requested = _content(application)
    if lacking := joint.lacking(application):
        raise NotAgreed(lacking)
    number = number_for(application)
    _enter_activities(application, content["answers"])
    return seal(application, content, requested, number=number, received_at=received_at, by=by)


def number_for(application: Application, *, beside: str = "") -> str:
    """The next number. It locks the register of numbers, so nobody submits another application of the organisation to this track unseen.

    `beside` is the number of another one that is known and stays. Raises `AppliedAlready`.
    """
    number = running.next_number(application.call)
    other = queries.find_submitted_beside(application)
    if other is not None and other.number != beside:
        raise AppliedAlready(other)
    return number


def _enter_activities(application: Application, values: Mapping[str, Any]) -> None:
    """The register of numbers is locked by now, so of two that enter the same activity at the same time the second sees the first."""
    track = queries.track_of(application.call, application.track)
    done, parties = activities.activities_of(track, values), joint.parties_of(application)
    if not done:
        return
    if there := activities.entered(application, done, parties):
        raise EnteredAlready([standing.entered_already(application, one) for one in there])
    activities.enter(application, done, parties)


def seal(
    application: Application, content: dict[str, Any], requested: int | None, *, number: str, received_at: datetime, by: User
) -> Submission:  # fmt: skip
    """The number, the content with its hash, the status; what follows is left to a job. The same for typed and for paper."""
    earlier = queries.find_submission(application) if application.number else None
    submission = Submission(
        application_id=application.id, sequence=1 if earlier is None else earlier.sequence + 1, number=number,
        received_at=received_at, content=content, content_sha256=sha256_of(content), requested_cents=requested, by_id=by.id,
    )  # fmt: skip
    db.session.add(submission)
    application.number, application.submitted_at = number, received_at
    move(application, ApplicationStatus.SUBMITTED, by=by, number=number, content_sha256=submission.content_sha256)
    db.session.flush()
    db.session.expire(application, ["submissions"])
    jobs.enqueue("applications.confirm_submission", submission.id)
    return submission


def confirm_submission(submission: Submission, application: Application) -> None:
    """What follows a submission: the receipt as a document, and the messages. Done by a job, so that submitting waits for neither."""
    if any(one.number == submission.number for one in documents.of_subject(application, "receipt")):
        return
    letters.receipt(application, submission, by=submission.by)
    letters.submitted(application, submission, by=None if "paper" in submission.content else submission.by)


def note_late_submission(application: Application, *, by: User, received_at: datetime) -> None:
    """Keep on record that a submission came too late, and when. The draft stays as it was saved."""
    audit.record(
        states.LATE, application, by=by, closes_at=application.call.closes_at.isoformat(), received_at=received_at.isoformat()
    )  # fmt: skip


def withdraw(application: Application, *, by: User, received_at: datetime | None = None) -> None:
    """Take a submitted application back before the deadline. A second click changes nothing."""
    lock(application)
    may(policy.may_withdraw(by, application))
    if application.status == ApplicationStatus.WITHDRAWN:
        return
    if application.status != ApplicationStatus.SUBMITTED:
        raise Refused(_("Only a submitted application can be withdrawn. This one is a draft, or it is sealed since the deadline."))
    try:
        call_takes_applications(application.call, received_at or clock.now())
    except Late as late:
        raise Refused(
            _("After the deadline (%(deadline)s) an application can no longer be withdrawn here. Write to the contact of the call.",
              deadline=languages.instant(application.call.closes_at))
        ) from late  # fmt: skip
    move(application, ApplicationStatus.WITHDRAWN, by=by, number=application.number)
    activities.take_out(application)
    db.session.flush()
    letters.withdrawn(application, by=by)


def resume(application: Application, *, by: User) -> None:
    """Make a withdrawn application a draft again. A second click changes nothing."""
    lock(application)
    may(policy.may_resume(by, application))
    if application.status == ApplicationStatus.DRAFT:
        return
    if application.status != ApplicationStatus.WITHDRAWN:
        raise Refused(_("Only a withdrawn application can be taken up again."))
    call_takes_applications(application.call, clock.now())
    move(application, ApplicationStatus.DRAFT, by=by)
    db.session.flush()


def _last_change(application: Application) -> datetime:
    return max([application.saved_at, *(one.added_at for one in queries.attachments_of(application))])


def sha256_of(content: Mapping[str, Any]) -> str:
    """The hash of a submission's content: of its canonical JSON."""
    return hashlib.sha256(canonical(content)).hexdigest()


def canonical(content: Mapping[str, Any]) -> bytes:
    """The content as it is hashed: anyone who has these bytes can recompute what the receipt says."""
    return audit.canonical_json(content).encode()


def _content(application: Application) -> tuple[dict[str, Any], int | None]:
    track = queries.track_of(application.call, application.track)
    attachments = queries.attachments_of(application)
    checked = check_draft(application, attachments=attachments)
    if checked.faults:
        raise Incomplete(checked.faults)
    if stopping := conditions.for_applicant(application, track, checked.values).stopping:
        raise Unmet(stopping)
    asked = [one for one in attachments if one.fact in checked.asked]
    return content_of(application, checked.values, asked, declared=True), requested_cents(track, checked.values)


def content_of(application: Application, values: Mapping[str, Any], attachments: Iterable[Attachment], *, declared: bool) -> dict[str, Any]:
    """What a submission keeps, typed or on paper: checked answers, files, declarations word for word, and the numbers that held."""
    track = queries.track_of(application.call, application.track)
    content = {
        "format": 1,
        "call": {"reference": application.call.reference, "rulebook_sha256": application.call.rulebook_sha256},
        "track": application.track,
        "organisation": _organisation_of(application.organisation),
        "language": application.language,
        "answers": dict(values),
        "attachments": [
            {"fact": one.fact, "name": one.name, "media_type": one.media_type, "size": one.size, "sha256": one.sha256}
            for one in attachments
        ],
        "declared": declared,
    }  # fmt: skip
    if partners := joint.content_of(application, values):
        content["partners"] = partners
    if words := declarations_of(track, values):
        content["declarations"] = words
    if track.plan is not None and track.plan.volunteers is not None:
        content["volunteer_rates"] = dict(rates_of(application.call))
    return content


def _organisation_of(organisation: Organisation) -> dict[str, str]:
    """What a submission keeps of its organisation: as it was on that day."""
    return {name: getattr(organisation, name) for name in _ORGANISATION}


_ORGANISATION = (
    "name", "legal_form", "tax_number", "registration_number", "iban", "street", "postcode", "place", "email", "phone", "representative",
)  # fmt: skip
