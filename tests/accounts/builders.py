"""People and organisations for tests, made by the product's own actions."""

from __future__ import annotations

import itertools
from io import BytesIO
from typing import Any

import pyotp
from stdnum.si import ddv, maticna

from grants.accounts import actions, queries, vault
from grants.accounts.models import MemberRole, Organisation, Role, User, VaultDocument
from grants.base import clock, files
from grants.base.db import db
from grants.base.transaction import unit_of_work

PASSWORD = "slanik ob morju"
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
_numbers = itertools.count(1)


def tax_number(number: int) -> str:
    """The first valid tax number from here on."""
    front = 1000000 + number * 3
    while not ddv.is_valid(found := f"{front}{ddv.calc_check_digit(str(front))}"):
        front += 1
    return found


def registration_number(number: int) -> str:
    """The first valid registration number from here on."""
    front = 500000 + number * 3
    while not maticna.is_valid(found := f"{front}{maticna.calc_check_digit(str(front))}"):
        front += 1
    return found


def make_user(name: str = "Ana Morje", *, email: str = "", language: str = "sl", confirmed: bool = True, totp: bool = False) -> User:
    """A person with an account."""
    with unit_of_work():
        user = actions.create_user(
            email=email or f"oseba{next(_numbers)}@primer.example", password=PASSWORD, name=name, language=language,
            confirmed=confirmed, totp_secret=TOTP_SECRET if totp else None,
        )  # fmt: skip
        identity = user.id
    return db.session.get_one(User, identity)


def make_staff(role: Role, area: str = "", *, name: str = "Ivo Urad", by: User | None = None) -> User:
    """A person who works in the office, second factor included."""
    identity = make_user(name, totp=True).id
    with unit_of_work():
        actions.grant_role(db.session.get_one(User, identity), role, area=area, by=by)
    return db.session.get_one(User, identity)


def organisation_data(**changes: Any) -> dict[str, str]:
    """What a form for an organisation would hold, with numbers nobody else has."""
    number = next(_numbers)
    return {
        "name": f"Društvo Burja {number}", "legal_form": "association", "tax_number": tax_number(number),
        "registration_number": registration_number(number), "iban": "SI56 1910 0000 0123 438", "street": "Obala 1",
        "postcode": "6000", "place": "Koper", "email": f"drustvo{number}@primer.example", "phone": "+386 5 123 45 67",
        "representative": "Ana Morje", "language": "sl",
    } | changes  # fmt: skip


def make_organisation(owner: User, **changes: Any) -> Organisation:
    """An organisation whose owner is this person."""
    identity = owner.id
    with unit_of_work():
        made = actions.register_organisation(by=db.session.get_one(User, identity), **organisation_data(**changes))
        number = made.id
    return db.session.get_one(Organisation, number)


def make_member(organisation: Organisation, role: MemberRole, name: str = "Bine Val") -> User:
    """A further person who acts for an organisation."""
    organisation_id, identity = organisation.id, make_user(name).id
    with unit_of_work():
        user = db.session.get_one(User, identity)
        actions.add_member(db.session.get_one(Organisation, organisation_id), user, role, by=user)
    return db.session.get_one(User, identity)


def make_document(organisation: Organisation, *, data: bytes = b"%PDF-1.7\nstatut\n%%EOF", **changes: Any) -> VaultDocument:
    """A document in the vault of an organisation."""
    identity = organisation.id
    owner = next(one.user_id for one in queries.members_of(organisation) if one.role == MemberRole.OWNER)
    upload = files.check_upload(BytesIO(data), "statut.pdf")
    details: dict[str, Any] = {"kind": "statute", "title": "Statut", "year": 2019, "expires_on": None} | changes
    with unit_of_work():
        made = vault.keep_document(db.session.get_one(Organisation, identity), upload, **details, by=db.session.get_one(User, owner)).id
    return db.session.get_one(VaultDocument, made)


def code_now(secret: str = TOTP_SECRET) -> str:
    """What the app on the phone shows."""
    return str(pyotp.TOTP(secret).at(clock.now()))
