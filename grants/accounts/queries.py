"""Reads of people and organisations. `get_x` ends in 404, `find_x` may be None, plural nouns give ordered lists."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import selectinload

from grants.accounts.models import (
    Dispute,
    Invitation,
    MemberRole,
    Membership,
    Organisation,
    RegisterSnapshot,
    RegisterUnit,
    Role,
    StaffRole,
    User,
    VaultDocument,
)
from grants.base import audit, clock
from grants.base.db import db
from grants.base.errors import missing

INVITATION_LASTS = timedelta(days=30)


def normal_email(email: str) -> str:
    """Addresses are kept and compared in small letters."""
    return email.strip().lower()


def get_user(user_id: int) -> User:
    """A person, or 404."""
    return db.session.get(User, user_id) or missing()


def find_user(email: str) -> User | None:
    """The person with this address, however its letters are written."""
    return db.session.scalar(select(User).where(User.email == normal_email(email)))


def staff_users() -> Sequence[User]:
    """Everyone who holds a role in the office, by name."""
    with_roles = select(StaffRole.user_id)
    query = select(User).where(User.id.in_(with_roles)).options(selectinload(User.staff_roles)).order_by(User.name, User.id)
    return db.session.scalars(query).all()


def get_staff_role(role_id: int) -> StaffRole:
    """One role of one person, or 404."""
    return db.session.get(StaffRole, role_id) or missing()


def administrators() -> int:
    """How many people may manage roles."""
    query = select(func.count(func.distinct(StaffRole.user_id))).join(User, User.id == StaffRole.user_id)
    return db.session.scalar(query.where(StaffRole.role == Role.ADMINISTRATOR, User.active.is_(True))) or 0


def areas() -> Sequence[str]:
    """The areas for which roles were given so far."""
    return db.session.scalars(select(StaffRole.area).where(StaffRole.area != "").distinct().order_by(StaffRole.area)).all()


def get_organisation(organisation_id: int) -> Organisation:
    """An organisation, or 404."""
    return db.session.get(Organisation, organisation_id) or missing()


def find_organisation(*, tax_number: str = "", registration_number: str = "") -> Organisation | None:
    """The organisation that has one of these numbers."""
    same = (Organisation.tax_number == tax_number) | (Organisation.registration_number == registration_number)
    return db.session.scalars(select(Organisation).where(same).order_by(Organisation.id)).first()


def organisations_of(user: User) -> Sequence[Organisation]:
    """The organisations for which a person acts, by name."""
    return sorted((membership.organisation for membership in user.memberships), key=lambda one: (one.name, one.id))


def organisations_to_act_for(user: User) -> Sequence[Organisation]:
    """The organisations for which a person may fill in applications, by name."""
    query = select(Organisation).join(Membership, Membership.organisation_id == Organisation.id)
    acting = query.where(Membership.user_id == user.id, Membership.role != MemberRole.READER)
    return db.session.scalars(acting.order_by(Organisation.name, Organisation.id)).all()


def hold(organisation_id: int) -> None:
    """Until this unit of work ends nobody else decides about this organisation: whoever comes second waits here and then sees what the first
    one did. SQLite lets only one writer in anyway, so it is not asked."""
    if db.session.get_bind().dialect.name != "sqlite":
        db.session.execute(select(Organisation.id).where(Organisation.id == organisation_id).with_for_update())


def owners_of(organisation: Organisation) -> list[Membership]:
    """Its owners, in the order of joining."""
    return [membership for membership in members_of(organisation) if membership.role == MemberRole.OWNER]


def members_of(organisation: Organisation) -> Sequence[Membership]:
    """Who acts for an organisation, in the order of joining."""
    query = select(Membership).where(Membership.organisation_id == organisation.id).options(selectinload(Membership.user))
    return db.session.scalars(query.order_by(Membership.since, Membership.id)).all()


def find_membership(user: User, organisation_id: int) -> Membership | None:
    """The membership of one person in one organisation."""
    return next((m for m in user.memberships if m.organisation_id == organisation_id), None)


def get_membership(organisation_id: int, membership_id: int) -> Membership:
    """A membership of this organisation, or 404."""
    membership = db.session.get(Membership, membership_id)
    return membership if membership is not None and membership.organisation_id == organisation_id else missing()


def invitations_to(organisation: Organisation) -> Sequence[Invitation]:
    """The open invitations of an organisation."""
    return db.session.scalars(_open_invitations().where(Invitation.organisation_id == organisation.id)).all()


def invitations_for(user: User) -> Sequence[Invitation]:
    """The open invitations of a person, who must have proved to own the address."""
    if user.confirmed_at is None:
        return []
    query = _open_invitations().where(Invitation.email == normal_email(user.email))
    return db.session.scalars(query.options(selectinload(Invitation.invited_by))).all()


def find_invitation(organisation: Organisation, email: str) -> Invitation | None:
    """The invitation of this address that has not been answered yet, even when it is too old to accept."""
    query = select(Invitation).where(Invitation.organisation_id == organisation.id, Invitation.ended_at.is_(None))
    return db.session.scalar(query.where(Invitation.email == normal_email(email)))


def get_invitation(invitation_id: int) -> Invitation:
    """An open invitation, or 404."""
    return db.session.scalar(_open_invitations().where(Invitation.id == invitation_id)) or missing()


def get_organisation_invitation(organisation_id: int, invitation_id: int) -> Invitation:
    """An open invitation of this organisation, or 404."""
    invitation = get_invitation(invitation_id)
    return invitation if invitation.organisation_id == organisation_id else missing()


def _open_invitations() -> Select[Invitation]:
    recent = Invitation.invited_at > clock.now() - INVITATION_LASTS
    return select(Invitation).where(Invitation.ended_at.is_(None), recent).order_by(Invitation.invited_at, Invitation.id)


def find_snapshot() -> RegisterSnapshot | None:
    """The business register that is in use, or None when none was imported yet."""
    query = select(RegisterSnapshot).where(RegisterSnapshot.completed_at.is_not(None)).order_by(RegisterSnapshot.id.desc())
    return db.session.scalars(query.limit(1)).first()


def find_unit(number: str) -> RegisterUnit | None:
    """What the register says about a tax number or a registration number. Not every unit of the register has its tax number there."""
    snapshot = find_snapshot()
    if snapshot is None or not number:
        return None
    same = (RegisterUnit.tax_number == number) | (RegisterUnit.registration_number == number)
    query = select(RegisterUnit).where(RegisterUnit.snapshot_id == snapshot.id, same).order_by(RegisterUnit.registration_number)
    return db.session.scalars(query.limit(1)).first()


def get_unit(number: str) -> RegisterUnit:
    """The unit with this registration number, or 404."""
    unit = find_unit(number)
    return unit if unit is not None and unit.registration_number == number else missing()


def disputes_of(organisation: Organisation) -> Sequence[Dispute]:
    """What an organisation says is wrong in the register, the newest first."""
    query = select(Dispute).where(Dispute.organisation_id == organisation.id).order_by(Dispute.id.desc())
    return db.session.scalars(query).all()


def open_disputes() -> Sequence[Dispute]:
    """The disputes that the office has not answered, the oldest first."""
    query = select(Dispute).where(Dispute.answered_at.is_(None)).options(selectinload(Dispute.raised_by)).order_by(Dispute.id)
    return db.session.scalars(query).all()


def get_dispute(dispute_id: int) -> Dispute:
    """A dispute that waits for its answer, or 404."""
    dispute = db.session.get(Dispute, dispute_id)
    return dispute if dispute is not None and dispute.answered_at is None else missing()


def vault_of(organisation_id: int) -> Sequence[VaultDocument]:
    """The documents that an organisation keeps now, by title."""
    query = select(VaultDocument).where(VaultDocument.organisation_id == organisation_id, VaultDocument.ended_at.is_(None))
    return db.session.scalars(query.order_by(VaultDocument.title, VaultDocument.id)).all()


def get_vault_document(organisation_id: int, document_id: int) -> VaultDocument:
    """A document that this organisation keeps now, or 404."""
    document = db.session.get(VaultDocument, document_id)
    if document is None or document.organisation_id != organisation_id or document.ended_at is not None:
        missing()
    return document


@dataclass(frozen=True)
class Happened:
    """One line of a timeline: when, what, and the name of who did it."""

    at: datetime
    sentence: str
    actor: str


def happened(subject: Organisation | User, audience: audit.Audience) -> list[Happened]:
    """What happened to an organisation or a person, the newest first."""
    entries = audit.timeline(subject, audience)
    names = names_of({entry.actor_id for entry in entries if entry.actor_id is not None})
    return [Happened(entry.at, entry.sentence, names.get(entry.actor_id or 0, "")) for entry in reversed(entries)]


def names_of(user_ids: Collection[int]) -> dict[int, str]:
    """The names of several people, in one statement."""
    if not user_ids:
        return {}
    return {row.id: row.name for row in db.session.execute(select(User.id, User.name).where(User.id.in_(user_ids)))}
