"""Organisations and who acts for them, over HTTP."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from grants.accounts import actions, policy, queries
from grants.accounts.models import MemberRole, Membership, Organisation, Role, User
from grants.base import audit
from grants.base.db import db
from grants.base.errors import Refused
from grants.base.mail import Message
from grants.base.transaction import unit_of_work
from tests.accounts.builders import make_document, make_member, make_organisation, make_staff, make_user, organisation_data
from tests.conftest import Clock, sign_in
from tests.pages import LintingClient


def organisations() -> int:
    return db.session.scalar(db.select(db.func.count(Organisation.id))) or 0


def events(organisation_id: int) -> list[str]:
    return [entry.kind.name for entry in audit.timeline(db.session.get_one(Organisation, organisation_id), audit.PARTY)]


def test_a_person_registers_an_organisation_and_owns_it(client: LintingClient) -> None:
    user = make_user()
    sign_in(client, user)
    assert client.get("/sl/organizacije").status_code == 200
    assert client.get("/sl/organizacije/nova").status_code == 200
    data = organisation_data()
    answer = client.post("/sl/organizacije/nova", data=data | {"tax_number": f"SI {data['tax_number']}", "iban": "si56 1910 0000 0123 438"})
    assert answer.status_code == 303
    found = queries.organisations_of(db.session.get_one(User, user.id))[0]
    assert (found.tax_number, found.iban) == (data["tax_number"], "SI56191000000123438")
    assert policy.member_role(db.session.get_one(User, user.id), found.id) is MemberRole.OWNER
    assert events(found.id) == ["organisation.registered", "membership.added"]
    page = client.get(answer.location)
    assert page.status_code == 200 and "SI56 1910 0000 0123 438" in page.text


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("tax_number", "15012556", "This tax number cannot be right"),
        ("tax_number", "1501255", "has 8 digits, this one has 7"),
        ("tax_number", "1501255A", "only digits"),
        ("registration_number", "9331320", "This registration number cannot be right"),
        ("registration_number", "93313", "has 7 digits, or 10"),
        ("registration_number", "933A310", "only digits"),
        ("iban", "SI56 1910 0000 0123 439", "This bank account cannot be right"),
        ("iban", "1910 0000 0123 438", "written as an IBAN"),
        ("iban", "SI56 1910", "cannot be right"),
        ("email", "drustvo.primer", "not a complete e-mail address"),
        ("name", "  ", "Enter the full name"),
        ("name", "B" * 251, "250"),
        ("legal_form", "kingdom", "choice"),
        ("phone", "pokličite me", "digits, spaces and + only"),
        ("language", "de", "choice"),
    ],
)
def test_bad_input_says_what_to_correct_and_nothing_typed_is_lost(client: LintingClient, field: str, typed: str, says: str) -> None:
    sign_in(client, make_user())
    answer = client.post("/en/organizacije/nova", data=organisation_data(street="Trg ob morju 7") | {field: typed})
    assert answer.status_code == 422
    assert says in answer.text
    assert 'value="Trg ob morju 7"' in answer.text
    assert f'href="#{field}' in answer.text
    assert organisations() == 0


def test_a_known_organisation_is_not_registered_twice(client: LintingClient) -> None:
    known = make_organisation(make_user())
    tax, registration = known.tax_number, known.registration_number
    sign_in(client, make_user("Bine Val"))
    for same in ({"tax_number": tax}, {"registration_number": registration}):
        answer = client.post("/en/organizacije/nova", data=organisation_data(**same))
        assert answer.status_code == 409
        assert "Ask one of its owners to invite you" in answer.text
    assert organisations() == 1


def test_members_correct_the_data_but_not_the_numbers(client: LintingClient) -> None:
    organisation = make_organisation(make_user())
    organisation_id, tax = organisation.id, organisation.tax_number
    sign_in(client, make_member(organisation, MemberRole.EDITOR))
    address = f"/sl/organizacije/{organisation_id}/uredi"
    assert "SI56 1910 0000 0123 438" in client.get(address).text
    answer = client.post(address, data=organisation_data(name="Novo ime", place="Izola", phone=""))
    assert answer.status_code == 303
    changed = db.session.get_one(Organisation, organisation_id)
    assert (changed.name, changed.place, changed.phone, changed.tax_number) == ("Novo ime", "Izola", "", tax)
    assert events(organisation_id)[-1] == "organisation.changed"
    assert client.post(address, data=organisation_data(iban="SI56 1910 0000 0123 439")).status_code == 422


LITANY = [
    # address, method, owner, editor, reader, stranger, office
    ("", "get", 200, 200, 200, 404, 200),
    ("/uredi", "get", 200, 200, 403, 404, 403),
    ("/uredi", "post", 422, 422, 403, 404, 403),
    ("/clani", "get", 200, 403, 403, 404, 403),
    ("/clani", "post", 422, 403, 403, 404, 403),
    ("/clani/{editor}", "get", 200, 403, 403, 404, 403),
    ("/clani/{editor}", "post", 422, 403, 403, 404, 403),
    ("/clani/{owner}/odstrani", "post", 409, 403, 403, 404, 403),
    ("/vabila/{invitation}/umik", "post", 303, 403, 403, 404, 403),
    ("/predaja", "get", 200, 403, 403, 404, 403),
    ("/predaja", "post", 422, 403, 403, 404, 403),
    ("/dokumenti", "get", 200, 200, 200, 404, 403),
    ("/dokumenti/nov", "get", 200, 200, 403, 404, 403),
    ("/dokumenti/nov", "post", 422, 422, 403, 404, 403),
    ("/dokumenti/{document}/datoteka", "get", 200, 200, 200, 404, 403),
    ("/dokumenti/{document}/nova-razlicica", "get", 200, 200, 403, 404, 403),
    ("/dokumenti/{document}/nova-razlicica", "post", 422, 422, 403, 404, 403),
    ("/dokumenti/{document}/odstrani", "post", 303, 303, 403, 404, 403),
]


@pytest.mark.parametrize(("address", "method", "owner", "editor", "reader", "stranger", "office"), LITANY)
def test_owner_editor_reader_stranger_office_anonymous_and_bad_id(
    app: Flask, address: str, method: str, owner: int, editor: int, reader: int, stranger: int, office: int
) -> None:
    ana = make_user()
    organisation = make_organisation(ana)
    organisation_id = organisation.id
    bine, rosa = make_member(organisation, MemberRole.EDITOR), make_member(organisation, MemberRole.READER, "Rosa Lettrice")
    people = {
        "owner": ana.id, "editor": bine.id, "reader": rosa.id, "stranger": make_user("Tuja Oseba").id, "office": make_staff(Role.OFFICER).id,
    }  # fmt: skip
    other = make_organisation(db.session.get_one(User, people["stranger"]))
    other_id = other.id
    with unit_of_work():
        organisation, by = db.session.get_one(Organisation, organisation_id), db.session.get_one(User, people["owner"])
        invitation = actions.invite(organisation, email="vabljena@primer.example", role=MemberRole.EDITOR, by=by).id
    document = make_document(db.session.get_one(Organisation, organisation_id)).id
    memberships = {m.user_id: m.id for m in queries.members_of(db.session.get_one(Organisation, organisation_id))}
    numbers = {
        "owner": memberships[people["owner"]], "editor": memberships[people["editor"]], "invitation": invitation, "document": document,
    }  # fmt: skip
    path = address.format(**numbers)

    def status(who: str | None, organisation_id: int, path: str) -> int:
        client = app.test_client()
        if who is not None:
            sign_in(client, db.session.get_one(User, people[who]))  # type: ignore[arg-type]
        sent = {"data": {"name": "", "role": "king"}} if method == "post" else {}
        return getattr(client, method)(f"/sl/organizacije/{organisation_id}{path}", **sent).status_code  # type: ignore[no-any-return]

    for who, expected in (("reader", reader), ("stranger", stranger), ("office", office)):
        assert (who, status(who, organisation_id, path)) == (who, expected)
    assert status(None, organisation_id, path) == (302 if method == "get" else 400)
    assert status("owner", 999999, path) == 404
    if address.count("{"):
        # a true number under the wrong organisation
        assert status("stranger", other_id, path) == 404
        assert status("owner", organisation_id, re.sub(r"\d+", "999999", path)) == 404
    if address != "/dokumenti/{document}/odstrani":
        assert status("editor", organisation_id, path) == editor
    assert status("owner", organisation_id, path) == owner


def test_an_invitation_is_accepted_by_whoever_owns_the_address(app: Flask, client: LintingClient) -> None:
    ana = make_user()
    organisation_id = make_organisation(ana).id
    sign_in(client, db.session.get_one(User, ana.id))
    answer = client.post(f"/sl/organizacije/{organisation_id}/clani", data={"email": "Bine@Primer.example", "role": "editor"})
    assert answer.status_code == 303
    assert "bine@primer.example" in client.get(answer.location).text
    message = db.session.scalars(db.select(Message).where(Message.event == "accounts/invited")).one()
    assert message.to == "bine@primer.example" and "/racun/registracija" in message.body

    stranger, unconfirmed = app.test_client(), app.test_client()
    bine = make_user("Bine Val", email="bine@primer.example", confirmed=False).id
    invitation = queries.invitations_to(db.session.get_one(Organisation, organisation_id))[0].id
    address = f"/sl/vabila/{invitation}"
    sign_in(stranger, make_user("Tuja Oseba"))  # type: ignore[arg-type]
    sign_in(unconfirmed, db.session.get_one(User, bine))  # type: ignore[arg-type]
    for other in (stranger, unconfirmed):
        assert other.get(address).status_code == 404
        assert other.post(f"{address}/sprejem").status_code == 404
    assert app.test_client().get(address).status_code == 302

    from grants.base import clock

    with unit_of_work():
        db.session.get_one(User, bine).confirmed_at = clock.now()
    invited = app.test_client()
    sign_in(invited, db.session.get_one(User, bine))  # type: ignore[arg-type]
    assert invited.get("/sl/racun/naprej").location == address
    assert address in invited.get("/sl/racun").text
    assert invited.get(address).status_code == 200
    assert invited.post(f"{address}/sprejem").status_code == 303
    assert policy.member_role(db.session.get_one(User, bine), organisation_id) is MemberRole.EDITOR
    assert invited.post(f"{address}/sprejem").status_code == 404
    assert events(organisation_id)[-2:] == ["membership.invited", "membership.added"]


def test_an_invitation_can_be_declined_withdrawn_replaced_and_grows_old(app: Flask, client: LintingClient, clock: Clock) -> None:
    ana = make_user()
    organisation_id = make_organisation(ana).id
    bine = make_user("Bine Val", email="bine@primer.example").id

    def invite() -> int:
        with unit_of_work():
            organisation, by = db.session.get_one(Organisation, organisation_id), db.session.get_one(User, ana.id)
            return actions.invite(organisation, email="bine@primer.example", role=MemberRole.EDITOR, by=by).id

    sign_in(client, db.session.get_one(User, bine))
    assert client.post(f"/sl/vabila/{invite()}/zavrnitev").status_code == 303
    first, second = invite(), invite()
    assert client.get(f"/sl/vabila/{first}").status_code == 404
    assert client.get(f"/sl/vabila/{second}").status_code == 200
    clock.forward(days=31)
    assert client.get(f"/sl/vabila/{second}").status_code == 404
    third = invite()
    with unit_of_work():
        actions.withdraw_invitation(queries.get_invitation(third), by=db.session.get_one(User, ana.id))
    assert client.post(f"/sl/vabila/{third}/sprejem").status_code == 404
    assert policy.member_role(db.session.get_one(User, bine), organisation_id) is None


def test_members_are_not_invited_again(client: LintingClient) -> None:
    ana = make_user()
    organisation = make_organisation(ana)
    organisation_id, bine = organisation.id, make_member(organisation, MemberRole.EDITOR).email
    sign_in(client, db.session.get_one(User, ana.id))
    answer = client.post(f"/en/organizacije/{organisation_id}/clani", data={"email": bine.upper(), "role": "owner"})
    assert answer.status_code == 409 and "member already" in answer.text


def test_the_last_owner_stays(client: LintingClient) -> None:
    ana = make_user()
    organisation = make_organisation(ana)
    organisation_id = organisation.id
    bine = make_member(organisation, MemberRole.EDITOR).id
    sign_in(client, db.session.get_one(User, ana.id))
    numbers = {m.user_id: m.id for m in queries.members_of(db.session.get_one(Organisation, organisation_id))}
    base = f"/en/organizacije/{organisation_id}/clani"
    assert "last one" in client.post(f"{base}/{numbers[ana.id]}/odstrani").text
    assert client.post(f"{base}/{numbers[ana.id]}", data={"role": "editor"}).status_code == 409
    assert client.post(f"{base}/{numbers[bine]}", data={"role": "owner"}).status_code == 303
    assert client.post(f"{base}/{numbers[ana.id]}/odstrani").status_code == 303
    assert client.get(f"/en/organizacije/{organisation_id}").status_code == 404
    assert [m.user_id for m in queries.members_of(db.session.get_one(Organisation, organisation_id))] == [bine]
    assert events(organisation_id)[-2:] == ["membership.role_changed", "membership.removed"]


def test_an_editor_may_leave(client: LintingClient) -> None:
    organisation = make_organisation(make_user())
    organisation_id = organisation.id
    bine = make_member(organisation, MemberRole.EDITOR)
    identity = bine.id
    sign_in(client, bine)
    own = queries.find_membership(db.session.get_one(User, identity), organisation_id)
    assert own is not None
    number = own.id
    answer = client.post(f"/sl/organizacije/{organisation_id}/clani/{number}/odstrani")
    assert (answer.status_code, answer.location) == (303, "/sl/organizacije")
    assert db.session.get(Membership, number) is None


def test_pages_run_the_same_number_of_statements_with_few_and_many_members(client: LintingClient, queries) -> None:  # type: ignore[no-untyped-def]
    ana = make_user()
    organisation = make_organisation(ana)
    organisation_id = organisation.id
    sign_in(client, db.session.get_one(User, ana.id))
    counts = []
    for more in (1, 9):
        for number in range(more):
            make_member(db.session.get_one(Organisation, organisation_id), MemberRole.EDITOR, f"Oseba {number}")
        for path in ("", "/clani"):
            queries()
            assert client.get(f"/sl/organizacije/{organisation_id}{path}").status_code == 200
            counts.append(len(queries()))
    assert counts[:2] == counts[2:]


def test_actions_refuse_what_forms_would_have_caught(app: Flask) -> None:
    ana = make_user()
    for wrong in ({"tax_number": "15012556"}, {"iban": "SI56"}, {"legal_form": "kingdom"}, {"language": "de"}):
        with pytest.raises(Refused), unit_of_work():
            actions.register_organisation(by=db.session.get_one(User, ana.id), **organisation_data(**wrong))
    assert organisations() == 0


def memberships_of(organisation_id: int) -> dict[str, str]:
    return {m.user.name: str(m.role) for m in queries.members_of(db.session.get_one(Organisation, organisation_id))}


@pytest.mark.parametrize(
    ("afterwards", "left"),
    [("stay", {"Ana Morje": "owner", "Bine Val": "owner"}), ("edit", {"Ana Morje": "editor", "Bine Val": "owner"}), ("leave", {"Bine Val": "owner"})],
)  # fmt: skip
def test_an_owner_hands_over_to_a_member_and_stays_or_goes(client: LintingClient, afterwards: str, left: dict[str, str]) -> None:
    ana = make_user()
    organisation = make_organisation(ana)
    organisation_id = organisation.id
    bine = make_member(organisation, MemberRole.READER).id
    membership = queries.find_membership(db.session.get_one(User, bine), organisation_id)
    assert membership is not None
    successor = membership.id
    sign_in(client, db.session.get_one(User, ana.id))
    address = f"/en/organizacije/{organisation_id}/predaja"
    assert "Bine Val" in client.get(address).text
    assert client.post(address, data={"afterwards": afterwards}).status_code == 422
    answer = client.post(address, data={"successor": str(successor), "afterwards": afterwards})
    assert answer.status_code == 303
    assert memberships_of(organisation_id) == left
    assert "membership.handed_over" in events(organisation_id)
    assert client.get(answer.location).status_code == 200


@pytest.mark.parametrize(("afterwards", "left"), [("edit", {"Ana Morje": "editor", "Bine Val": "owner"}), ("leave", {"Bine Val": "owner"})])
def test_handing_over_to_a_new_person_waits_for_the_answer(
    app: Flask, client: LintingClient, afterwards: str, left: dict[str, str]
) -> None:
    ana = make_user()
    organisation_id = make_organisation(ana).id
    bine = make_user("Bine Val", email="bine@primer.example").id
    sign_in(client, db.session.get_one(User, ana.id))
    address = f"/en/organizacije/{organisation_id}/predaja"
    assert "Enter the e-mail address" in client.post(address, data={"successor": "new", "afterwards": afterwards}).text
    assert client.post(address, data={"successor": "new", "email": "bine@", "afterwards": afterwards}).status_code == 422
    assert client.post(address, data={"successor": "new", "email": "bine@primer.example", "afterwards": afterwards}).status_code == 303
    assert memberships_of(organisation_id) == {"Ana Morje": "owner"}
    invitation = queries.invitations_to(db.session.get_one(Organisation, organisation_id))[0].id
    invited = app.test_client()
    sign_in(invited, db.session.get_one(User, bine))  # type: ignore[arg-type]
    assert invited.post(f"/en/vabila/{invitation}/sprejem").status_code == 303
    assert memberships_of(organisation_id) == left
    assert "membership.handed_over" in events(organisation_id)


def test_nobody_hands_over_to_themselves_or_to_a_stranger(client: LintingClient) -> None:
    ana = make_user()
    organisation_id = make_organisation(ana).id
    own = queries.find_membership(db.session.get_one(User, ana.id), organisation_id)
    assert own is not None
    foreign = queries.members_of(make_organisation(make_user("Tuja Oseba")))[0].id
    sign_in(client, db.session.get_one(User, ana.id))
    for successor in (own.id, foreign, 999999):
        answer = client.post(f"/en/organizacije/{organisation_id}/predaja", data={"successor": str(successor), "afterwards": "leave"})
        assert answer.status_code == 422
    assert memberships_of(organisation_id) == {"Ana Morje": "owner"}


def test_two_owners_are_encouraged(client: LintingClient) -> None:
    ana = make_user()
    organisation = make_organisation(ana)
    organisation_id = organisation.id
    sign_in(client, db.session.get_one(User, ana.id))
    notice, pages = (
        "Only one person owns this account",
        (f"/en/organizacije/{organisation_id}", f"/en/organizacije/{organisation_id}/clani"),
    )
    assert all(notice in client.get(page).text for page in pages)
    assert "Invite a second owner" in client.get(pages[0]).text
    make_member(db.session.get_one(Organisation, organisation_id), MemberRole.OWNER)
    assert not any(notice in client.get(page).text for page in pages)


def test_a_person_belongs_to_several_organisations_with_a_role_in_each(client: LintingClient) -> None:
    ana = make_user()
    own, other = make_organisation(ana).id, make_organisation(make_user("Druga Oseba"))
    read = other.id
    with unit_of_work():
        person = db.session.get_one(User, ana.id)
        actions.add_member(db.session.get_one(Organisation, read), person, MemberRole.READER, by=person)
    person = db.session.get_one(User, ana.id)
    assert (policy.acts_for(person, own), policy.acts_for(person, read)) == (True, False)
    assert [one.id for one in queries.organisations_to_act_for(person)] == [own]
    assert len(queries.organisations_of(person)) == 2
    sign_in(client, person)
    assert "Reader" in client.get("/en/racun").text
