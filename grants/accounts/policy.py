"""Who holds which role, and what that allows with people and organisations."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from grants.accounts import queries
from grants.accounts.models import (
    Dispute,
    Invitation,
    MemberRole,
    Membership,
    Organisation,
    RegisterUnit,
    Role,
    StaffRole,
    User,
    VaultDocument,
)
from grants.base.access import Verdict


def holds(user: User | None, role: Role, area: str = "") -> bool:
    """Whether a person holds a role for an area. A role given without an area holds everywhere.

    Without `area` only a role that holds everywhere counts; see `holds_somewhere`.
    """
    return user is not None and any(held.role == role and held.area in ("", area) for held in user.staff_roles)


def holds_somewhere(user: User | None, role: Role) -> bool:
    """Whether a person holds a role for any area at all."""
    return user is not None and any(held.role == role for held in user.staff_roles)


def is_staff(user: User | None) -> bool:
    """Works in the office, in whatever role."""
    return user is not None and bool(user.staff_roles)


def member_role(user: User | None, organisation_id: int) -> MemberRole | None:
    """What a person may do for an organisation, or None for strangers."""
    if user is None:
        return None
    membership = queries.find_membership(user, organisation_id)
    return None if membership is None else MemberRole(membership.role)


READS_ONLY = _l("You may read everything of this organisation and change nothing. One of its owners can give you the role of an editor.")


def acts_for(user: User | None, organisation_id: int) -> bool:
    """Whether a person may change things for an organisation: its owners and editors, not its readers."""
    return member_role(user, organisation_id) in (MemberRole.OWNER, MemberRole.EDITOR)


def may_register(user: User, unit: RegisterUnit) -> Verdict:
    """Anyone with an account: the register is public, and whoever enters an organisation answers for it."""
    return Verdict.yes()


def may_see_organisation(user: User, organisation: Organisation) -> Verdict:
    """Its members, and the office."""
    if member_role(user, organisation.id) or is_staff(user):
        return Verdict.yes()
    return Verdict.hidden()


def may_edit_organisation(user: User, organisation: Organisation) -> Verdict:
    """Its owners and editors; its readers and the office read only."""
    if acts_for(user, organisation.id):
        return Verdict.yes()
    if member_role(user, organisation.id):
        return Verdict.no(READS_ONLY)
    if is_staff(user):
        return Verdict.no(_l("The data of an organisation are changed by its own members. Ask them to correct what is wrong."))
    return Verdict.hidden()


def may_dispute(user: User, organisation: Organisation) -> Verdict:
    """Its owners and editors, if its data are those of the register."""
    verdict = may_edit_organisation(user, organisation)
    if verdict and organisation.from_register_on is None:
        return Verdict.no(_l("The data of this organisation were typed, so you can correct them yourselves."))
    return verdict


def may_see_disputes(user: User) -> Verdict:
    """Everyone in the office."""
    return Verdict.yes() if is_staff(user) else Verdict.hidden()


def may_answer_dispute(user: User, dispute: Dispute) -> Verdict:
    """Officers and administrators."""
    if holds_somewhere(user, Role.OFFICER) or holds_somewhere(user, Role.ADMINISTRATOR):
        return Verdict.yes()
    return Verdict.no(_l("Call officers and administrators answer what organisations say about the register.")) if is_staff(user) else Verdict.hidden()  # fmt: skip


def may_read_vault(user: User, organisation: Organisation) -> Verdict:
    """Its members. The office sees a document only where an application carries it."""
    if member_role(user, organisation.id):
        return Verdict.yes()
    if is_staff(user):
        return Verdict.no(_l("The vault belongs to the organisation. The office sees a document only when an application carries it."))
    return Verdict.hidden()


def may_keep_documents(user: User, organisation: Organisation) -> Verdict:
    """Its owners and editors."""
    if acts_for(user, organisation.id):
        return Verdict.yes()
    return Verdict.no(READS_ONLY) if member_role(user, organisation.id) else may_read_vault(user, organisation)


def may_read_document(user: User, document: VaultDocument) -> Verdict:
    """As the vault."""
    return may_read_vault(user, document.organisation)


def may_change_document(user: User, document: VaultDocument) -> Verdict:
    """As the vault."""
    return may_keep_documents(user, document.organisation)


def may_manage_members(user: User, organisation: Organisation) -> Verdict:
    """Its owners."""
    if member_role(user, organisation.id) is MemberRole.OWNER:
        return Verdict.yes()
    if member_role(user, organisation.id) or is_staff(user):
        return Verdict.no(
            _l("Only an owner of the organisation may invite and remove people. The owners are on the page of the organisation.")
        )
    return Verdict.hidden()


def may_invite_first_owner(user: User, organisation: Organisation) -> Verdict:
    """The intake, as long as nobody acts for the organisation: it was entered from an application on paper."""
    if not is_staff(user):
        return Verdict.hidden()
    if not holds_somewhere(user, Role.INTAKE):
        return Verdict.no(_l("Only people with the right of intake invite the first owner of an organisation that applied on paper."))
    if queries.members_of(organisation):
        return Verdict.no(_l("Somebody acts for this organisation already. Its owners invite further people."))
    return Verdict.yes()


def may_change_membership(user: User, membership: Membership) -> Verdict:
    """The owners of the organisation."""
    return may_manage_members(user, membership.organisation)


def may_remove_member(user: User, membership: Membership) -> Verdict:
    """The owners; and everyone may leave."""
    return Verdict.yes() if membership.user_id == user.id else may_manage_members(user, membership.organisation)


def may_withdraw_invitation(user: User, invitation: Invitation) -> Verdict:
    """The owners of the organisation."""
    return may_manage_members(user, invitation.organisation)


def may_answer_invitation(user: User, invitation: Invitation) -> Verdict:
    """Whoever has proved to own the invited address."""
    invited = user.confirmed_at is not None and queries.normal_email(user.email) == invitation.email
    return Verdict.yes() if invited else Verdict.hidden()


def may_manage_people(user: User) -> Verdict:
    """Administrators; auditors may look (see `may_see_people`)."""
    if holds(user, Role.ADMINISTRATOR):
        return Verdict.yes()
    if is_staff(user):
        return Verdict.no(_l("Only an administrator gives and takes roles."))
    return Verdict.hidden()


def may_see_people(user: User) -> Verdict:
    """Administrators and auditors."""
    return Verdict.yes() if holds(user, Role.AUDITOR) else may_manage_people(user)


def may_see_person(user: User, person: User) -> Verdict:
    """Administrators and auditors."""
    return may_see_people(user)


def may_manage_person(user: User, person: User) -> Verdict:
    """Administrators."""
    return may_manage_people(user)


def may_revoke_role(user: User, held: StaffRole) -> Verdict:
    """Administrators."""
    return may_manage_people(user)
