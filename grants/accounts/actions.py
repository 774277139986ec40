"""What changes people and organisations: accounts, roles in the office, organisations, and who acts for them."""

from __future__ import annotations

import uuid
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from flask_security import hash_password

from grants.accounts import identifiers, letters, queries, states
from grants.accounts.models import Invitation, LegalForm, MemberRole, Membership, Organisation, Role, StaffRole, User
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


def register_organisation(
    *, by: User, name: str, legal_form: str, tax_number: str, registration_number: str, iban: str, street: str, postcode: str,
    place: str, email: str, phone: str, representative: str, language: str,
) -> Organisation:  # fmt: skip
    """Enter an organisation; whoever enters it becomes its first owner."""
    numbers = _checked_numbers(tax_number=tax_number, registration_number=registration_number, iban=iban)
    _refuse_known(numbers["tax_number"], numbers["registration_number"])
    organisation = Organisation(
        name=name, legal_form=_known_form(legal_form), **numbers, street=street, postcode=postcode, place=place, email=email,
        phone=phone, representative=representative, language=_known_language(language), created_at=clock.now(),
    )  # fmt: skip
    db.session.add(organisation)
    db.session.flush()
    audit.record(states.ORGANISATION_REGISTERED, organisation, by=by, tax_number=organisation.tax_number)
    add_member(organisation, by, MemberRole.OWNER, by=by)
    return organisation


def enter_from_paper(
    *, by: User, name: str, legal_form: str, tax_number: str, registration_number: str, iban: str, street: str, postcode: str,
    place: str, email: str, representative: str, language: str,
) -> Organisation:  # fmt: skip
    """Enter an organisation that applied on paper. Nobody acts for it here; an account number and an address of mail may be missing."""
    wanted = {"tax_number": tax_number, "registration_number": registration_number} | ({"iban": iban} if iban.strip() else {})
    numbers = {"iban": ""} | _checked_numbers(**wanted)
    _refuse_known(numbers["tax_number"], numbers["registration_number"])
    organisation = Organisation(
        name=name, legal_form=_known_form(legal_form), **numbers, street=street, postcode=postcode, place=place, email=email, phone="",
        representative=representative, language=_known_language(language), created_at=clock.now(),
    )  # fmt: skip
    db.session.add(organisation)
    db.session.flush()
    audit.record(states.ORGANISATION_REGISTERED, organisation, by=by, tax_number=organisation.tax_number)
    return organisation


def change_organisation(
    organisation: Organisation, *, by: User, name: str, legal_form: str, iban: str, street: str, postcode: str, place: str,
    email: str, phone: str, representative: str, language: str,
) -> None:  # fmt: skip
    """Correct the data of an organisation. Its tax and registration numbers stay: another number is another organisation."""
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
    owners = [other for other in queries.members_of(membership.organisation) if other.role == MemberRole.OWNER]
    if membership.role == MemberRole.OWNER and len(owners) < 2:
        raise Refused(_("Every organisation needs an owner, and this is the last one. Make someone else an owner first."))


def invite(organisation: Organisation, *, email: str, role: MemberRole, by: User) -> Invitation:
    """Ask a person by e-mail to act for an organisation; the person need not have an account yet."""
    address = queries.normal_email(email)
    known = queries.find_user(address)
    if known is not None and queries.find_membership(known, organisation.id) is not None:
        raise Refused(_("This person acts for the organisation already."), fields={"email": _("This person is a member already.")})
    earlier = queries.find_invitation(organisation, address)
    if earlier is not None:
        earlier.ended_at = clock.now()  # a new invitation replaces it
        db.session.flush()
    invitation = Invitation(organisation=organisation, email=address, role=MemberRole(role), invited_by=by, invited_at=clock.now())
    db.session.add(invitation)
    db.session.flush()
    audit.record(states.MEMBER_INVITED, organisation, by=by, invitation_id=invitation.id, role=str(invitation.role))
    letters.invited(invitation, known)
    return invitation


def withdraw_invitation(invitation: Invitation, *, by: User) -> None:
    """The invited person can no longer accept."""
    invitation.ended_at = clock.now()
    audit.record(states.INVITATION_WITHDRAWN, invitation.organisation, by=by, invitation_id=invitation.id)


def accept_invitation(invitation: Invitation, *, by: User) -> Membership:
    """The invited person begins to act for the organisation."""
    invitation.ended_at = clock.now()
    return add_member(invitation.organisation, by, MemberRole(invitation.role), by=by)


def decline_invitation(invitation: Invitation, *, by: User) -> None:
    """The invited person would rather not."""
    invitation.ended_at = clock.now()
    audit.record(states.INVITATION_DECLINED, invitation.organisation, by=by, invitation_id=invitation.id)
