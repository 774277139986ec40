"""Who may see and change an application. Members of its organisation always, its readers only to see; the office once it was opened; nobody else."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from grants.accounts.models import MemberRole, Membership, Role, User
from grants.accounts.policy import READS_ONLY, acts_for, holds, member_role
from grants.applications.models import Application, ApplicationPartner, Attachment, PaperApplication, PaperScan
from grants.applications.queries import ApplicationDocument, track_of
from grants.applications.states import OPEN_TO_STAFF, TAKING_PART, ApplicationStatus, PaperStatus, PartnerStatus
from grants.base.access import Verdict
from grants.calls import policy as calls
from grants.calls.models import Call
from grants.calls.queries import CallTrack

READERS = (Role.OFFICER, Role.FINANCE, Role.SIGNER, Role.AUDITOR)
"""Whose work in the office needs applications. Administrators manage people and read none."""


def is_member(user: User | None, application: Application) -> bool:
    """Whether this person acts for the organisation that applies."""
    return user is not None and member_role(user, application.organisation_id) is not None


def reads_area(user: User | None, call: Call) -> bool:
    """Whether this person works with the calls of this area."""
    return user is not None and any(holds(user, role, call.area) for role in READERS)


def may_see(user: User | None, application: Application) -> Verdict:
    """Its organisation at any time; the office of its area once it was opened. For anybody else it does not exist."""
    if is_member(user, application):
        return Verdict.yes()
    if application.status in OPEN_TO_STAFF and reads_area(user, application.call):
        return Verdict.yes()
    return Verdict.hidden()


def may_see_attachment(user: User | None, attachment: Attachment) -> Verdict:
    """As the application; and its partners, unless the file answers a personal question."""
    if verdict := may_see(user, attachment.application):
        return verdict
    application = attachment.application
    if track_of(application.call, application.track).partners is None or not any(_membership(user, one) for one in application.partners):
        return Verdict.hidden()
    return Verdict.hidden() if attachment.fact in personal_files(application) else Verdict.yes()


def personal_files(application: Application) -> frozenset[str]:
    """The questions whose files only the applicant and the office see."""
    return frozenset(fact.id for fact in track_of(application.call, application.track).facts if fact.personal)


def _membership(user: User | None, partner: ApplicationPartner) -> Membership | None:
    """In the organisation that a partner is."""
    memberships = () if user is None else user.memberships
    return next((one for one in memberships if one.organisation.tax_number == partner.tax_number), None)


def may_see_partnership(user: User | None, partner: ApplicationPartner) -> Verdict:
    """The people of the organisation that is or was asked to be a partner. The applicant has a page of its own."""
    return Verdict.hidden() if _membership(user, partner) is None else Verdict.yes()


def reads_as_partner(user: User | None, partner: ApplicationPartner) -> bool:
    """Whether this person may read the application of others: as long as its organisation takes part or is asked to."""
    return partner.status in TAKING_PART and _membership(user, partner) is not None


def may_answer_partnership(user: User | None, partner: ApplicationPartner) -> Verdict:
    """The owners of the organisation that is asked."""
    membership = _membership(user, partner)
    if membership is None:
        return Verdict.hidden()
    if membership.role != MemberRole.OWNER:
        return Verdict.no(
            _l("Only an owner of your organisation agrees or declines for it. The owners are on the page of the organisation.")
        )
    return Verdict.yes()


def may_change_partner(user: User | None, partner: ApplicationPartner) -> Verdict:
    """As the draft; one that was removed stays so."""
    verdict = may_edit(user, partner.application)
    if verdict and partner.status == PartnerStatus.REMOVED:
        return Verdict.no(_l("This partner was removed already. Name it again if it is to take part."))
    return verdict


def may_see_document(user: User | None, found: ApplicationDocument) -> Verdict:
    """As the application; a print of a draft is for its organisation alone, also after the opening."""
    if found.document.kind == "draft" and not is_member(user, found.application):
        return Verdict.hidden()
    return may_see(user, found.application)


def acts(user: User | None, application: Application) -> bool:
    """Whether this person may change things for the organisation that applies: its readers may not."""
    return acts_for(user, application.organisation_id)


def _member(user: User | None, application: Application) -> Verdict:
    if acts(user, application):
        return Verdict.yes()
    if is_member(user, application):
        return Verdict.no(READS_ONLY)
    if may_see(user, application):
        return Verdict.no(_l("Only the organisation itself changes its application. The office may not fill it in for it."))
    return Verdict.hidden()


def may_edit(user: User | None, application: Application) -> Verdict:
    """Its owners and editors, as long as it is a draft. After the deadline they may still keep what they typed."""
    verdict = _member(user, application)
    if not verdict or application.status == ApplicationStatus.DRAFT:
        return verdict
    if application.status == ApplicationStatus.SUBMITTED:
        return Verdict.no(_l("This application is submitted. To change it, withdraw it first and submit it again before the deadline."))
    if application.status == ApplicationStatus.WITHDRAWN:
        return Verdict.no(_l("This application is withdrawn. Take it up again before you change it."))
    return Verdict.no(_l("This application is sealed since its opening and can no longer be changed."))


def may_edit_attachment(user: User | None, attachment: Attachment) -> Verdict:
    """As the application."""
    return may_edit(user, attachment.application)


def may_submit(user: User | None, application: Application) -> Verdict:
    """Its owners and editors. Whether it may be submitted now is for the action, which also answers a second click."""
    return _member(user, application)


def may_withdraw(user: User | None, application: Application) -> Verdict:
    """Its owners and editors. Whether it may happen now is for the action."""
    return _member(user, application)


def may_resume(user: User | None, application: Application) -> Verdict:
    """Its owners and editors."""
    return _member(user, application)


def may_start(user: User | None, track: CallTrack) -> Verdict:
    """Anyone with an account who may see the call; for which organisation is asked on the page."""
    return calls.may_see(user, track.call)


def may_list(user: User | None, call: Call) -> Verdict:
    """The office of the area of the call."""
    if calls.may_see(user, call) and reads_area(user, call):
        return Verdict.yes()
    return Verdict.hidden()


def may_open(user: User | None, call: Call) -> Verdict:
    """Officers of the area."""
    if user is not None and holds(user, Role.OFFICER, call.area):
        return Verdict.yes()
    if may_list(user, call):
        return Verdict.no(_l("Only officers of the area of this call open its applications."))
    return Verdict.hidden()


def may_take_in(user: User | None, call: Call) -> Verdict:
    """Who has the right of intake in the area of the call."""
    if user is not None and holds(user, Role.INTAKE, call.area) and call.published_at is not None:
        return Verdict.yes()
    if may_list(user, call):
        return Verdict.no(_l("Only people with the right of intake transcribe applications that came on paper."))
    return Verdict.hidden()


def not_for_oneself(user: User | None, organisation_id: int) -> Verdict:
    """Nobody of the intake takes in what an organisation files for which the person acts."""
    if member_role(user, organisation_id) is not None:
        return Verdict.no(
            _l("You act for the organisation that applies. A colleague takes in its application and another one confirms it.")
        )
    return Verdict.yes()


def may_take_in_track(user: User | None, track: CallTrack) -> Verdict:
    """As the call."""
    return may_take_in(user, track.call)


def may_see_paper(user: User | None, paper: PaperApplication) -> Verdict:
    """The intake of its area. For anybody else a paper is as sealed as any application."""
    return Verdict.yes() if may_take_in(user, paper.call) else Verdict.hidden()


def may_see_scan(user: User | None, scan: PaperScan) -> Verdict:
    """The intake, until the paper is sealed."""
    return may_see_paper(user, scan.paper) if scan.paper.status == PaperStatus.TRANSCRIBED else Verdict.hidden()


def may_transcribe(user: User | None, paper: PaperApplication) -> Verdict:
    """The intake without those who act for the organisation, until a second person has confirmed it."""
    verdict = may_see_paper(user, paper)
    if verdict and paper.status != PaperStatus.TRANSCRIBED:
        return Verdict.no(_l("This application is confirmed and sealed, or it was discarded. It no longer changes."))
    return verdict and not_for_oneself(user, paper.organisation_id)


def may_confirm(user: User | None, paper: PaperApplication) -> Verdict:
    """Somebody of the intake who did not transcribe it."""
    verdict = may_transcribe(user, paper)
    if verdict and user is not None and user.id == paper.transcribed_by_id:
        return Verdict.no(_l("You transcribed it. A second person compares it with the paper and confirms it."))
    return verdict


def may_dismiss(user: User | None, application: Application) -> Verdict:
    """Officers of the area, once it was opened. Whether it may happen now is for the action."""
    if application.status not in OPEN_TO_STAFF:
        return Verdict.hidden()
    if user is not None and holds(user, Role.OFFICER, application.call.area):
        return Verdict.yes()
    if may_see(user, application):
        return Verdict.no(_l("Only officers of the area of this call dismiss applications."))
    return Verdict.hidden()
