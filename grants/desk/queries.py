"""What each person should see first: reads over all stages, a fixed number of statements each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager, defer, joinedload

from grants.accounts.models import Membership, Organisation, Role, User
from grants.accounts.queries import vault_of
from grants.accounts.vault import is_expired, last_day_of_soon
from grants.applications import joint
from grants.applications.models import Application, ApplicationPartner, PaperApplication
from grants.applications.queries import sealed_among
from grants.applications.states import ApplicationStatus
from grants.base import audit, clock
from grants.base.db import db
from grants.base.errors import missing
from grants.base.language import localized
from grants.base.mail import Message
from grants.calls.models import Call
from grants.calls.queries import is_open
from grants.calls.states import CallStatus
from grants.decisions.models import Decision, Proposal
from grants.decisions.states import DecisionStatus, ProposalStatus
from grants.desk.models import CalendarAddress
from grants.evaluation.models import Panel, PanelMember

MESSAGES_ON_A_PAGE = 50
LAST_PAGE = 10**7
"""No list is longer; what an address asks for beyond it could not even be counted to."""


def my_applications(person: User) -> Sequence[Application]:
    """The applications of all organisations of a person, the most recently saved first."""
    organisations = [membership.organisation_id for membership in person.memberships]
    if not organisations:
        return []
    query = (
        select(Application)
        .where(Application.organisation_id.in_(organisations))
        .options(joinedload(Application.call), joinedload(Application.organisation))
        .order_by(Application.saved_at.desc(), Application.id.desc())
    )
    return db.session.scalars(query).all()


def my_panels(person: User) -> Sequence[PanelMember]:
    """The panels on which a person sits, as long as the call is not concluded."""
    query = (
        select(PanelMember)
        .join(PanelMember.panel)
        .join(Panel.call)
        .where(PanelMember.user_id == person.id, Call.status.not_in([CallStatus.CONCLUDED, CallStatus.CANCELLED]))
        .options(joinedload(PanelMember.panel).joinedload(Panel.call))
        .order_by(Call.closes_at)
    )
    return db.session.scalars(query).all()


@dataclass(frozen=True)
class CallInWork:
    """A call of my areas with the numbers that tell whether something waits there."""

    call: Call
    submitted: int
    opened: int
    in_evaluation: int


def calls_in_work(person: User) -> list[CallInWork]:
    """The calls that a member of the office works on, with counts of applications (never their content)."""
    areas = {role.area for role in person.staff_roles if role.role != Role.ADMINISTRATOR}
    if not areas:
        return []
    query = select(Call).where(Call.status.not_in([CallStatus.CONCLUDED, CallStatus.CANCELLED])).order_by(Call.closes_at)
    if "" not in areas:
        query = query.where(Call.area.in_(areas))
    calls = db.session.scalars(query).all()
    counted = db.session.execute(
        select(Application.call_id, Application.status, func.count(Application.id))
        .where(Application.call_id.in_([call.id for call in calls]))
        .group_by(Application.call_id, Application.status)
    )
    counts = {(call_id, status): number for call_id, status, number in counted}
    return [
        CallInWork(
            call,
            counts.get((call.id, ApplicationStatus.SUBMITTED), 0),
            counts.get((call.id, ApplicationStatus.OPENED), 0),
            counts.get((call.id, ApplicationStatus.IN_EVALUATION), 0),
        )
        for call in calls
    ]


def proposals_waiting(person: User) -> Sequence[Proposal]:
    """Proposals that wait for a signer, in the areas of this person."""
    areas = {role.area for role in person.staff_roles if role.role in (Role.SIGNER, Role.OFFICER, Role.FINANCE)}
    if not areas:
        return []
    query = (
        select(Proposal)
        .join(Proposal.call)
        .where(Proposal.status == ProposalStatus.PREPARED)
        .options(joinedload(Proposal.call))
        .order_by(Proposal.prepared_at)
    )
    if "" not in areas:
        query = query.where(Call.area.in_(areas))
    return db.session.scalars(query).all()


DECISIONS_ARE_NEW = timedelta(days=30)


@dataclass(frozen=True)
class Duty:
    """Something that an organisation still has to do: until when, if there is an end, and where."""

    kind: str
    id: int
    sentence: str
    due: datetime | date | None
    endpoint: str
    where: Mapping[str, int]


@dataclass(frozen=True)
class History:
    """An organisation in one place: its applications, those in which it is a partner, the decisions, and what is still to be done."""

    applications: Sequence[Application]
    partnerships: Sequence[ApplicationPartner]
    decisions: Sequence[Decision]
    duties: Sequence[Duty]


def history_of(organisation: Organisation) -> History:
    """Everything about one organisation, in a fixed number of statements."""
    applications, decisions = applications_of(organisation), decisions_of(organisation)
    partnerships = joint.partnerships_of([organisation.tax_number])
    duties = [*_drafts(applications), *_consents(partnerships), *_documents(organisation), *_news(decisions)]
    return History(
        applications, partnerships, decisions, sorted(duties, key=lambda duty: (duty.due is None, _day_of(duty.due), duty.kind, duty.id))
    )


def _day_of(due: datetime | date | None) -> date:
    return clock.local(due).date() if isinstance(due, datetime) else due or date.max


def applications_of(organisation: Organisation) -> Sequence[Application]:
    """The applications of an organisation with their calls, the newest first. One statement."""
    query = (
        select(Application)
        .where(Application.organisation_id == organisation.id)
        .options(defer(Application.answers), joinedload(Application.call).options(*_WITHOUT_RULES))
        .order_by(Application.created_at.desc(), Application.id.desc())
    )
    return db.session.scalars(query).all()


def decisions_of(organisation: Organisation) -> Sequence[Decision]:
    """The decisions that were issued to an organisation, the newest first. One statement."""
    query = (
        select(Decision)
        .join(Decision.application)
        .join(Application.call)
        .where(Application.organisation_id == organisation.id, Decision.status == DecisionStatus.ISSUED)
        .options(
            defer(Decision.sheet_data),
            contains_eager(Decision.application).options(
                defer(Application.answers), contains_eager(Application.call).options(*_WITHOUT_RULES)
            ),
        )
        .order_by(Decision.issued_at.desc(), Decision.id.desc())
    )
    return db.session.scalars(query).all()


_WITHOUT_RULES = (defer(Call.rulebook_text), defer(Call.rulebook_data), defer(Call.content), defer(Call.acknowledged))


def _drafts(applications: Sequence[Application]) -> list[Duty]:
    return [
        Duty("draft", one.id, _("Submit the application: %(call)s", call=localized(one.call.title)), one.call.closes_at,
             "applications.application_page", {"application_id": one.id})
        for one in applications
        if one.status in (ApplicationStatus.DRAFT, ApplicationStatus.WITHDRAWN) and is_open(one.call)
    ]  # fmt: skip


def consents_waiting(person: User) -> list[Duty]:
    """Where the organisations of this person are asked to be partners and have not agreed to what stands now."""
    return _consents(joint.partnerships_of(joint.tax_numbers_of(person)))


def _consents(partnerships: Sequence[ApplicationPartner]) -> list[Duty]:
    return [
        Duty("draft", one.id, _("Agree or decline to be a partner: %(call)s", call=localized(one.application.call.title)), one.application.call.closes_at,
             "applications.partnership", {"partner_id": one.id})
        for one in partnerships
        if one.application.status == ApplicationStatus.DRAFT and is_open(one.application.call) and not joint.agrees(one.application, one)
    ]  # fmt: skip


def _documents(organisation: Organisation) -> list[Duty]:
    return [
        Duty("document", one.id, (_("Renew the expired document: %(title)s", title=one.title) if is_expired(one) else
             _("Renew the document that expires: %(title)s", title=one.title)), one.expires_on, "accounts.vault", {"organisation_id": organisation.id})
        for one in vault_of(organisation.id)
        if one.expires_on is not None and one.expires_on <= last_day_of_soon()
    ]  # fmt: skip


def _news(decisions: Sequence[Decision]) -> list[Duty]:
    return [
        Duty("decision", one.id, _("Read the decision %(number)s", number=one.number), None, "decisions.decision_page", {"decision_id": one.id})
        for one in decisions
        if one.issued_at is not None and one.issued_at > clock.now() - DECISIONS_ARE_NEW
    ]  # fmt: skip


def find_calendar(person: User, organisation: Organisation) -> CalendarAddress | None:
    """The calendar address that this person has for this organisation."""
    query = select(CalendarAddress).where(CalendarAddress.user_id == person.id, CalendarAddress.organisation_id == organisation.id)
    return db.session.scalar(query)


def get_calendar(key: str) -> CalendarAddress:
    """The calendar at a secret address, or 404: also when the person no longer acts for the organisation."""
    still = (Membership.user_id == CalendarAddress.user_id) & (Membership.organisation_id == CalendarAddress.organisation_id)
    query = select(CalendarAddress).join(Membership, still).where(CalendarAddress.key == key)
    return db.session.scalar(query.options(joinedload(CalendarAddress.organisation))) or missing()


def messages(page: int) -> tuple[Sequence[Message], int]:
    """One page of the mail that was written, newest first, and how many messages there are."""
    total = db.session.scalar(select(func.count(Message.id))) or 0
    query = select(Message).order_by(Message.id.desc()).limit(MESSAGES_ON_A_PAGE).offset((page - 1) * MESSAGES_ON_A_PAGE)
    return db.session.scalars(query).all(), total


def sealed_messages(messages: Sequence[Message]) -> frozenset[int]:
    """Those about applications that are sealed: to whom they went would tell who has applied."""
    about = {one.id: one.about_id for one in messages if one.about_type == Application.__tablename__ and one.about_id is not None}
    sealed = sealed_among(about.values())
    return frozenset(identity for identity, application in about.items() if application in sealed)


def sealed_entries(entries: Sequence[audit.Entry]) -> frozenset[int]:
    """The positions of entries on sealed applications and their partners, and on those on paper: their numbers and hashes wait for the opening, too."""
    about = {one.position: one.subject_id for one in entries if one.subject_type == Application.__tablename__}
    partners = {one.position: one.subject_id for one in entries if one.subject_type == ApplicationPartner.__tablename__}
    if partners:
        query = select(ApplicationPartner.id, ApplicationPartner.application_id).where(ApplicationPartner.id.in_(set(partners.values())))
        applications = {row[0]: row[1] for row in db.session.execute(query)}
        about |= {position: applications[identity] for position, identity in partners.items()}
    sealed = sealed_among(about.values())
    papers = {one.position for one in entries if one.subject_type == PaperApplication.__tablename__}
    return frozenset({position for position, application in about.items() if application in sealed} | papers)


def get_message(message_id: int) -> Message:
    """One message, or 404."""
    return db.get_or_404(Message, message_id)
