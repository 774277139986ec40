"""What each person should see first: reads over all stages, a fixed number of statements each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from grants.accounts.models import Role, User
from grants.applications.models import Application, PaperApplication
from grants.applications.queries import sealed_among
from grants.applications.states import ApplicationStatus
from grants.base import audit
from grants.base.db import db
from grants.base.mail import Message
from grants.calls.models import Call
from grants.calls.states import CallStatus
from grants.decisions.models import Proposal
from grants.decisions.states import ProposalStatus
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
    """The positions of entries on sealed applications, and on those on paper: their numbers and hashes wait for the opening, too."""
    about = {one.position: one.subject_id for one in entries if one.subject_type == Application.__tablename__}
    sealed = sealed_among(about.values())
    papers = {one.position for one in entries if one.subject_type == PaperApplication.__tablename__}
    return frozenset({position for position, application in about.items() if application in sealed} | papers)


def get_message(message_id: int) -> Message:
    """One message, or 404."""
    return db.get_or_404(Message, message_id)
