"""The business register for people: entering an organisation from it, following it, disputing it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm.attributes import set_committed_value

from grants.accounts import actions, queries
from grants.accounts.models import Dispute, MemberRole, Organisation, Role, User
from grants.accounts.register import disputes
from grants.base import audit
from grants.base.db import db
from grants.base.errors import Refused
from grants.base.mail import Message
from grants.base.transaction import unit_of_work
from grants.calls.municipality import municipality
from tests.accounts.builders import (
    make_member,
    make_organisation,
    make_staff,
    make_user,
    organisation_data,
    registration_number,
    tax_number,
)
from tests.accounts.test_register import CONTACT, USUAL, extract, last_event, load, row
from tests.conftest import sign_in
from tests.pages import LintingClient


def test_people_enter_an_organisation_by_tax_number_and_confirm_what_the_register_says(client: LintingClient, tmp_path: Path) -> None:
    user = make_user().id
    load(extract(tmp_path, row(1)))
    sign_in(client, db.session.get_one(User, user))
    page = client.get("/sl/organizacije/nova")
    assert 'name="number"' in page.text and 'name="street"' not in page.text and "1. april" in page.text
    answer = client.post("/sl/organizacije/nova", data={"number": f"SI {tax_number(1)}", "email": "cebela@primer.example"})
    assert answer.status_code == 303
    page = client.get(answer.location)
    for said in ("Društvo ljubiteljev čebel Škofije", "Spodnje Škofije 12a, 6281 Škofije", "94.999, 90.010", "Ana Žagar, Marco Rossi"):
        assert said in page.text
    assert 'value="cebela@primer.example"' in page.text
    assert not any(f'name="{typed}"' in page.text for typed in ("name", "street", "legal_form", "representative", "tax_number"))
    assert client.post(answer.location, data=CONTACT | {"iban": "SI56"}).status_code == 422
    # What the form does not ask is not taken, even if it is sent.
    done = client.post(answer.location, data=CONTACT | {"name": "Drugo ime", "street": "Drugje 1", "tax_number": tax_number(50)})
    assert done.status_code == 303
    found = queries.organisations_of(db.session.get_one(User, user))[0]
    assert (found.name, found.tax_number, found.legal_form, found.settlement) == (
        "Društvo ljubiteljev čebel Škofije", tax_number(1), "association", "Spodnje Škofije",
    )  # fmt: skip
    assert found.from_register_on == date(2026, 4, 1) and found.activity_codes == "94.999\n90.010"
    assert municipality().seat_inside(found.municipality_code) is True
    page = client.get(done.location)
    assert "1. april" in page.text and "Čebela" in page.text


@pytest.mark.parametrize("number", ["registration", "tax"])
def test_a_unit_without_tax_number_is_found_by_registration_number(client: LintingClient, tmp_path: Path, number: str) -> None:
    user = make_user().id
    load(extract(tmp_path, row(1, DAVCNA="")))
    sign_in(client, db.session.get_one(User, user))
    typed = registration_number(1) if number == "registration" else tax_number(1)
    answer = client.post("/en/organizacije/nova", data={"number": typed, "email": "cebela@primer.example"})
    if number == "tax":
        # Not found: the form to type, with the number in it. When the other number is known there, it leads back to the register.
        assert answer.status_code == 200 and f'value="{typed}"' in answer.text and "does not have this number" in answer.text
        typed_data = organisation_data(tax_number=typed, registration_number=registration_number(1))
        answer = client.post("/en/organizacije/nova", data=typed_data)
        assert queries.organisations_of(db.session.get_one(User, user)) == []
    assert answer.status_code == 303
    page = client.get(answer.location)
    assert 'name="tax_number"' in page.text and "not in the register" in page.text
    assert client.post(answer.location, data=CONTACT).status_code == 422
    assert client.post(answer.location, data=CONTACT | {"tax_number": tax_number(1)}).status_code == 303
    assert queries.organisations_of(db.session.get_one(User, user))[0].tax_number == tax_number(1)


def test_wrong_numbers_are_explained_and_known_organisations_lead_to_their_owners(client: LintingClient, tmp_path: Path) -> None:
    owner, other = make_user().id, make_user("Bine Val").id
    load(extract(tmp_path, row(1)))
    with unit_of_work():
        actions.enter_from_register(queries.get_unit(registration_number(1)), by=db.session.get_one(User, owner), **CONTACT)
    sign_in(client, db.session.get_one(User, other))
    for number, says in (
        ("", "Enter the tax number"),
        ("123", "has 8 digits"),
        ("12345678", "cannot be right"),
        ("1234567", "cannot be right"),
    ):
        answer = client.post("/en/organizacije/nova", data={"number": number, "email": "a@primer.example"})
        assert answer.status_code == 422 and says in answer.text
    address = f"/en/organizacije/nova/{registration_number(1)}"
    assert "registered already" in client.get(address).text
    assert client.post(address, data=CONTACT).status_code == 409
    assert client.get("/en/organizacije/nova/9999999").status_code == 404


def test_register_facts_cannot_be_typed_differently(client: LintingClient, tmp_path: Path) -> None:
    owner = make_user().id
    load(extract(tmp_path, row(1)))
    with unit_of_work():
        made = actions.enter_from_register(queries.get_unit(registration_number(1)), by=db.session.get_one(User, owner), **CONTACT).id
    sign_in(client, db.session.get_one(User, owner))
    address = f"/en/organizacije/{made}/uredi"
    page = client.get(address)
    assert 'name="iban"' in page.text and 'name="name"' not in page.text and "1 April 2026" in page.text
    assert client.post(address, data=organisation_data(name="Drugo ime", street="Drugje 1", phone="05 111 22 33")).status_code == 303
    found = db.session.get_one(Organisation, made)
    assert (found.name, found.street, found.phone) == ("Društvo ljubiteljev čebel Škofije", "Spodnje Škofije 12a", "05 111 22 33")
    typed = {
        name: value for name, value in organisation_data(name="Drugo ime").items() if name not in ("tax_number", "registration_number")
    }
    with pytest.raises(Refused), unit_of_work():
        actions.change_organisation(db.session.get_one(Organisation, made), by=db.session.get_one(User, owner), **typed)
    assert db.session.get_one(Organisation, made).name == "Društvo ljubiteljev čebel Škofije"


def test_a_new_extract_brings_organisations_up_to_date_and_matches_those_typed_by_hand(app: Flask, tmp_path: Path) -> None:
    owner = make_user()
    typed = make_organisation(owner, tax_number=tax_number(201), registration_number=registration_number(201) + "000").id
    stranger = make_organisation(make_user(), tax_number=tax_number(202), registration_number=registration_number(202)).id
    elsewhere = make_organisation(make_user()).id
    result = load(extract(tmp_path, row(201), row(202, DAVCNA=tax_number(203))))
    assert "1 organisations were brought to it" in result.output
    assert "another tax number than in the register" in result.output and registration_number(202) in result.output
    found = db.session.get_one(Organisation, typed)
    assert found.name == USUAL["POPOLNO_IME"] and found.from_register_on == date(2026, 4, 1)
    assert last_event(typed).kind.name == "organisation.refreshed" and "name" in last_event(typed).data["fields"]
    for other in (stranger, elsewhere):
        assert db.session.get_one(Organisation, other).from_register_on is None
    load(extract(tmp_path, row(201, POPOLNO_IME="Društvo Nova čebela", OBCINA_SIF="50")), "2026-05-01")
    found = db.session.get_one(Organisation, typed)
    assert found.name == "Društvo Nova čebela" and municipality().seat_inside(found.municipality_code) is False
    assert last_event(typed).data == {"fields": ["municipality_code", "name"], "taken_on": "2026-05-01"}
    events = len(audit.timeline(found, audit.STAFF))
    load(extract(tmp_path, row(201, POPOLNO_IME="Društvo Nova čebela", OBCINA_SIF="50")), "2026-05-02")
    assert len(audit.timeline(db.session.get_one(Organisation, typed), audit.STAFF)) == events


@pytest.mark.parametrize(
    ("form", "name", "ours"),
    [
        ("Društvo, zveza društev", "Društvo Galeb", "association"), ("Društvo, zveza društev", "ZVEZA športnih društev", "federation"),
        ("Javni zavod", "Zavod", "institute"), ("Ustanova", "Ustanova", "foundation"), ("Cerkev in druga verska skupnost", "Župnija", "religious_community"),
        ("Samoupravna narodna skupnost", "Skupnost Italijanov", "minority_community"), ("Družba z omejeno odgovornostjo", "D.o.o.", "other"),
    ],
)  # fmt: skip
def test_the_legal_form_follows_from_the_register(app: Flask, tmp_path: Path, form: str, name: str, ours: str) -> None:
    from grants.accounts.register.facts import form_of

    load(extract(tmp_path, row(1, PRAVNA_OBLIKA=form, POPOLNO_IME=name)))
    assert form_of(queries.get_unit(registration_number(1))) == ours


def test_what_is_wrong_in_the_register_is_disputed_and_answered(app: Flask, client: LintingClient, tmp_path: Path) -> None:
    owner, officer, signer = make_user().id, make_staff(Role.OFFICER).id, make_staff(Role.SIGNER).id
    load(extract(tmp_path, row(1)))
    with unit_of_work():
        made = actions.enter_from_register(queries.get_unit(registration_number(1)), by=db.session.get_one(User, owner), **CONTACT).id
    reader = make_member(db.session.get_one(Organisation, made), MemberRole.READER).id
    sign_in(client, db.session.get_one(User, owner))
    address = f"/en/organizacije/{made}/to-ni-prav"
    assert address in client.get(f"/en/organizacije/{made}").text
    assert client.post(address, data={"what": "", "text": ""}).status_code == 422
    assert client.post(address, data={"what": "representatives", "text": "Od marca nas zastopa Bine Val."}).status_code == 303
    dispute = db.session.scalars(select(Dispute)).one().id
    assert last_event(made).kind.name == "register.disputed"
    assert "Bine Val" in client.get(f"/en/organizacije/{made}").text

    def as_person(identity: int) -> Any:
        other = app.test_client()
        assert isinstance(other, LintingClient)
        sign_in(other, db.session.get_one(User, identity))
        return other

    assert as_person(reader).get(address).status_code == 403
    office = as_person(officer)
    assert "Bine Val" in office.get("/en/urad/register").text and "Bine Val" in as_person(signer).get("/en/urad/register").text
    assert client.get("/en/urad/register").status_code == 404
    assert as_person(signer).get(f"/en/urad/register/{dispute}").status_code == 403
    assert client.get(f"/en/urad/register/{dispute}").status_code == 404
    assert office.get(f"/en/urad/register/{dispute}").status_code == 200
    assert office.post(f"/en/urad/register/{dispute}", data={"answer": " "}).status_code == 422
    assert office.post(f"/en/urad/register/{dispute}", data={"answer": "Register je vpisal 4. maja."}).status_code == 303
    assert office.get(f"/en/urad/register/{dispute}").status_code == 404
    message = db.session.scalars(select(Message).where(Message.event == "accounts/dispute_answered")).one()
    assert "Register je vpisal 4. maja." in message.body and "Bine Val" in message.body
    assert last_event(made).kind.name == "register.dispute_answered"
    assert "Register je vpisal" in client.get(f"/en/organizacije/{made}").text


def test_only_a_few_disputes_may_wait(app: Flask, client: LintingClient, tmp_path: Path) -> None:
    owner = make_user().id
    load(extract(tmp_path, row(1)))
    with unit_of_work():
        made = actions.enter_from_register(queries.get_unit(registration_number(1)), by=db.session.get_one(User, owner), **CONTACT).id
    sign_in(client, db.session.get_one(User, owner))
    sent = [client.post(f"/en/organizacije/{made}/to-ni-prav", data={"what": "other", "text": f"Napaka {n}"}).status_code for n in range(6)]
    assert sent == [303] * 5 + [409]
    assert db.session.scalar(select(func.count(Dispute.id))) == 5


def test_data_that_were_typed_are_corrected_and_not_disputed(client: LintingClient) -> None:
    owner = make_user()
    made = make_organisation(owner).id
    sign_in(client, db.session.get_one(User, owner.id))
    assert client.get(f"/en/organizacije/{made}/to-ni-prav").status_code == 403
    assert "were typed" in client.get(f"/en/organizacije/{made}").text


def test_looking_up_costs_the_same_however_large_the_register(client: LintingClient, queries: Any, tmp_path: Path) -> None:
    user = make_user()
    sign_in(client, user)
    counts = []
    for rows in (1, 300):
        load(extract(tmp_path, *(row(number) for number in range(1, rows + 1))))
        queries()
        assert client.get(f"/sl/organizacije/nova/{registration_number(1)}").status_code == 200
        counts.append(len(queries()))
    assert counts[0] == counts[1]


def test_of_two_people_who_answer_at_the_same_time_the_second_is_told_so(app: Flask) -> None:
    made, officer = make_organisation(make_user()), make_user("Uradna Oseba").id
    with unit_of_work():
        dispute = disputes.raise_dispute(
            db.session.get_one(Organisation, made.id), what="name", text="Ime je napačno.", by=db.session.get_one(User, officer)
        )  # fmt: skip
    identity = dispute.id
    with unit_of_work():
        disputes.answer_dispute(db.session.get_one(Dispute, identity), answer="Prvi odgovor.", by=db.session.get_one(User, officer))
    with pytest.raises(Refused, match="in the meantime|Medtem"), unit_of_work():
        seen = db.session.get_one(Dispute, identity)
        set_committed_value(seen, "answered_at", None)  # as it was when the page was opened
        disputes.answer_dispute(seen, answer="Drugi odgovor.", by=db.session.get_one(User, officer))
    assert db.session.get_one(Dispute, identity).answer == "Prvi odgovor."
    assert len(db.session.scalars(select(Message).where(Message.event == "accounts/dispute_answered")).all()) == 1
