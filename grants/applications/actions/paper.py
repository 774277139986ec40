"""Applications on paper: transcribed as filed, confirmed by a second person, then numbered and sealed like any other."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import inspect

from grants.accounts.models import Organisation, User
from grants.applications import policy, queries, states
from grants.applications.actions.ladder import Changed, may
from grants.applications.actions.submitting import AppliedAlready, content_of, number_and_seal
from grants.applications.answers import as_typed, check, rates_of
from grants.applications.delivery import NEEDS_DAY, Delivery
from grants.applications.models import Application, Attachment, PaperApplication, PaperScan, Submission
from grants.applications.states import PaperStatus
from grants.base import audit, clock, files, transaction
from grants.base.db import db
from grants.base.errors import Refused
from grants.base.language import LANGUAGES
from grants.base.workflow import move
from grants.base.workflow import start as begin
from grants.calls.models import Call
from grants.calls.states import CallStatus
from scoring.form import form_of
from scoring.requests import requested_cents
from scoring.rulebook import Track

MOST_SCANS = 30
_COLUMNS = [attribute.key for attribute in inspect(PaperApplication).column_attrs]
FILE_OF_PAPER = "paper"
"""Under this name the scans of the application itself stand among its files; no rulebook has a fact of that name in sight."""


class AnotherOne(Refused):
    """The organisation has another application to this part of the call; whoever confirms this one must have seen that."""

    def __init__(self, other: Application) -> None:
        super().__init__(
            _("This organisation has applied to this part of the call already: number %(number)s. Ask it which of the two is to count, then confirm this one beside the other or discard it.", number=other.number)
        )  # fmt: skip


class RetypedMeanwhile(Refused):
    """A colleague saved the transcription after this page was opened; nothing was overwritten, and nothing that was typed is lost."""

    def __init__(self) -> None:
        super().__init__(
            _("A colleague saved this transcription while you were typing. Yours is not saved yet, but it stands below. Compare what differs with the paper, correct it, and save again.")
        )  # fmt: skip


def transcribe(
    call: Call, track: str, organisation: Organisation, *, by: User, language: str, delivery: str, arrived_at: datetime,
    handed_on: date | None, signed: bool,
) -> PaperApplication:  # fmt: skip
    """Begin the transcription of an application that came on paper: whose it is, how and when it came."""
    may(policy.may_take_in(by, call))
    may(policy.not_for_oneself(by, organisation.id))
    _taken_until_the_opening(call)
    if queries.find_track(call, track) is None or language not in LANGUAGES:
        raise Refused(_("The call has no such part. Choose one of those that are offered."), status=422)
    _came(delivery, arrived_at, handed_on)
    paper = PaperApplication(
        call_id=call.id, track=track, organisation_id=organisation.id, language=language, answers={}, signed=signed, delivery=delivery,
        arrived_at=arrived_at, handed_on=handed_on if delivery != Delivery.IN_PERSON else None, transcribed_at=clock.now(), transcribed_by_id=by.id,
    )  # fmt: skip
    paper.call, paper.organisation = call, organisation
    begin(paper, by=by, delivery=delivery, arrived_at=arrived_at.isoformat())
    db.session.flush()
    return paper


def _came(delivery: str, arrived_at: datetime, handed_on: date | None) -> None:
    fields = {}
    if delivery not in set(Delivery):
        fields["delivery"] = _("Choose how the application came.")
    if arrived_at > clock.now():
        fields["arrived_at"] = _("It cannot have arrived later than now.")
    if delivery in NEEDS_DAY and handed_on is None:
        fields["handed_on"] = _("Write the day on which it was handed over: that day decides whether it is in time.")
    if handed_on is not None and handed_on > clock.local(arrived_at).date():
        fields["handed_on"] = _("It cannot have been handed over after it arrived.")
    if fields:
        raise Refused(" ".join(fields.values()), fields=fields, status=422)


def _taken_until_the_opening(call: Call) -> None:
    # Whoever opens the call meanwhile waits until this paper is written; whoever comes after the opening sees it.
    db.session.refresh(call, attribute_names=["status"], with_for_update={"read": True})
    if call.status not in (CallStatus.PUBLISHED, CallStatus.CLOSED):
        raise Refused(_("Paper is taken in from the publication of the call until its applications are opened. For what comes later ask the officer of the call."))  # fmt: skip


def lock(paper: PaperApplication) -> None:
    """One writer at a time for each paper, who sees what the one before has done: after the scans were checked, before anything is written."""
    transaction.begin_writing()
    db.session.refresh(paper, attribute_names=_COLUMNS, with_for_update={"of": PaperApplication})
    db.session.expire(paper, ["scans"])


def retype(paper: PaperApplication, answers: Mapping[str, Any], *, version: int, by: User) -> None:
    """Keep what stands on the paper, right or wrong, complete or not. Whoever typed last is the one who transcribed it."""
    may(policy.may_transcribe(by, paper))
    if version != paper.version:
        raise RetypedMeanwhile
    facts = {fact.id: fact for fact in queries.track_of(paper.call, paper.track).facts if fact.kind != "file"}
    paper.answers = {**paper.answers, **{name: as_typed(facts[name], value) for name, value in answers.items() if name in facts}}
    paper.transcribed_by_id, paper.transcribed_at = by.id, clock.now()
    audit.record(states.RETYPED, paper, by=by)
    db.session.flush()


def add_scan(paper: PaperApplication, fact: str, upload: files.Upload, *, by: User) -> None:
    """Attach a scanned page or enclosure."""
    may(policy.may_transcribe(by, paper))
    facts = {one.id for one in queries.track_of(paper.call, paper.track).facts if one.kind == "file"}
    if fact and fact not in facts:
        raise Refused(_("The form has no place for this file."), status=422)
    if any(one.sha256 == upload.sha256 for one in paper.scans):
        raise Refused(_("The file “%(name)s” is attached here already.", name=upload.name))
    if len(paper.scans) >= MOST_SCANS:
        raise Refused(_("At most %(most)s scans can be attached. Put several pages into one PDF.", most=MOST_SCANS), status=422)
    paper.scans.append(
        PaperScan(fact=fact, name=upload.name, media_type=upload.media_type, size=len(upload.data), sha256=files.store(upload.data), added_at=clock.now())
    )  # fmt: skip
    db.session.flush()


def remove_scan(scan: PaperScan, *, by: User) -> None:
    """Take a scan away that was attached by mistake."""
    may(policy.may_transcribe(by, scan.paper))
    scan.paper.scans.remove(scan)
    db.session.delete(scan)
    db.session.flush()


def discard(paper: PaperApplication, *, by: User, reason: str) -> None:
    """A transcription that should not be: entered twice, or to the wrong call."""
    may(policy.may_transcribe(by, paper))
    reason = reason.strip()
    if not 10 <= len(reason) <= 1000:
        raise Refused(_("Write the reason in a sentence."), fields={"reason": _("Write between 10 and 1000 characters.")}, status=422)
    move(paper, PaperStatus.DISCARDED, by=by, reason=reason)
    db.session.flush()


def confirm(paper: PaperApplication, *, by: User, version: int, beside: str = "") -> Submission:
    """A second person has compared it with the paper: it gets the next number and is sealed, complete or not.

    `beside` is the number of the other application of the organisation beside which it is confirmed, if there is one.
    """
    may(policy.may_confirm(by, paper))
    _taken_until_the_opening(paper.call)
    if version != paper.version:
        raise Changed
    if not paper.scans:
        raise Refused(_("Attach the scanned application first: it is what the transcription is compared with."), status=422)
    application = Application(
        call_id=paper.call_id, track=paper.track, organisation_id=paper.organisation_id, language=paper.language, answers=paper.answers,
        created_at=clock.now(), created_by_id=by.id, saved_at=clock.now(), saved_by_id=by.id, complete=False,
    )  # fmt: skip
    application.call, application.organisation = paper.call, paper.organisation
    begin(application, by=by, track=paper.track)
    application.attachments = [
        Attachment(fact=one.fact or FILE_OF_PAPER, name=one.name, media_type=one.media_type, size=one.size, sha256=one.sha256, added_at=one.added_at)
        for one in paper.scans
    ]  # fmt: skip
    db.session.flush()
    content, requested = _content(paper, application, confirmed_by=by)
    try:
        submission = number_and_seal(application, content, requested, received_at=paper.received.at, by=by, beside=beside)
    except AppliedAlready as refusal:
        raise AnotherOne(refusal.other) from refusal
    paper.application_id, paper.confirmed_by_id = application.id, by.id
    move(paper, PaperStatus.CONFIRMED, by=by, number=submission.number)
    if beside and queries.find_submitted_beside(application) is not None:
        audit.record(states.CONFIRMED_BESIDE, paper, by=by, number=submission.number, other=beside)
    db.session.flush()
    return submission


def _content(paper: PaperApplication, application: Application, *, confirmed_by: User) -> tuple[dict[str, Any], int | None]:
    track = queries.track_of(paper.call, paper.track)
    checked = check(track, paper.answers, application.attachments, rates_of(paper.call))
    content = content_of(application, checked.values, application.attachments, declared=paper.signed)
    content["paper"] = {
        "delivery": paper.delivery,
        "arrived_at": paper.arrived_at.isoformat(),
        "handed_on": paper.handed_on.isoformat() if paper.handed_on else None,
        "as_written": _as_written(track, paper.answers, checked.values),
        "transcribed_by": paper.transcribed_by.name,
        "confirmed_by": confirmed_by.name,
    }
    return content, requested_cents(track, checked.values)


def _as_written(track: Track, typed: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """What stands on the paper and is no answer that counts: wrong, in part empty, or to a question that was not to be answered."""
    own = [fact for fact in track.facts if fact.kind != "file" and fact.id not in form_of(track).computed]
    return {fact.id: typed[fact.id] for fact in own if typed.get(fact.id) and fact.id not in values}
