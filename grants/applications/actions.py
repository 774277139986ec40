"""What is done to an application: started, saved, submitted, withdrawn, taken up again; and by the office: opened, dismissed, passed on."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import inspect, select

from grants.accounts.models import Organisation, User
from grants.applications import conditions, letters, policy, queries, states
from grants.applications.answers import Fault, as_typed, check, prefilled
from grants.applications.models import Application, Attachment, Submission
from grants.applications.states import ApplicationStatus
from grants.base import access, audit, clock, files
from grants.base import language as languages
from grants.base.db import db
from grants.base.errors import Refused
from grants.base.workflow import move
from grants.base.workflow import start as begin
from grants.calls import actions as calls
from grants.calls import queries as call_queries
from grants.calls.models import Call
from grants.calls.states import CallStatus
from scoring.requests import requested_cents

LONGEST_REASON = 4000


class StartedAlready(Refused):
    """The organisation has an application to this track; `application` is where to go on."""

    def __init__(self, application: Application) -> None:
        super().__init__(_("Your organisation already has an application to this part of the call. Go on with that one."))
        self.application = application


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


class Incomplete(Refused):
    """Something is missing or wrong; `faults` says what, each with its field."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__(
            _("The application cannot be submitted yet: something is missing or wrong."),
            fields={fault.field: fault.message for fault in faults},
            status=422,
        )
        self.faults = faults


class Unmet(Refused):
    """A computed condition for taking part is not met; `conditions` says which, how that was computed and what to do."""

    def __init__(self, stopping: tuple[conditions.Checked, ...]) -> None:
        said = " ".join(f"{one.text} ({one.article})" for one in stopping)
        super().__init__(
            _("The application cannot be submitted: a condition for taking part is not met. %(conditions)s", conditions=said), status=422
        )
        self.conditions = stopping


def start(call: Call, track: str, organisation: Organisation, *, by: User, language: str) -> Application:
    """Begin an application of an organisation to a track, with what the rulebook wants filled in from the organisation."""
    if not any(membership.organisation_id == organisation.id for membership in by.memberships):
        raise Refused(_("You do not act for this organisation. Choose one of yours."), fields={"organisation": _("Choose one of your organisations.")}, status=403)  # fmt: skip
    rules = queries.find_track(call, track)
    if rules is None:
        raise Refused(_("The call has no such part. Choose one of those that are offered."), fields={"track": _("Choose what you apply for.")}, status=422)  # fmt: skip
    # Two people of one organisation may press the button at the same time: the second waits here and is sent to the first one's draft.
    db.session.execute(select(Organisation.id).where(Organisation.id == organisation.id).with_for_update())
    if (known := queries.find_application(call, track, organisation)) is not None:
        raise StartedAlready(known)
    _call_takes_applications(call, clock.now())
    application = Application(
        call_id=call.id, track=track, organisation_id=organisation.id, language=language if language in call.languages else call.languages[0],
        answers=prefilled(call, rules, _known_of(organisation)), created_at=clock.now(), created_by_id=by.id, saved_at=clock.now(), saved_by_id=by.id,
    )  # fmt: skip
    application.call, application.organisation = call, organisation
    begin(application, by=by, track=track)
    db.session.flush()
    return application


def save(application: Application, answers: Mapping[str, Any], *, version: int, by: User) -> None:
    """Keep what was typed, right or wrong, complete or not. `version` is the one on which the typing began."""
    _lock(application)
    _may(policy.may_edit(by, application))
    if version != application.version:
        raise Changed
    facts = {fact.id: fact for fact in queries.track_of(application.call, application.track).facts if fact.kind != "file"}
    if unknown := set(answers) - set(facts):
        raise Refused(_("The form has no such question: %(names)s.", names=", ".join(sorted(unknown))), status=422)
    application.answers = {**application.answers, **{name: as_typed(facts[name], value) for name, value in answers.items()}}
    application.saved_at, application.saved_by_id = clock.now(), by.id
    db.session.flush()


def attach(application: Application, fact: str, upload: files.Upload, *, by: User) -> Attachment:
    """Add a checked file to a draft. It does not change the version: a file takes nothing away from what others type."""
    _lock(application)
    _may(policy.may_edit(by, application))
    wanted = next(
        (one for one in queries.track_of(application.call, application.track).facts if one.id == fact and one.kind == "file"), None
    )
    if wanted is None:
        raise Refused(_("The form has no place for this file."), status=422)
    present = [one for one in queries.attachments_of(application) if one.fact == fact]
    if any(one.sha256 == upload.sha256 for one in present):
        raise Refused(
            _("The file “%(name)s” is attached here already.", name=upload.name), fields={fact: _("This file is attached already.")}
        )
    if len(present) >= wanted.max_files:
        raise Refused(
            _("The file “%(name)s” was not added: here at most %(most)s may be attached. Remove one first.", name=upload.name, most=wanted.max_files),
            fields={fact: _("No more files may be attached here.")}, status=422,
        )  # fmt: skip
    attachment = Attachment(
        application_id=application.id, fact=fact, name=upload.name, media_type=upload.media_type, size=len(upload.data),
        sha256=files.store(upload.data), added_at=clock.now(),
    )  # fmt: skip
    db.session.add(attachment)
    db.session.flush()
    db.session.expire(application, ["attachments"])
    audit.record(states.ATTACHED, application, by=by, fact=fact, sha256=upload.sha256)
    return attachment


def detach(attachment: Attachment, *, by: User) -> None:
    """Take a file away from a draft. Submissions keep its hash, and the store keeps the file."""
    application = attachment.application
    _lock(application)
    _may(policy.may_edit(by, application))
    audit.record(states.DETACHED, application, by=by, fact=attachment.fact, sha256=attachment.sha256)
    db.session.delete(attachment)
    db.session.flush()
    db.session.expire(application, ["attachments"])


def submit(application: Application, *, by: User, version: int | None = None, received_at: datetime | None = None) -> Submission:
    """Submit the draft as it stands. A second click leads to the same submission. What counts is when the request was received."""
    received_at = received_at or clock.now()
    _lock(application)
    _may(policy.may_submit(by, application))
    if application.status == ApplicationStatus.SUBMITTED:
        return queries.latest_submission(application)
    _is_draft(application)
    _call_takes_applications(application.call, received_at)
    if version is not None and version != application.version:
        raise Changed
    content, requested = _content(application)
    number = calls.next_number(application.call)
    submission = Submission(
        application_id=application.id, sequence=1 + max((one.sequence for one in application.submissions), default=0), number=number,
        received_at=received_at, content=content, content_sha256=sha256_of(content), requested_cents=requested, by_id=by.id,
    )  # fmt: skip
    db.session.add(submission)
    application.number, application.submitted_at = number, received_at
    move(application, ApplicationStatus.SUBMITTED, by=by, number=number, content_sha256=submission.content_sha256)
    db.session.flush()
    db.session.expire(application, ["submissions"])
    letters.receipt(application, submission, by=by)
    letters.submitted(application, submission, by=by)
    return submission


def note_late_submission(application: Application, *, by: User) -> None:
    """Keep on record that a submission came too late. The draft stays as it was saved."""
    audit.record(states.LATE, application, by=by, closes_at=application.call.closes_at.isoformat())


def withdraw(application: Application, *, by: User, received_at: datetime | None = None) -> None:
    """Take a submitted application back before the deadline. A second click changes nothing."""
    _lock(application)
    _may(policy.may_withdraw(by, application))
    if application.status == ApplicationStatus.WITHDRAWN:
        return
    if application.status != ApplicationStatus.SUBMITTED:
        raise Refused(_("Only a submitted application can be withdrawn. This one is a draft, or it is sealed since the deadline."))
    if not call_queries.is_open(application.call, received_at):
        raise Refused(
            _("After the deadline (%(deadline)s) an application can no longer be withdrawn here. Write to the contact of the call.",
              deadline=languages.instant(application.call.closes_at))
        )  # fmt: skip
    move(application, ApplicationStatus.WITHDRAWN, by=by, number=application.number)
    db.session.flush()
    letters.withdrawn(application, by=by)


def resume(application: Application, *, by: User) -> None:
    """Make a withdrawn application a draft again. A second click changes nothing."""
    _lock(application)
    _may(policy.may_resume(by, application))
    if application.status == ApplicationStatus.DRAFT:
        return
    if application.status != ApplicationStatus.WITHDRAWN:
        raise Refused(_("Only a withdrawn application can be taken up again."))
    _call_takes_applications(application.call, clock.now())
    move(application, ApplicationStatus.DRAFT, by=by)
    db.session.flush()


def open_call(call: Call, *, by: User) -> int:
    """Open every submitted application of a call at the published hour, with minutes. Returns how many there were."""
    _may(policy.may_open(by, call))
    db.session.refresh(call, attribute_names=["status"], with_for_update=True)
    began = clock.now()
    if call.status not in (CallStatus.PUBLISHED, CallStatus.CLOSED):
        raise Refused(_("The applications of this call were opened already, or the call never took any."))
    if began < call.opening_at:
        raise Refused(_("The opening was published for %(opening)s. Until then all applications stay sealed.", opening=languages.instant(call.opening_at)))  # fmt: skip
    applications = queries.submitted_applications(call)
    for application in applications:
        move(application, ApplicationStatus.OPENED, by=by, number=application.number)
    calls.mark_opened(call, by=by, applications=len(applications))
    letters.minutes(call, applications, number=calls.next_number(call), began=began, by=by)
    return len(applications)


def dismiss(application: Application, *, by: User, reason: str) -> None:
    """Dismiss an opened application without looking at its content (zavreči). A missing proof is no ground for that."""
    _lock(application)
    _may(policy.may_dismiss(by, application))
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


def sha256_of(content: Mapping[str, Any]) -> str:
    """The hash of a submission's content: of its canonical JSON."""
    return hashlib.sha256(audit.canonical_json(content).encode()).hexdigest()


def _content(application: Application) -> tuple[dict[str, Any], int | None]:
    track = queries.track_of(application.call, application.track)
    attachments = queries.attachments_of(application)
    checked = check(track, application.answers, attachments)
    if checked.faults:
        raise Incomplete(checked.faults)
    if stopping := conditions.check(track, checked.values).stopping:
        raise Unmet(stopping)
    organisation = application.organisation
    content = {
        "format": 1,
        "call": {"reference": application.call.reference, "rulebook_sha256": application.call.rulebook_sha256},
        "track": application.track,
        "organisation": {name: getattr(organisation, name) for name in _ORGANISATION},
        "language": application.language,
        "answers": checked.values,
        "attachments": [
            {"fact": one.fact, "name": one.name, "media_type": one.media_type, "size": one.size, "sha256": one.sha256}
            for one in attachments
        ],
        "declared": True,
    }  # fmt: skip
    return content, requested_cents(track, checked.values)


_ORGANISATION = (
    "name", "legal_form", "tax_number", "registration_number", "iban", "street", "postcode", "place", "email", "phone", "representative",
)  # fmt: skip


def _known_of(organisation: Organisation) -> dict[str, str]:
    names = ("name", "email", "representative", "address", "iban", "tax_number", "registration_number", "phone")
    return {name: str(getattr(organisation, name)) for name in names}


def _lock(application: Application) -> None:
    """One writer at a time for each application, who sees what the one before has done. What hangs on it stays loaded."""
    db.session.refresh(application, attribute_names=_COLUMNS, with_for_update={"of": Application})


_COLUMNS = [attribute.key for attribute in inspect(Application).column_attrs]


def _may(verdict: access.Verdict) -> None:
    if not verdict:
        raise Refused(verdict.reason or _("You may not do this."), status=403 if verdict.exists else 404)


def _is_draft(application: Application) -> None:
    if application.status == ApplicationStatus.WITHDRAWN:
        raise Refused(_("This application is withdrawn. Take it up again before you submit it."))
    if application.status != ApplicationStatus.DRAFT:
        raise Refused(_("This application is sealed since its opening and can no longer be changed."))


def _call_takes_applications(call: Call, at: datetime) -> None:
    """By the second in which the request was received, even if the call was closed while the request was waiting its turn."""
    if call_queries.is_open(call, at) or (call.status == CallStatus.CLOSED and call.opens_at <= at < call.closes_at):
        return
    if call.status in (CallStatus.DRAFT, CallStatus.CANCELLED):
        raise Refused(_("This call takes no applications."))
    if at < call.opens_at:
        raise Refused(_("This call takes applications from %(opening)s on. Come back then.", opening=languages.instant(call.opens_at)))
    raise Late(call, at)
