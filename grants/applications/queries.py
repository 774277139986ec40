"""Reads of applications. Before the opening the office gets counts only, and never a name or an answer."""

from __future__ import annotations

import weakref
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import exists, func, inspect, select
from sqlalchemy.orm import defer, joinedload, lazyload, load_only
from sqlalchemy.orm.interfaces import LoaderOption

from grants.accounts.models import MemberRole, Membership, Organisation, StaffRole, User
from grants.applications import verified
from grants.applications.models import Application, Attachment, PaperApplication, PaperScan, Reminder, Submission
from grants.applications.states import OPEN_TO_STAFF, ApplicationStatus, PaperStatus
from grants.base import errors, mail, transaction_mode
from grants.base.db import db
from grants.base.documents import Document
from grants.calls.models import Call, CallAmendment
from grants.calls.states import CallStatus
from scoring.form import revalued
from scoring.rulebook import Track

_TRACKS: dict[tuple[str, str], Track] = {}
_MOST_TRACKS = 500


def _call_without_rulebook() -> LoaderOption:
    """Reading a rulebook costs more than a page: it is loaded when its tracks are not known yet."""
    return joinedload(Application.call).options(
        defer(Call.rulebook_text), defer(Call.rulebook_data), defer(Call.content), defer(Call.acknowledged)
    )


def get_application(application_id: int) -> Application:
    """The application with this id, its call and its organisation; or 404. Where it may be written it is locked by the same statement."""
    query = (
        select(Application).where(Application.id == application_id).options(_call_without_rulebook(), joinedload(Application.organisation))
    )
    if not transaction_mode.may_write() or transaction_mode.waits():
        return db.session.scalar(query) or errors.missing()
    locked = db.session.scalar(query.with_for_update(of=Application).execution_options(populate_existing=True)) or errors.missing()
    note_lock(locked)
    return locked


def note_lock(application: Application) -> None:
    """Remember that this row is ours until the transaction ends, so that it is not asked for again."""
    if transaction_mode.waits():
        return
    inspect(application).info["locked_in"] = weakref.ref(db.session().get_transaction())


def is_locked(application: Application) -> bool:
    """Whether this transaction has the row already, as the one before it left it."""
    known = inspect(application).info.get("locked_in")
    return known is not None and known() is not None and known() is db.session().get_transaction()


def track_of(call: Call, track_id: str) -> Track:
    """One track of the frozen rules of a call. Rules with the same hash are read once."""
    key = (call.rulebook_sha256, track_id)
    known = _TRACKS.get(key)
    if known is None:
        if len(_TRACKS) >= _MOST_TRACKS:
            _TRACKS.clear()
        known = _TRACKS[key] = call.rulebook.track(track_id)
    return known


def find_track(call: Call, track_id: str) -> Track | None:
    """One track of a call, if it has it."""
    return next((track for track in call.rulebook.tracks if track.id == track_id), None)


def applications_of(organisation: Organisation) -> Sequence[Application]:
    """The applications of one organisation, the newest first."""
    return applications_of_all([organisation.id])


def applications_of_all(organisation_ids: Sequence[int]) -> Sequence[Application]:
    """The applications of several organisations, the newest first."""
    if not organisation_ids:
        return []
    query = (
        select(Application)
        .where(Application.organisation_id.in_(organisation_ids))
        .options(_call_without_rulebook(), joinedload(Application.organisation), defer(Application.answers))
        .order_by(Application.created_at.desc(), Application.id.desc())
    )
    return db.session.scalars(query).all()


def find_application(call: Call, track_id: str, organisation: Organisation) -> Application | None:
    """The application of an organisation to a track of a call."""
    query = select(Application).where(
        Application.call_id == call.id, Application.track == track_id, Application.organisation_id == organisation.id
    )
    return db.session.scalars(query.order_by(Application.id)).first()


def find_submitted_beside(application: Application | PaperApplication) -> Application | None:
    """Another application of the same organisation to the same track that is submitted."""
    query = select(Application).where(
        Application.call_id == application.call_id, Application.track == application.track, Application.organisation_id == application.organisation_id,
        Application.status.not_in((ApplicationStatus.DRAFT, ApplicationStatus.WITHDRAWN)),
    )  # fmt: skip
    if isinstance(application, Application):
        query = query.where(Application.id != application.id)
    return db.session.scalars(query.options(lazyload("*"), defer(Application.answers)).order_by(Application.id.desc()).limit(1)).first()


def counts_for_staff(call: Call) -> dict[str, int]:
    """How many applications stand submitted, by track: all that the office may know before the opening."""
    query = (
        select(Application.track, func.count(Application.id))
        .where(Application.call_id == call.id, Application.status == ApplicationStatus.SUBMITTED)
        .group_by(Application.track)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


class Drafts(NamedTuple):
    """How many drafts of a call are not submitted, and how many of them could be as they stand."""

    unsent: int
    complete: int


def drafts_for_staff(call: Call) -> Drafts:
    """Two numbers: who needs a reminder, not what is written."""
    query = select(func.count(Application.id), func.count(Application.id).filter(Application.complete.is_(True)))
    unsent, complete = db.session.execute(query.where(Application.call_id == call.id, Application.status == ApplicationStatus.DRAFT)).one()
    return Drafts(unsent, complete)


def submitted_applications(call: Call) -> Sequence[Application]:
    """Those that the opening opens, in the order of receipt."""
    query = (
        select(Application)
        .where(Application.call_id == call.id, Application.status == ApplicationStatus.SUBMITTED)
        .options(joinedload(Application.organisation), defer(Application.answers))
        .order_by(Application.submitted_at, Application.id)
        .with_for_update(of=Application)
    )
    return db.session.scalars(query).all()


class Listed(NamedTuple):
    """One row of the office's list."""

    id: int
    number: str
    organisation: str
    track: str
    requested_cents: int | None
    received_at: datetime
    status: str


def list_for_staff(call: Call) -> list[Listed]:
    """What the office's list shows, in the order of receipt; nothing before the opening. One statement, columns only."""
    requested = (
        select(Submission.requested_cents)
        .where(Submission.application_id == Application.id)
        .order_by(Submission.sequence.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = (
        select(
            Application.id, Application.number, Organisation.name, Application.track, requested,
            Application.submitted_at, Application.status,
        )
        .join(Application.organisation)
        .where(Application.call_id == call.id, Application.status.in_(OPEN_TO_STAFF))
        .order_by(Application.submitted_at, Application.id)
    )  # fmt: skip
    return [Listed(*row) for row in db.session.execute(query)]


def find_submission(application: Application) -> Submission | None:
    """The submission that counts, if there is one."""
    by = joinedload(Submission.by).options(load_only(User.name), lazyload(User.staff_roles), lazyload(User.memberships))
    query = select(Submission).where(Submission.application_id == application.id).options(by)
    return db.session.scalars(query.order_by(Submission.sequence.desc()).limit(1)).first()


def latest_submission(application: Application) -> Submission:
    """The submission that counts. Only for applications that have been submitted."""
    found = find_submission(application)
    if found is None:
        raise LookupError(f"application {application.id} was never submitted")
    return found


def facts_of(application: Application) -> dict[str, Any]:
    """The checked values of the submission that counts, as scoring wants them: by fact, unanswered facts left out.

    What the office verified stands beside the stated value.
    """
    found = facts_by_application([application.id])
    if application.id not in found:
        raise LookupError(f"application {application.id} was never submitted")
    return found[application.id]


def facts_by_application(ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """The same for many applications, by id, in two queries. What volunteer hours are worth follows the verified hours."""
    query = select(Submission.application_id, Submission.content).where(Submission.application_id.in_(ids)).order_by(Submission.sequence)
    contents: dict[int, dict[str, Any]] = {row[0]: row[1] for row in db.session.execute(query)}
    records = verified.records_of(contents)
    facts = {identity: verified.with_verified(content["answers"], records[identity]) for identity, content in contents.items()}
    valued = [identity for identity, content in contents.items() if "volunteer_rates" in content and records[identity]]
    return facts | {
        application.id: dict(
            revalued(track_of(application.call, application.track), facts[application.id], contents[application.id]["volunteer_rates"])
        )
        for application in _with_calls(valued)
    }


def _with_calls(ids: Sequence[int]) -> Sequence[Application]:
    """Applications with their calls and without their answers. One query, none for nobody."""
    if not ids:
        return []
    query = select(Application).where(Application.id.in_(ids)).options(_call_without_rulebook(), defer(Application.answers))
    return db.session.scalars(query).all()


def requested_cents(application: Application) -> int | None:
    """The amount asked for in the submission that counts; None where the track does not ask for one."""
    submission = find_submission(application)
    return None if submission is None else submission.requested_cents


def attachments_of(application: Application) -> Sequence[Attachment]:
    """The files of an application, oldest first. Nobody else changes them while the row is ours."""
    if is_locked(application):
        return application.attachments
    query = select(Attachment).where(Attachment.application_id == application.id).order_by(Attachment.id)
    return db.session.scalars(query).all()


def get_attachment(application_id: int, attachment_id: int) -> Attachment:
    """A file of this very application, or 404."""
    query = select(Attachment).where(Attachment.id == attachment_id, Attachment.application_id == application_id)
    return db.session.scalar(query.options(joinedload(Attachment.application).options(joinedload(Application.call)))) or errors.missing()


class ApplicationDocument:
    """A document that the office or the system issued on an application, with the application whose rule it follows."""

    def __init__(self, application: Application, document: Document) -> None:
        self.application, self.document = application, document


def get_document(application_id: int, document_id: int) -> ApplicationDocument:
    """A document of this very application, or 404."""
    application = get_application(application_id)
    document = db.session.get(Document, document_id)
    if document is None or (document.subject_type, document.subject_id) != (Application.__tablename__, application.id):
        errors.missing()
    return ApplicationDocument(application, document)


def find_minutes(call: Call) -> Document | None:
    """The minutes of the opening of a call."""
    query = select(Document).where(Document.kind == "minutes", Document.subject_type == Call.__tablename__, Document.subject_id == call.id)
    return db.session.scalars(query.order_by(Document.id)).first()


def was_told(application: Application, amendment: CallAmendment) -> bool:
    """Whether the messages about an extension were written, so that a job that is run again writes none."""
    return any(one.event == "applications/extended" and one.created_at >= amendment.published_at for one in messages_about(application))


def sealed_among(application_ids: Collection[int]) -> frozenset[int]:
    """Those of some applications that the office may not read: before the opening, and drafts for ever."""
    if not application_ids:
        return frozenset()
    query = select(Application.id).where(Application.id.in_(set(application_ids)), Application.status.not_in(OPEN_TO_STAFF))
    return frozenset(db.session.scalars(query))


def messages_about(application: Application) -> Sequence[mail.Message]:
    """The mail that was sent about an application, oldest first."""
    query = select(mail.Message).where(mail.Message.about_type == Application.__tablename__, mail.Message.about_id == application.id)
    return db.session.scalars(query.order_by(mail.Message.id)).all()


def writers_of(organisation_id: int) -> Sequence[User]:
    """The people who may fill in and submit for an organisation, in the order of joining."""
    writing = (MemberRole.OWNER, MemberRole.EDITOR)
    query = select(User).join(Membership).where(Membership.organisation_id == organisation_id, Membership.role.in_(writing), User.active)
    return db.session.scalars(query.options(lazyload("*")).order_by(Membership.id)).all()


def drafts_to_remind(call: Call, hours: int, limit: int) -> Sequence[Application]:
    """Drafts that were begun that many hours before the deadline and whose people were not told so, nor anything later."""
    told = exists().where(Reminder.application_id == Application.id, Reminder.closes_at == call.closes_at, Reminder.hours <= hours)
    query = select(Application).where(
        Application.call_id == call.id, Application.status == ApplicationStatus.DRAFT,
        Application.created_at <= call.closes_at - timedelta(hours=hours), ~told,
    )  # fmt: skip
    return db.session.scalars(query.options(defer(Application.answers)).order_by(Application.id).limit(limit)).all()


def concerned_by(call: Call) -> Sequence[int]:
    """The applications of a call whose people an extension of the deadline concerns: drafts, submitted and withdrawn ones."""
    waiting = (ApplicationStatus.DRAFT, ApplicationStatus.SUBMITTED, ApplicationStatus.WITHDRAWN)
    query = select(Application.id).where(Application.call_id == call.id, Application.status.in_(waiting))
    return db.session.scalars(query.order_by(Application.id)).all()


def untold_of_cancellation(since: datetime, limit: int) -> Sequence[Application]:
    """Applications to a cancelled call, whose deadline would come after `since`, of whose people nobody was told. The oldest first."""
    waiting = (ApplicationStatus.DRAFT, ApplicationStatus.SUBMITTED, ApplicationStatus.WITHDRAWN)
    told = exists().where(mail.Message.about_type == Application.__tablename__, mail.Message.about_id == Application.id, mail.Message.event == "applications/cancelled")  # fmt: skip
    reached = exists().where(Membership.organisation_id == Application.organisation_id) | (Organisation.email != "")
    query = select(Application).join(Application.call).join(Application.organisation).options(defer(Application.answers))
    query = query.where(Call.status == CallStatus.CANCELLED, Call.closes_at > since, Application.status.in_(waiting), reached, ~told)
    return db.session.scalars(query.order_by(Application.id).limit(limit)).all()


def find_by_number(number: str) -> tuple[Application, Submission] | None:
    """The application that was submitted under a number, also if another submission has replaced it."""
    query = select(Submission).where(Submission.number == number)
    submission = db.session.scalar(query.options(lazyload("*")))
    return None if submission is None else (get_application(submission.application_id), submission)


def names_of(people: set[int]) -> dict[int, tuple[str, bool]]:
    """Name, and whether the person works in the office, by id: for timelines. One statement."""
    if not people:
        return {}
    staff = exists().where(StaffRole.user_id == User.id)
    query = select(User.id, User.name, staff).where(User.id.in_(people))
    return {row[0]: (row[1], bool(row[2])) for row in db.session.execute(query)}


def get_paper(paper_id: int) -> PaperApplication:
    """An application on paper with its call and organisation, or 404; locked where it may be written."""
    query = select(PaperApplication).where(PaperApplication.id == paper_id)
    query = query.options(joinedload(PaperApplication.call), joinedload(PaperApplication.organisation))
    if transaction_mode.may_write() and not transaction_mode.waits():
        query = query.with_for_update(of=PaperApplication).execution_options(populate_existing=True)
    return db.session.scalar(query) or errors.missing()


def get_scan(paper_id: int, scan_id: int) -> PaperScan:
    """A scan of this very paper, or 404."""
    return db.session.scalar(select(PaperScan).where(PaperScan.id == scan_id, PaperScan.paper_id == paper_id)) or errors.missing()


def papers_of(call: Call) -> Sequence[PaperApplication]:
    """What came on paper to a call, in the order in which it was transcribed; what was discarded is left out."""
    query = select(PaperApplication).where(PaperApplication.call_id == call.id, PaperApplication.status != PaperStatus.DISCARDED)
    waited = query.options(
        joinedload(PaperApplication.organisation),
        joinedload(PaperApplication.transcribed_by).lazyload("*"),
        defer(PaperApplication.answers),
    )
    return db.session.scalars(waited.order_by(PaperApplication.id)).all()


def find_submission_of(paper: PaperApplication) -> Submission | None:
    """What a confirmed paper became."""
    if paper.application_id is None:
        return None
    query = select(Submission).where(Submission.application_id == paper.application_id).options(lazyload("*"))
    return db.session.scalars(query.order_by(Submission.sequence)).first()


def unconfirmed_papers(call: Call) -> int:
    """How many papers wait for the second person."""
    waiting = (PaperApplication.call_id == call.id, PaperApplication.status == PaperStatus.TRANSCRIBED)
    return db.session.scalar(select(func.count(PaperApplication.id)).where(*waiting)) or 0


def late_papers(call: Call) -> frozenset[int]:
    """The applications of a call that came on paper, and too late."""
    query = select(PaperApplication).where(PaperApplication.call_id == call.id, PaperApplication.status == PaperStatus.CONFIRMED)
    papers = db.session.scalars(query.options(joinedload(PaperApplication.call), defer(PaperApplication.answers)))
    return frozenset(one.application_id for one in papers if one.application_id is not None and not one.received.in_time)
