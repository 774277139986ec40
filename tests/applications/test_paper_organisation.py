"""An organisation that applied on paper: taken from the business register where that knows it, and taken over by its first owner."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from grants.accounts import actions, queries
from grants.accounts.models import Invitation, Membership, Organisation, RegisterSnapshot, RegisterUnit, Role, User
from grants.base import audit, clock
from grants.base.db import db
from grants.base.errors import Refused
from grants.base.mail import Message
from grants.base.transaction import unit_of_work
from grants.demo import numbers
from tests.applications.builders import make_call, make_organisation, make_person, make_staff
from tests.applications.papers import confirm, transcribed
from tests.calls.builders import make_officer
from tests.conftest import sign_in

TAX, REGISTRATION = numbers.tax_number(424242), numbers.registration_number(424242)
CAME = {"tax_number": TAX, "language": "sl", "delivery": "in_person", "arrived_at": "4. 5. 2026 9:30:00", "handed_on": "", "signed": "y"}


def from_paper() -> Organisation:
    clerk = make_officer(role=Role.INTAKE).id
    with unit_of_work():
        made = actions.enter_from_paper(
            by=db.session.get_one(User, clerk), name="Društvo s papirja", legal_form="association", tax_number=TAX, registration_number=REGISTRATION,
            iban="", street="Obala 9", postcode="6399", place="Pristan", email="", representative="Jože Papir", language="sl",
        )  # fmt: skip
        identity = made.id
    return db.session.get_one(Organisation, identity)


def in_the_register(*, tax_number: str = TAX) -> None:
    with unit_of_work():
        snapshot = RegisterSnapshot(taken_on=clock.today(), file_sha256="0" * 64, began_at=clock.now(), completed_at=clock.now(), units=1)
        db.session.add(snapshot)
        db.session.flush()
        unit = RegisterUnit(
            snapshot_id=snapshot.id, registration_number=REGISTRATION, tax_number=tax_number, name="Društvo iz registra", short_name="", form="Društvo",
            municipality_code="399", municipality="Obala", settlement="Pristan", street="Registrska 1", postcode="6399", place="Pristan",
            activity_codes="94.999", representatives="Ana Register",
        )  # fmt: skip
        db.session.add(unit)


def test_the_office_invites_a_first_owner_who_then_sees_what_came_on_paper(app: Flask) -> None:
    made = from_paper()
    application = confirm(transcribed(make_call(rulebook="small"), organisation=made))
    identity, paper = made.id, application.id
    clerk = sign_in(app.test_client(), make_officer(role=Role.INTAKE))
    page = f"/sl/organizacije/{identity}"
    assert f"{page}/prvi-lastnik" in clerk.get(page).text
    assert "Jože Papir" in clerk.get(f"{page}/prvi-lastnik").text
    assert clerk.post(f"{page}/prvi-lastnik", data={"email": "joze"}).status_code == 422
    assert clerk.post(f"{page}/prvi-lastnik", data={"email": "napacen@primer.example"}).status_code == 303
    person = make_person("Jože Papir")
    assert clerk.post(f"{page}/prvi-lastnik", data={"email": person.email}).status_code == 303
    (open_one,) = queries.invitations_to(db.session.get_one(Organisation, identity))
    assert (open_one.email, open_one.role) == (person.email, "owner"), "one invitation at a time"
    sent = db.session.scalars(db.select(Message).where(Message.event == "accounts/invited").order_by(Message.id)).all()
    assert [one.to for one in sent] == ["napacen@primer.example", person.email]
    link = re.search(r"https?://[^/\s]+(/sl/vabila/\d+)", sent[-1].body)
    assert link is not None
    own = sign_in(app.test_client(), db.session.merge(person))
    assert own.get(link[1]).status_code == 200
    assert own.post(f"{link[1]}/sprejem").status_code == 303
    assert own.get(f"/sl/vloge/{paper}").status_code == 200
    member = db.session.scalars(db.select(Membership).where(Membership.organisation_id == identity)).one()
    assert (member.user_id, member.role) == (person.id, "owner")
    happened = [one.kind.name for one in audit.timeline(db.session.get_one(Organisation, identity), audit.STAFF)]
    assert happened == [
        "organisation.registered", "membership.invited", "membership.invitation_withdrawn", "membership.invited", "membership.added",
    ]  # fmt: skip
    assert f"{page}/prvi-lastnik" not in clerk.get(page).text
    assert clerk.get(f"{page}/prvi-lastnik").status_code == 403


def test_nobody_invites_a_first_owner_where_there_is_one_nor_oneself_nor_a_colleague_of_the_office(app: Flask) -> None:
    with_owner, without, clerk = make_organisation().id, from_paper().id, make_officer(role=Role.INTAKE)
    clerk_id, own, colleague = clerk.id, clerk.email, make_officer().email
    for identity, address, status in ((with_owner, "nekdo@primer.example", 409), (without, own, 422), (without, colleague.upper(), 422)):
        with pytest.raises(Refused) as refusal, unit_of_work():
            actions.invite_first_owner(db.session.get_one(Organisation, identity), email=address, by=db.session.get_one(User, clerk_id))
        assert refusal.value.status == status
    assert db.session.scalars(db.select(Invitation)).all() == []


@pytest.mark.parametrize(("role", "status"), [(Role.OFFICER, 403), (Role.ADMINISTRATOR, 403), (None, 404)])
def test_only_the_intake_invites_a_first_owner(app: Flask, role: Role | None, status: int) -> None:
    identity = from_paper().id
    visitor = sign_in(app.test_client(), make_staff(role=role) if role is not None else make_person())
    assert visitor.get(f"/sl/organizacije/{identity}/prvi-lastnik").status_code == status
    assert visitor.post(f"/sl/organizacije/{identity}/prvi-lastnik", data={"email": "nekdo@primer.example"}).status_code == status


@pytest.mark.parametrize("has_tax_number", [True, False])
def test_an_organisation_of_the_register_is_taken_from_there_and_not_typed(app: Flask, has_tax_number: bool) -> None:
    in_the_register(tax_number=TAX if has_tax_number else "")
    call = make_call(rulebook="small")
    clerk, begin = sign_in(app.test_client(), make_officer(role=Role.INTAKE)), f"/sl/urad/razpisi/{call.id}/papirne-vloge/operating"
    asked = clerk.post(begin, data=CAME)
    assert asked.status_code == 422
    if not has_tax_number:  # the register has it under its other number only
        assert "Ime organizacije" in asked.text
        typed = {
            "name": "Drustvo z napako", "legal_form": "association", "registration_number": REGISTRATION, "iban": "", "street": "Obala 9",
            "postcode": "6399", "place": "Pristan", "email": "", "representative": "Jože Papir",
        }  # fmt: skip
        asked = clerk.post(begin, data=CAME | typed)
        assert asked.status_code == 422
    assert "Društvo iz registra" in asked.text and "Ime organizacije" not in asked.text
    assert clerk.post(begin, data=CAME | {"registration_number": REGISTRATION, "iban": "SI56", "email": ""}).status_code == 422
    assert clerk.post(begin, data=CAME | {"registration_number": REGISTRATION, "iban": "", "email": ""}).status_code == 303
    made = queries.find_organisation(tax_number=TAX)
    assert made is not None
    assert (made.name, made.street, made.representative, made.tax_number) == ("Društvo iz registra", "Registrska 1", "Ana Register", TAX)
    assert made.from_register_on == clock.today() and not queries.members_of(made)


def test_what_the_register_knows_is_not_typed_past_it(app: Flask) -> None:
    in_the_register()
    with pytest.raises(actions.InTheRegister):
        from_paper()
