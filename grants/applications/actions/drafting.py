"""A draft: started, saved, with files added and taken away."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import update
from sqlalchemy.orm.attributes import set_committed_value

from grants.accounts.models import MemberRole, Organisation, User
from grants.accounts.policy import READS_ONLY, member_role
from grants.accounts.queries import hold
from grants.applications import policy, queries, registered, states, versions
from grants.applications.actions.ladder import call_takes_applications, is_complete, lock, may
from grants.applications.answers import megabytes
from grants.applications.models import Application, Attachment
from grants.base import audit, clock, files
from grants.base.db import db
from grants.base.errors import Refused, missing
from grants.base.workflow import start as begin
from grants.calls.models import Call
from scoring.form import form_of


class StartedAlready(Refused):
    """The organisation has an application to this track; `application` is where to go on."""

    def __init__(self, application: Application) -> None:
        super().__init__(_("Your organisation already has an application to this part of the call. Go on with that one."))
        self.application = application


def start(call: Call, track: str, organisation: Organisation, *, by: User, language: str) -> Application:
    """Begin an application of an organisation to a track, with what the rulebook wants filled in from the organisation."""
    role = member_role(by, organisation.id)
    if role is MemberRole.READER:
        raise Refused(READS_ONLY, fields={"organisation": READS_ONLY}, status=403)
    if role is None:
        raise Refused(_("You do not act for this organisation. Choose one of yours."), fields={"organisation": _("Choose one of your organisations.")}, status=403)  # fmt: skip
    rules = queries.find_track(call, track)
    if rules is None:
        raise Refused(_("The call has no such part. Choose one of those that are offered."), fields={"track": _("Choose what you apply for.")}, status=422)  # fmt: skip
    # Two people of one organisation may press the button at the same time: the second waits here and is sent to the first one's draft.
    hold(organisation.id)
    if (known := queries.find_application(call, track, organisation)) is not None:
        raise StartedAlready(known)
    call_takes_applications(call, clock.now())
    application = Application(
        call_id=call.id, track=track, organisation_id=organisation.id, language=language if language in call.languages else call.languages[0],
        answers=registered.prefilled(rules, registered.known_of(organisation)), created_at=clock.now(), created_by_id=by.id, saved_at=clock.now(), saved_by_id=by.id,
        complete=False,
    )  # fmt: skip
    application.call, application.organisation = call, organisation
    begin(application, by=by, track=track)
    db.session.flush()
    return application


def save(
    application: Application, answers: Mapping[str, Any], *, version: int, by: User, base: Mapping[str, str] | None = None,
    touched: Collection[str] = (),
) -> tuple[str, ...]:  # fmt: skip
    """Keep what was typed, right or wrong, complete or not. Returns the answers that two people changed: of these nothing was saved.

    `version` is the one on which the typing began, `base` the marks of its answers (`versions.marks`), `touched` what was surely typed in.
    """
    lock(application)
    may(policy.may_edit(by, application))
    track = queries.track_of(application.call, application.track)
    computed = form_of(track).computed
    known = {fact.id for fact in track.facts if fact.kind != "file" and fact.id not in computed}
    if unknown := set(answers) - known:
        raise Refused(_("The form has no such question: %(names)s.", names=", ".join(sorted(unknown))), status=422)
    said = registered.given(application)
    answers = {name: value for name, value in answers.items() if name not in said}
    compared = versions.compare(application, answers, version=version, base=base, touched=touched)
    if compared.mine:
        now = clock.now()
        application.answers = {**application.answers, **compared.mine}
        application.changes = {**application.changes, **{name: [by.id, now.isoformat()] for name in compared.mine}}
        application.saved_at, application.saved_by_id = now, by.id
        application.complete = is_complete(application)
        db.session.flush()
    else:
        note_completeness(application)
    return compared.conflicting


def attach(application: Application, fact: str, upload: files.Upload, *, by: User, more: bool = False) -> Attachment:
    """Add a checked file to a draft. It does not change the version: a file takes nothing away from what others type.

    The same content in the same question is one attachment: whoever sends it again, because no answer came, gets the first.
    `more` is to follow in this unit of work, another file or a save: only then is it noted whether the draft is complete.
    """
    lock(application)
    may(policy.may_edit(by, application))
    wanted = next(
        (one for one in queries.track_of(application.call, application.track).facts if one.id == fact and one.kind == "file"), None
    )
    if wanted is None:
        raise Refused(_("The form has no place for this file."), status=422)
    everything = application.attachments
    present = [one for one in everything if one.fact == fact]
    if same := next((one for one in present if one.sha256 == upload.sha256), None):
        return same
    if len(present) >= wanted.max_files:
        raise Refused(
            _("The file “%(name)s” was not added: here at most %(most)s may be attached. Remove one first.", name=upload.name, most=wanted.max_files),
            fields={fact: _("No more files may be attached here.")}, status=422,
        )  # fmt: skip
    used, room = sum(one.size for one in everything), application.call.largest_total_mb
    if used + len(upload.data) > room * files.MEGABYTE:
        raise Refused(
            _("The file “%(name)s” was not added: it has %(size)s MB, and of the %(room)s MB for all files of this application %(used)s MB are used. Make it smaller, or remove another file first.",
              name=upload.name, size=megabytes(len(upload.data)), room=room, used=megabytes(used)),
            fields={fact: _("No more files may be attached here.")}, status=413,
        )  # fmt: skip
    attachment = Attachment(
        fact=fact, name=upload.name, media_type=upload.media_type, size=len(upload.data), sha256=files.store(upload.data), added_at=clock.now()
    )  # fmt: skip
    application.attachments.append(attachment)  # several files of one form reach the database together
    if not more:
        db.session.flush()
        note_completeness(application)
    audit.record(states.ATTACHED, application, by=by, fact=fact, sha256=upload.sha256)
    return attachment


def note_infected_file(application: Application, fact: str, refusal: files.Infected, *, by: User) -> None:
    """Note in the record that the virus check refused a file; of the file itself nothing is kept."""
    audit.record(states.INFECTED, application, by=by, fact=fact, found=refusal.found)


def detach(attachment: Attachment, *, by: User) -> None:
    """Take a file away from a draft. The store keeps the file as long as a submission carries it."""
    application = attachment.application
    lock(application)
    may(policy.may_edit(by, application))
    if attachment not in application.attachments:  # a second click, while the first one was still at it
        missing()
    audit.record(states.DETACHED, application, by=by, fact=attachment.fact, sha256=attachment.sha256)
    application.attachments.remove(attachment)
    db.session.delete(attachment)
    db.session.flush()
    note_completeness(application)


def note_completeness(application: Application) -> None:
    """Whether it could be submitted as it stands: the office sees how many drafts could, and nothing else of them.

    Past the version, which is for those who type: a file that makes a draft complete takes nothing away from anyone.
    """
    complete = is_complete(application)
    if complete != application.complete:
        noted = update(Application.__table__).where(Application.__table__.c.id == application.id).values(complete=complete)  # type: ignore[arg-type]
        db.session.execute(noted)
        set_committed_value(application, "complete", complete)
