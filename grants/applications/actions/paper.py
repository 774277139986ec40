"""Applications on paper: transcribed as filed, confirmed by a second person, then numbered and sealed like any other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import inspect

from grants.accounts import identifiers
from grants.accounts import queries as account_queries
from grants.accounts.models import Organisation, User
from grants.applications import activities, joint, policy, queries, states
from grants.applications.actions.ladder import Changed, may
from grants.applications.actions.submitting import AppliedAlready, content_of, number_for, seal
from grants.applications.answers import as_typed, check, rates_of
from grants.applications.delivery import NEEDS_DAY, Delivery
from grants.applications.models import Application, ApplicationPartner, Attachment, PaperApplication, PaperScan, Submission
from grants.applications.states import PaperStatus, PartnerStatus
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


class PartnerUnknown(Refused):
    """What stands on the paper names no partner; nothing was saved."""

    def __init__(self, message: str) -> None:
        super().__init__(message, status=422)


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


def retype(
    paper: PaperApplication, answers: Mapping[str, Any], *, version: int, by: User, partners: Sequence[Mapping[str, Any]] | None = None
) -> None:  # fmt: skip
    """Keep what stands on the paper, right or wrong, complete or not. Whoever typed last is the one who transcribed it."""
    may(policy.may_transcribe(by, paper))
    if version != paper.version:
        raise RetypedMeanwhile
    if partners is not None:
        paper.partners = _partners(paper, partners)
    facts = {fact.id: fact for fact in queries.track_of(paper.call, paper.track).facts if fact.kind != "file"}
    paper.answers = {**paper.answers, **{name: as_typed(facts[name], value) for name, value in answers.items() if name in facts}}
    paper.transcribed_by_id, paper.transcribed_at = by.id, clock.now()
    audit.record(states.RETYPED, paper, by=by)
    db.session.flush()


def _partners(paper: PaperApplication, typed: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The partners that stand on the paper, in its order. A number that cannot be right names nobody, so it is refused."""
    track = queries.track_of(paper.call, paper.track)
    most = 0 if track.partners is None else track.partners.most
    found: list[dict[str, Any]] = []
    for one in [one for one in typed if str(one["tax_number"]).strip() or str(one["name"]).strip()][:most]:
        try:
            number = identifiers.tax_number(str(one["tax_number"]))
        except identifiers.NumberError as fault:
            raise PartnerUnknown(_("Partner %(name)s: %(reason)s If the paper has it so, leave this partner out and ask for a supplement later.", name=one["name"], reason=str(fault))) from None  # fmt: skip
        if number == paper.organisation.tax_number or number in {known["tax_number"] for known in found}:
            raise PartnerUnknown(_("Partner %(name)s: this organisation takes part already.", name=one["name"] or number))
        unit = account_queries.find_unit(number)
        name = unit.name if unit is not None else str(one["name"]).strip()
        if not name:
            raise PartnerUnknown(_("The register does not know the number %(number)s. Type the name that stands on the paper.", number=number))  # fmt: skip
        found.append({"tax_number": number, "name": name[:250], "task": str(one["task"]).strip()[:1000], "agreed": bool(one["agreed"])})
    return found


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
    _take_partners(paper, application, by=by)
    content, requested = _content(paper, application, confirmed_by=by)
    try:
        number = number_for(application, beside=beside)
    except AppliedAlready as refusal:
        raise AnotherOne(refusal.other) from refusal
    _enter_activities(application, content["answers"])
    submission = seal(application, content, requested, number=number, received_at=paper.received.at, by=by)
    paper.application_id, paper.confirmed_by_id = application.id, by.id
    move(paper, PaperStatus.CONFIRMED, by=by, number=submission.number)
    if beside and queries.find_submitted_beside(application) is not None:
        audit.record(states.CONFIRMED_BESIDE, paper, by=by, number=submission.number, other=beside)
    db.session.flush()
    return submission


def _take_partners(paper: PaperApplication, application: Application, *, by: User) -> None:
    """The partners that stand on the paper; those that signed there have agreed, of the others the consent is missing."""
    arrived = paper.received.at
    for seat in joint.partners_of(paper):
        partner = ApplicationPartner(
            place=seat.place, tax_number=seat.tax_number, name=seat.name, email="", task=seat.task, asked_at=arrived, asked_by_id=by.id, on_paper=True
        )  # fmt: skip
        application.named_partners.append(partner)
        begin(partner, by=by, name=partner.name)
        db.session.flush()
        if isinstance(seat, joint.Seat) and seat.agreed:
            partner.consented_at, partner.consented_sha256 = arrived, joint.mark_of(application, partner)
            move(partner, PartnerStatus.CONSENTED, by=by, name=partner.name, sha256=partner.consented_sha256)
    db.session.flush()


def _enter_activities(application: Application, values: Mapping[str, Any]) -> None:
    """What came on paper is received as it is: an activity that stands elsewhere already is noted for the office, which decides about it."""
    done, parties = activities.activities_of(queries.track_of(application.call, application.track), values), joint.parties_of(application)
    there = activities.entered(application, done, parties)
    for number in dict.fromkeys(one.number for one in there):
        audit.record(states.ENTERED_TWICE, application, by=None, number=number)
    taken = {(one.activity.sha256, one.tax_number) for one in there}
    for party in parties:
        activities.enter(application, [one for one in done if (one.sha256, party) not in taken], [party])


def _content(paper: PaperApplication, application: Application, *, confirmed_by: User) -> tuple[dict[str, Any], int | None]:
    track = queries.track_of(paper.call, paper.track)
    checked = check(joint.rules_of(application), paper.answers, application.attachments, rates_of(paper.call), len(application.partners))
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
