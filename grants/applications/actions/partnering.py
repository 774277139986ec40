"""Partners of a joint application: named and asked, agreeing or not, taken off again, asked anew when what they agreed to was changed."""

from __future__ import annotations

from datetime import timedelta

from flask_babel import gettext as _
from flask_babel import ngettext

from grants.accounts import identifiers
from grants.accounts import queries as account_queries
from grants.accounts.models import User
from grants.applications import joint, letters, policy, queries, states
from grants.applications.actions.drafting import note_completeness
from grants.applications.actions.ladder import call_takes_applications, lock, may
from grants.applications.models import Application, ApplicationPartner
from grants.applications.states import ApplicationStatus, PartnerStatus
from grants.base import audit, clock
from grants.base.db import db
from grants.base.errors import Refused
from grants.base.workflow import move
from grants.base.workflow import start as begin
from grants.calls import queries as call_queries
from scoring.rulebook import Track

SHORTEST_TASK, LONGEST_TASK = 10, 1000
MOST_NAMED = 20
"""So many are named in all the life of an application: nobody sends mail to strangers by the hundred from here."""
REST = timedelta(minutes=10)
"""So long a draft must have rested before partners are asked again: once for a burst of changes, not for each."""
AT_ONCE = 50


class AgreementChanged(Refused):
    """What the page showed is not what stands now; nothing was agreed to."""

    def __init__(self) -> None:
        super().__init__(_("The applicant changed something while you were reading. Nothing was agreed to yet. Read it again, then agree."))


def name_partner(application: Application, *, tax_number: str, name: str, email: str, task: str, by: User) -> ApplicationPartner:
    """Name an organisation as a partner and ask it to agree. Who it is comes from the register; if that has not got it, as typed."""
    lock(application)
    may(policy.may_edit(by, application))
    track = _joint_track(application)
    call_takes_applications(application.call, clock.now())
    number, named = _checked(application, track, tax_number, name)
    partner = ApplicationPartner(
        place=_free_place(application), tax_number=number, name=named, email=email.strip(), task=_task(task), asked_at=clock.now(), asked_by_id=by.id,
        on_paper=False,
    )  # fmt: skip
    application.named_partners.append(partner)
    begin(partner, by=by, name=partner.name)
    _touch(application, by)
    db.session.flush()
    note_completeness(application)
    letters.partner_asked(partner, joint.find_organisation(partner), by=by)
    return partner


def _joint_track(application: Application) -> Track:
    track = queries.track_of(application.call, application.track)
    if track.partners is None:
        raise Refused(_("This part of the call has no joint applications."), status=422)
    return track


def _checked(application: Application, track: Track, tax_number: str, name: str) -> tuple[str, str]:
    assert track.partners is not None
    try:
        number = identifiers.tax_number(tax_number)
    except identifiers.NumberError as fault:
        raise Refused(str(fault), fields={"tax_number": str(fault)}, status=422) from None
    if number == application.organisation.tax_number:
        said = _("This is your own organisation. Name those with which you do the programme.")
        raise Refused(said, fields={"tax_number": said}, status=422)
    if any(one.tax_number == number for one in application.partners):
        said = _("This organisation is a partner already.")
        raise Refused(said, fields={"tax_number": said}, status=422)
    if len(joint.named_of(application)) >= track.partners.most:
        raise Refused(
            ngettext("You may have at most %(num)s partner (%(article)s). Remove it before you name another.",
                     "You may have at most %(num)s partners (%(article)s). Remove one before you name another.", track.partners.most,
                     article=track.partners.article), status=422,
        )  # fmt: skip
    if len(application.named_partners) >= MOST_NAMED:
        raise Refused(
            _("Partners of this application were named and removed too many times. Write to the contact of the call."), status=422
        )
    unit = account_queries.find_unit(number)
    if unit is None and len(name.strip()) < 3:
        said = _("The register does not know this number. Write the full name of the organisation.")
        raise Refused(said, fields={"name": said}, status=422)
    return number, unit.name if unit is not None else name.strip()


def _task(text: str) -> str:
    text = text.strip()
    if not SHORTEST_TASK <= len(text) <= LONGEST_TASK:
        said = _("Write in a sentence or two what this partner does, between %(least)s and %(most)s characters.", least=SHORTEST_TASK, most=LONGEST_TASK)  # fmt: skip
        raise Refused(said, fields={"task": said}, status=422)
    return text


def _free_place(application: Application) -> int:
    taken = {one.place for one in joint.named_of(application)}
    return next(place for place in range(1, len(taken) + 2) if place not in taken)


def _touch(application: Application, by: User) -> None:
    """Who its partners are is a part of the draft: whoever is about to submit it looks at it again."""
    application.saved_at, application.saved_by_id = clock.now(), by.id


def _lock(partner: ApplicationPartner) -> Application:
    """As everything of an application: one at a time, and after the lock as the one before has left it."""
    application = partner.application
    lock(application)
    return application


def change_task(partner: ApplicationPartner, *, task: str, by: User) -> None:
    """What a partner does, in other words; it is asked again if it had agreed."""
    application = _lock(partner)
    may(policy.may_change_partner(by, partner))
    text = _task(task)
    if text == partner.task:
        return
    partner.task = text
    _touch(application, by)
    audit.record(states.PARTNER_TASK, partner, by=by, name=partner.name)
    db.session.flush()
    note_completeness(application)


def remove_partner(partner: ApplicationPartner, *, by: User) -> None:
    """Take a partner off the list. Cost lines that it bore stay, and wait for somebody else to bear them."""
    application = _lock(partner)
    may(policy.may_change_partner(by, partner))
    track = queries.track_of(application.call, application.track)
    column, seat = joint.bearer_of(track), joint.seat_of(track, partner.place)
    if column is not None and track.plan is not None:
        table, now = track.plan.costs.table, clock.now().isoformat()
        rows = [row | {column.id: ""} if row.get(column.id) == seat else row for row in application.answers.get(table) or ()]
        if rows != (application.answers.get(table) or []):
            application.answers = {**application.answers, table: rows}
            application.changes = {**application.changes, table: [by.id, now]}
    move(partner, PartnerStatus.REMOVED, by=by, name=partner.name)
    _touch(application, by)
    db.session.flush()
    note_completeness(application)


def consent(partner: ApplicationPartner, *, sha256: str, by: User) -> None:
    """An owner of the partner agrees to what the page showed. A second click changes nothing."""
    application = _lock(partner)
    may(policy.may_answer_partnership(by, partner))
    _still_open(application, partner)
    mark = joint.mark_of(application, partner)
    if sha256 != mark:
        raise AgreementChanged
    if joint.agrees(application, partner):
        return
    organisation = joint.find_organisation(partner)
    if organisation is not None:
        partner.name = organisation.name
    partner.consented_at, partner.consented_by_id, partner.consented_name, partner.consented_sha256 = clock.now(), by.id, by.name, mark
    partner.looked_at, partner.told_sha256 = clock.now(), None
    move(partner, PartnerStatus.CONSENTED, by=by, name=partner.name, sha256=mark)
    db.session.flush()
    note_completeness(application)
    letters.partner_answered(partner, agreed=True, all_agreed=not joint.lacking(application))


def decline(partner: ApplicationPartner, *, by: User) -> None:
    """An owner of the partner would rather not, or no longer. From then on the partner sees nothing more of the application."""
    application = _lock(partner)
    may(policy.may_answer_partnership(by, partner))
    if partner.status == PartnerStatus.DECLINED:
        return
    _still_open(application, partner)
    partner.declined_at = clock.now()
    move(partner, PartnerStatus.DECLINED, by=by, name=partner.name)
    db.session.flush()
    note_completeness(application)
    letters.partner_answered(partner, agreed=False, all_agreed=False)


def _still_open(application: Application, partner: ApplicationPartner) -> None:
    if partner.status not in states.TAKING_PART:
        raise Refused(
            _("The applicant took your organisation off the list of partners, or you declined. Ask the applicant to name it again.")
        )
    if application.status == ApplicationStatus.SUBMITTED:
        raise Refused(
            _("The application is submitted with your consent. To change that, ask the applicant to withdraw it before the deadline.")
        )
    if application.status != ApplicationStatus.DRAFT:
        raise Refused(_("The application is withdrawn or sealed. There is nothing to agree to now."))


def ask_again() -> None:
    """Ask those anew whose consent no longer fits what stands in the draft, once the draft has rested."""
    for partner in joint.consents_to_look_at(clock.now() - REST, AT_ONCE):
        partner.looked_at = clock.now()
        mark = joint.mark_of(partner.application, partner)
        if mark in (partner.consented_sha256, partner.told_sha256) or not call_queries.is_open(partner.application.call):
            continue
        partner.told_sha256 = mark
        audit.record(states.PARTNER_ASKED_AGAIN, partner, by=None, name=partner.name)
        letters.partner_asked_again(partner, joint.find_organisation(partner))
