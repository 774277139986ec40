"""What changes people and organisations: accounts, roles in the office, organisations, and who acts for them."""

from __future__ import annotations

import uuid
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from flask_security import hash_password
from sqlalchemy import func, select

from grants.accounts import identifiers, letters, queries, states
from grants.accounts.models import (
    Afterwards,
    Invitation,
    LegalForm,
    MemberRole,
    Membership,
    Organisation,
    RegisterUnit,
    Role,
    StaffRole,
    User,
)
from grants.accounts.register import facts
from grants.base import audit, clock
from grants.base.db import db
from grants.base.errors import Refused
from grants.base.language import LANGUAGES


def create_user(*, email: str, password: str, name: str, language: str, confirmed: bool = False, totp_secret: str | None = None) -> User:
    """Make an account outside the registration page: for the demo, the command line and tests.

    `totp_secret` (base32) sets up the second factor with a known secret.
    """
    if queries.find_user(email) is not None:
        raise Refused(_("There is an account with this address already."), fields={"email": _("This address is taken.")})
    instant = clock.now()
    user = User(
        email=queries.normal_email(email), name=name, language=_known_language(language), password=hash_password(password),
        active=True, fs_uniquifier=uuid.uuid4().hex, confirmed_at=instant if confirmed else None,
        staff_roles=[], memberships=[],
    )  # fmt: skip
    db.session.add(user)
    db.session.flush()
    audit.record(states.REGISTERED, user, by=user)
    if confirmed:
        audit.record(states.CONFIRMED, user, by=user)
    if totp_secret:
        user.tf_primary_method = "authenticator"
        user.tf_totp_secret = current_app.extensions["security"].totp_factory.sealed(totp_secret)
        audit.record(states.TOTP_SET_UP, user, by=user)
    return user


def _known_language(language: str) -> str:
    if language not in LANGUAGES:
        raise Refused(_("Choose one of the languages of this site."), fields={"language": _("Choose a language.")}, status=422)
    return language


def change_profile(user: User, *, name: str, language: str, by: User) -> None:
    """Another name or language of mail."""
    changed = _change(user, name=name, language=_known_language(language))
    if changed:
        audit.record(states.PROFILE_CHANGED, user, by=by, fields=changed)


def remove_second_factor(user: User, *, by: User) -> None:
    """For a person who lost the phone and the recovery codes: the next sign-in sets up a new one."""
    if not user.has_second_factor:
        raise Refused(_("This person has no second factor, so there is nothing to remove."))
    user.tf_primary_method = user.tf_totp_secret = user.tf_last_counter = user.mf_recovery_codes = None
    user.fs_uniquifier = uuid.uuid4().hex  # ends the sessions that are open
    audit.record(states.TOTP_REMOVED, user, by=by)


def grant_role(user: User, role: Role, *, area: str = "", by: User | None) -> StaffRole:
    """Give a role in the office, for one area of calls or for all."""
    if any(held.role == role and held.area == area for held in user.staff_roles):
        raise Refused(_("%(name)s holds this role already.", name=user.name), fields={"role": _("Held already.")})
    held = StaffRole(role=Role(role), area=area)
    user.staff_roles.append(held)
    db.session.flush()
    audit.record(states.ROLE_GRANTED, user, by=by, role=str(held.role), area=area)
    letters.role_granted(user, held)
    return held


def revoke_role(held: StaffRole, *, by: User) -> None:
    """Take a role away; the office never stays without an administrator."""
    person = queries.get_user(held.user_id)
    if held.role == Role.ADMINISTRATOR and queries.administrators() < 2:
        raise Refused(_("This is the last administrator. Give the role to someone else first, then take it away here."))
    person.staff_roles.remove(held)
    db.session.delete(held)
    audit.record(states.ROLE_REVOKED, person, by=by, role=str(held.role), area=held.area)


class InTheRegister(Refused):
    """The business register knows the organisation: what it says is taken over and not typed."""

    def __init__(self, unit: RegisterUnit) -> None:
        super().__init__(_("The business register has this organisation. Its data are taken from there, so you need not type them."))
        self.unit = unit


def register_organisation(
    *, by: User, name: str, legal_form: str, tax_number: str, registration_number: str, iban: str, street: str, postcode: str,
    place: str, email: str, phone: str, representative: str, language: str,
) -> Organisation:  # fmt: skip
    """Enter an organisation that the register does not have; whoever enters it becomes its first owner."""
    numbers = _checked_numbers(tax_number=tax_number, registration_number=registration_number, iban=iban)
    _refuse_known(numbers["tax_number"], numbers["registration_number"])
    if (unit := queries.find_unit(numbers["tax_number"]) or queries.find_unit(numbers["registration_number"])) is not None:
        raise InTheRegister(unit)
    organisation = Organisation(
        name=name, legal_form=_known_form(legal_form), **numbers, street=street, postcode=postcode, place=place, email=email,
        phone=phone, representative=representative, language=_known_language(language), created_at=clock.now(),
    )  # fmt: skip
    return _entered(organisation, by)


def enter_from_register(
    unit: RegisterUnit, *, by: User, email: str, iban: str, phone: str, language: str, tax_number: str = ""
) -> Organisation:  # fmt: skip
    """Enter an organisation with what the register says about it. Its tax number is typed only if the register has none."""
    numbers = _checked_numbers(tax_number=unit.tax_number or tax_number, iban=iban)
    return _entered(_of_unit(unit, numbers, email=email, phone=phone, language=language), by)


def _of_unit(unit: RegisterUnit, numbers: dict[str, str], *, email: str, phone: str, language: str) -> Organisation:
    _refuse_known(numbers["tax_number"], unit.registration_number)
    return Organisation(
        **facts.said(unit), **numbers, registration_number=unit.registration_number, email=email, phone=phone,
        language=_known_language(language), created_at=clock.now(), from_register_on=unit.snapshot.taken_on,
    )  # fmt: skip


def _entered(organisation: Organisation, by: User) -> Organisation:
    _kept(organisation, by)
    add_member(organisation, by, MemberRole.OWNER, by=by)
    return organisation


def enter_from_paper(
    *, by: User, name: str, legal_form: str, tax_number: str, registration_number: str, iban: str, street: str, postcode: str,
    place: str, email: str, representative: str, language: str,
) -> Organisation:  # fmt: skip
    """Enter an organisation that applied on paper. Nobody acts for it here; an account number and an address of mail may be missing."""
    numbers = _checked_on_paper(iban, tax_number=tax_number, registration_number=registration_number)
    _refuse_known(numbers["tax_number"], numbers["registration_number"])
    if (unit := queries.find_unit(numbers["tax_number"]) or queries.find_unit(numbers["registration_number"])) is not None:
        raise InTheRegister(unit)
    organisation = Organisation(
        name=name, legal_form=_known_form(legal_form), **numbers, street=street, postcode=postcode, place=place, email=email, phone="",
        representative=representative, language=_known_language(language), created_at=clock.now(),
    )  # fmt: skip
    return _kept(organisation, by)


def enter_from_paper_and_register(
    unit: RegisterUnit, *, by: User, email: str, iban: str, language: str, tax_number: str = ""
) -> Organisation:  # fmt: skip
    """Enter an organisation that applied on paper with what the register says about it. Nobody acts for it here."""
    numbers = _checked_on_paper(iban, tax_number=unit.tax_number or tax_number)
    return _kept(_of_unit(unit, numbers, email=email, phone="", language=language), by)


def _checked_on_paper(iban: str, **numbers: str) -> dict[str, str]:
    return {"iban": ""} | _checked_numbers(**numbers | ({"iban": iban} if iban.strip() else {}))


def _kept(organisation: Organisation, by: User) -> Organisation:
    db.session.add(organisation)
    db.session.flush()
    audit.record(states.ORGANISATION_REGISTERED, organisation, by=by, tax_number=organisation.tax_number)
    return organisation


def change_contact(organisation: Organisation, *, by: User, email: str, iban: str, phone: str, language: str) -> None:
    """Change what the register does not say about an organisation."""
    changed = _change(organisation, email=email, **_checked_numbers(iban=iban), phone=phone, language=_known_language(language))
    if changed:
        audit.record(states.ORGANISATION_CHANGED, organisation, by=by, fields=changed)


def change_organisation(
    organisation: Organisation, *, by: User, name: str, legal_form: str, iban: str, street: str, postcode: str, place: str,
    email: str, phone: str, representative: str, language: str,
) -> None:  # fmt: skip
    """Correct the data of an organisation that were typed. Its numbers stay: another number is another organisation."""
    if organisation.from_register_on is not None:
        raise Refused(_("These data come from the business register and are not typed. If the register is wrong, tell us on the page “This is wrong”."))  # fmt: skip
    changed = _change(
        organisation, name=name, legal_form=_known_form(legal_form), **_checked_numbers(iban=iban), street=street,
        postcode=postcode, place=place, email=email, phone=phone, representative=representative, language=_known_language(language),
    )  # fmt: skip
    if changed:
        audit.record(states.ORGANISATION_CHANGED, organisation, by=by, fields=changed)


def _change(thing: Any, **values: Any) -> list[str]:
    changed = sorted(name for name, value in values.items() if getattr(thing, name) != value)
    for name in changed:
        setattr(thing, name, values[name])
    return changed


def _known_form(legal_form: str) -> LegalForm:
    if legal_form not in set(LegalForm):
        raise Refused(
            _("Choose the legal form of the organisation."), fields={"legal_form": _("Choose one of the legal forms.")}, status=422
        )
    return LegalForm(legal_form)


_CHECKS = {"tax_number": identifiers.tax_number, "registration_number": identifiers.registration_number, "iban": identifiers.bank_account}


def _checked_numbers(**typed: str) -> dict[str, str]:
    checked: dict[str, str] = {}
    wrong: dict[str, str] = {}
    for name, text in typed.items():
        try:
            checked[name] = _CHECKS[name](text)
        except identifiers.NumberError as fault:
            wrong[name] = str(fault)
    if wrong:
        raise Refused(" ".join(wrong.values()), fields=wrong, status=422)
    return checked


def _refuse_known(tax_number: str, registration_number: str) -> None:
    known = queries.find_organisation(tax_number=tax_number, registration_number=registration_number)
    if known is None:
        return
    which = "tax_number" if known.tax_number == tax_number else "registration_number"
    message = _("An organisation with this number is registered already. Ask one of its owners to invite you; if nobody there knows the account, write to the municipality.")  # fmt: skip
    raise Refused(message, fields={which: message})


def add_member(organisation: Organisation, user: User, role: MemberRole, *, by: User) -> Membership:
    """A person begins to act for an organisation."""
    if queries.find_membership(user, organisation.id) is not None:
        raise Refused(_("This person acts for the organisation already."))
    membership = Membership(organisation=organisation, role=MemberRole(role), since=clock.now())
    user.memberships.append(membership)
    db.session.flush()
    audit.record(states.MEMBER_ADDED, organisation, by=by, user_id=user.id, role=str(membership.role))
    return membership


def change_member_role(membership: Membership, role: MemberRole, *, by: User) -> None:
    """An editor becomes an owner, or the other way round."""
    if membership.role == role:
        return
    _keep_an_owner(membership)
    membership.role = MemberRole(role)
    audit.record(states.MEMBER_ROLE_CHANGED, membership.organisation, by=by, user_id=membership.user_id, role=str(membership.role))


def remove_member(membership: Membership, *, by: User) -> None:
    """A person no longer acts for an organisation; what the person did stays on record."""
    _keep_an_owner(membership)
    audit.record(states.MEMBER_REMOVED, membership.organisation, by=by, user_id=membership.user_id, role=str(membership.role))
    membership.user.memberships.remove(membership)
    db.session.delete(membership)


def _keep_an_owner(membership: Membership) -> None:
    # Two owners who leave in the same second: the second waits here and sees that it is the last one.
    queries.hold(membership.organisation_id)
    still = select(func.count(Membership.id)).where(
        Membership.organisation_id == membership.organisation_id, Membership.role == MemberRole.OWNER
    )
    owners = db.session.scalar(still) or 0
    if membership.role == MemberRole.OWNER and owners < 2:
        raise Refused(_("Every organisation needs an owner, and this is the last one. Make someone else an owner first."))


def hand_over(organisation: Organisation, membership: Membership, afterwards: Afterwards, *, by: User) -> None:
    """A member becomes an owner; the owner who hands over stays one, becomes an editor or leaves."""
    own = queries.find_membership(by, organisation.id)
    if membership.organisation_id != organisation.id or membership.user_id == by.id:
        raise Refused(_("Choose another member of the organisation."), fields={"successor": _("Choose another member.")}, status=422)
    change_member_role(membership, MemberRole.OWNER, by=by)
    audit.record(states.HANDED_OVER, organisation, by=by, user_id=membership.user_id, afterwards=str(afterwards))
    db.session.flush()
    if own is not None:
        _step_back(own, afterwards, by=by)


def _step_back(own: Membership, afterwards: Afterwards, *, by: User) -> None:
    if own.role != MemberRole.OWNER:
        return
    if afterwards == Afterwards.LEAVE:
        remove_member(own, by=by)
    elif afterwards == Afterwards.EDIT:
        change_member_role(own, MemberRole.EDITOR, by=by)


def invite(
    organisation: Organisation, *, email: str, role: MemberRole, by: User, afterwards: Afterwards = Afterwards.STAY
) -> Invitation:  # fmt: skip
    """Ask a person by e-mail to act for an organisation; the person need not have an account yet.

    `afterwards` is what becomes of the owner who invites, once the invitation is accepted.
    """
    address = queries.normal_email(email)
    known = queries.find_user(address)
    if known is not None and queries.find_membership(known, organisation.id) is not None:
        raise Refused(_("This person acts for the organisation already."), fields={"email": _("This person is a member already.")})
    earlier = queries.find_invitation(organisation, address)
    if earlier is not None:
        earlier.ended_at = clock.now()  # a new invitation replaces it
        db.session.flush()
    invitation = Invitation(
        organisation=organisation,
        email=address,
        role=MemberRole(role),
        invited_by=by,
        invited_at=clock.now(),
        afterwards=Afterwards(afterwards),
    )
    db.session.add(invitation)
    db.session.flush()
    audit.record(states.MEMBER_INVITED, organisation, by=by, invitation_id=invitation.id, role=str(invitation.role))
    letters.invited(invitation, known)
    return invitation


def invite_first_owner(organisation: Organisation, *, email: str, by: User) -> Invitation:
    """The office invites whoever represents an organisation for which nobody acts yet, because it applied on paper.

    One invitation at a time: a new one ends those that are open.
    """
    queries.hold(organisation.id)
    if queries.members_of(organisation):
        raise Refused(_("Somebody acts for this organisation already. Its owners invite further people."))
    if queries.normal_email(email) == by.email:
        message = _("Invite whoever represents the organisation, not yourself.")
        raise Refused(message, fields={"email": message}, status=422)
    known = queries.find_user(email)
    if known is not None and known.staff_roles:  # from inside, an owner reads what is sealed to the office
        message = _("This address belongs to somebody of the office. Invite whoever represents the organisation.")
        raise Refused(message, fields={"email": message}, status=422)
    for earlier in queries.invitations_to(organisation):
        withdraw_invitation(earlier, by=by)
    return invite(organisation, email=email, role=MemberRole.OWNER, by=by)


def withdraw_invitation(invitation: Invitation, *, by: User) -> None:
    """The invited person can no longer accept."""
    invitation.ended_at = clock.now()
    audit.record(states.INVITATION_WITHDRAWN, invitation.organisation, by=by, invitation_id=invitation.id)


def accept_invitation(invitation: Invitation, *, by: User) -> Membership:
    """The invited person begins to act for the organisation; if it was handed over, the owner who invited steps back."""
    invitation.ended_at = clock.now()
    membership = add_member(invitation.organisation, by, MemberRole(invitation.role), by=by)
    own = queries.find_membership(invitation.invited_by, invitation.organisation_id)
    if invitation.afterwards != Afterwards.STAY and own is not None and own.role == MemberRole.OWNER:
        audit.record(
            states.HANDED_OVER, invitation.organisation, by=invitation.invited_by, user_id=by.id, afterwards=str(invitation.afterwards)
        )  # fmt: skip
        _step_back(own, Afterwards(invitation.afterwards), by=invitation.invited_by)
    return membership


def decline_invitation(invitation: Invitation, *, by: User) -> None:
    """The invited person would rather not."""
    invitation.ended_at = clock.now()
    audit.record(states.INVITATION_DECLINED, invitation.organisation, by=by, invitation_id=invitation.id)
