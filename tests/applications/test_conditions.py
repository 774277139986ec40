"""Conditions for taking part: shown while one types and after saving, and checked again when the application is submitted."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from grants.accounts.models import User
from grants.accounts.queries import disputes_of
from grants.accounts.register import disputes
from grants.applications import conditions, queries
from grants.applications.actions import submitting
from grants.applications.conditions import Standing
from grants.applications.models import Application
from grants.applications.states import ApplicationStatus
from grants.base.db import db
from grants.base.transaction import unit_of_work
from tests.applications.builders import make_application, make_call, owner_of
from tests.calls.builders import SMALL
from tests.conftest import sign_in
from tests.pages import LintingClient

VALID = {
    "f_members": "40",
    "f_youth": "y",
    "f_coach": "second",
    "f_events-0-f_title": "Regata",
    "f_events-0-f_held": "4. 7. 2026",
    "f_requested": "100",
}
TOO_FEW = VALID | {"f_members": "3"}
EXCEPTION = SMALL.replace(
    "holds: members >= 5}",
    'holds: members >= 5, except: [{holds: "youth", article: "4.a člen", text: {sl: društva mladih, it: associazioni giovanili}}]}',
)
IN_POT = SMALL.replace(
    "        criteria:\n",
    "        conditions:\n"
    "          - {id: large, article: 8.a člen, text: {sl: Vsaj trideset članov., it: Almeno trenta soci.}, holds: members >= 30}\n"
    "        criteria:\n",
)  # fmt: skip
TWO_POTS = IN_POT + (
    "      - {id: small, title: {sl: Mala društva, it: Piccole associazioni}, article: 8. člen, amount: '500.00', engine: point_value,"
    " caps: {request: requested}, rounding: {point_value: exact, award_unit: '0.01', closing: largest_remainder, tie_break: [earlier_submission]},"
    " criteria: [{id: young, article: 10. člen, kind: flag, fact: youth, points: '10', title: {sl: Mladi, it: Giovani}}]}\n"
)


def again(application: Application) -> Application:
    return db.session.get_one(Application, application.id)


def owner(application: Application) -> User:
    return owner_of(again(application).organisation)


def draft(rulebook: str = "small") -> Application:
    return make_application(call=make_call(rulebook=rulebook))


def submit(application: Application) -> None:
    with unit_of_work():
        submitting.submit(again(application), by=owner(application))


def standings(application: Application, **values: object) -> dict[str, Standing]:
    track = queries.track_of(again(application).call, again(application).track)
    checked = conditions.check(track, values, conditions.unanswered(track, values))
    return {one.condition.id: one.standing for one in checked.conditions}


def test_a_condition_waits_for_the_answer_then_is_met_or_not(app: Flask) -> None:
    application = draft()
    with app.test_request_context("/sl/"):
        assert standings(application) == {"seat": Standing.OFFICE, "enough": Standing.WAITING}
        assert standings(application, members=5)["enough"] == Standing.MET
        assert standings(application, members=4)["enough"] == Standing.UNMET


def test_without_scripts_the_conditions_stand_on_the_page_after_saving(app: Flask, client: LintingClient) -> None:
    application = draft()
    sign_in(client, owner(application))
    address = f"/sl/vloge/{application.id}/obrazec"
    assert "čaka na vaše odgovore" in client.get(address).text
    assert client.post(address, data={"version": again(application).version, **TOO_FEW}).status_code == 303
    page = client.get(address).text
    assert "ni izpolnjen" in page and "Vsaj pet članov. (4. člen)" in page
    assert "»Število članov« (3) ≥ 5 – ne drži" in page and "Število članov" in page
    assert "ni izpolnjen" in client.get(f"/sl/vloge/{application.id}").text


def test_while_one_types_a_fragment_says_how_the_conditions_stand_and_nothing_is_saved(app: Flask, client: LintingClient) -> None:
    application = draft()
    sign_in(client, owner(application))
    before, version = dict(again(application).answers), again(application).version
    address = f"/sl/vloge/{application.id}/sproti"
    answer = client.post(address, data=TOO_FEW)
    assert answer.status_code == 200 and answer.json is not None
    assert (
        "ni izpolnjen" in answer.json["html"]
        and "»Število članov« (3) ≥ 5 – ne drži" in answer.json["html"]
        and "<html" not in answer.json["html"]
    )
    met = client.post(address, data=VALID).json
    assert met is not None and ">izpolnjen<" in met["html"]
    assert client.get(address).status_code in (404, 405)
    db.session.rollback()
    assert (again(application).answers, again(application).version) == (before, version)


def test_a_condition_that_is_not_met_stops_the_submission_and_says_what_to_do(app: Flask, client: LintingClient) -> None:
    application = draft()
    sign_in(client, owner(application))
    client.post(f"/sl/vloge/{application.id}/obrazec", data={"version": again(application).version, **TOO_FEW})
    page = client.get(f"/sl/vloge/{application.id}/oddaja").text
    assert "1 pogoj za sodelovanje ni izpolnjen" in page and 'name="declared"' not in page
    answer = client.post(f"/sl/vloge/{application.id}/oddaja", data={"version": again(application).version, "declared": "y"})
    assert answer.status_code == 422
    for said in ("Vsaj pet članov.", "4. člen", "»Število članov« (3) ≥ 5 – ne drži", "Preglejte svoje odgovore na »Število članov«"):
        assert said in answer.text
    with pytest.raises(submitting.Unmet) as refusal:
        submit(application)
    assert [one.condition.id for one in refusal.value.conditions] == ["enough"]
    db.session.rollback()
    assert again(application).status == ApplicationStatus.DRAFT


def test_an_exception_lets_in_and_is_named(app: Flask, client: LintingClient) -> None:
    application = draft(EXCEPTION)
    sign_in(client, owner(application))
    client.post(f"/sl/vloge/{application.id}/obrazec", data={"version": again(application).version, **TOO_FEW})
    page = client.get(f"/sl/vloge/{application.id}/oddaja").text
    assert "Velja izjema: društva mladih (4.a člen)." in page
    submit(application)
    assert again(application).status == ApplicationStatus.SUBMITTED
    assert "Velja izjema" in client.get(f"/sl/vloge/{application.id}").text


def test_a_track_whose_every_pot_is_closed_stops_the_submission(app: Flask, client: LintingClient) -> None:
    application = draft(IN_POT)
    sign_in(client, owner(application))
    client.post(f"/sl/vloge/{application.id}/obrazec", data={"version": again(application).version, **VALID, "f_members": "20"})
    page = client.get(f"/sl/vloge/{application.id}/oddaja").text
    assert "Vsaj trideset članov. (8.a člen)" in page and "pri nobenem delu sredstev" in page
    with pytest.raises(submitting.Unmet, match="trideset"):
        submit(application)


def test_while_one_pot_is_open_the_page_says_where_the_application_takes_part(app: Flask, client: LintingClient) -> None:
    application = draft(TWO_POTS)
    sign_in(client, owner(application))
    client.post(f"/sl/vloge/{application.id}/obrazec", data={"version": again(application).version, **VALID, "f_members": "20"})
    page = client.get(f"/sl/vloge/{application.id}/oddaja").text
    assert "Vloga sodeluje pri:" in page and "Mala društva." in page
    submit(application)
    assert again(application).status == ApplicationStatus.SUBMITTED


def test_a_condition_on_a_register_that_the_office_reads_is_left_to_the_office(app: Flask) -> None:
    register = SMALL.replace(
        'required: true, minimum: "0", maximum: "5000", unit: članov', "unit: članov, checked_in: {sl: register, it: registro}"
    )
    application = draft(register)
    track = queries.track_of(again(application).call, again(application).track)
    with app.test_request_context("/sl/"):
        checked = conditions.check(track, {"requested": 10_000})
        assert [one.standing for one in checked.conditions] == [Standing.OFFICE, Standing.OFFICE] and not checked.stopping


def test_what_the_register_says_and_an_organisation_disputes_is_left_to_the_office_until_it_has_answered(
    app: Flask, client: LintingClient
) -> None:
    application = draft(
        SMALL.replace("id: youth, kind", "id: youth, prefill: seat_inside, kind").replace("holds: members >= 5", "holds: youth")
    )
    person = owner(application)
    sign_in(client, person)
    client.post(f"/sl/vloge/{application.id}/obrazec", data={"version": again(application).version, **VALID})
    with unit_of_work():
        organisation = again(application).organisation
        organisation.from_register_on, organisation.municipality_code, organisation.municipality = date(2026, 4, 1), "999", "Drugje"
    page = client.get(f"/sl/vloge/{application.id}/oddaja").text
    assert "ni izpolnjen" in page and "To sledi iz podatkov poslovnega registra o organizaciji: »Ali delate z mladimi?«" in page
    with pytest.raises(submitting.Unmet):
        submit(application)
    db.session.rollback()
    told = {"what": "name", "text": "Novo ime."}
    assert client.post(f"/sl/organizacije/{organisation.id}/to-ni-prav", data=told).status_code == 303
    with pytest.raises(submitting.Unmet):
        submit(application)
    db.session.rollback()
    told = {"what": "seat", "text": "Sedež smo 20. aprila prenesli v občino."}
    assert client.post(f"/sl/organizacije/{organisation.id}/to-ni-prav", data=told).status_code == 303
    page = client.get(f"/sl/vloge/{application.id}/oddaja").text
    assert "preveri urad" in page and "Sporočili ste nam, da je v registru napaka" in page
    with unit_of_work():
        for one in disputes_of(again(application).organisation):
            disputes.answer_dispute(one, answer="Tako je vpisano.", by=db.session.get_one(User, person.id))
    with pytest.raises(submitting.Unmet):
        submit(application)
    db.session.rollback()
    assert client.post(f"/sl/organizacije/{organisation.id}/to-ni-prav", data=told).status_code == 303
    submit(application)
    assert again(application).status == ApplicationStatus.SUBMITTED


def test_a_stranger_learns_nothing_of_the_conditions(app: Flask) -> None:
    application, other = draft(), make_application()
    client = app.test_client()
    sign_in(client, owner(other))  # type: ignore[arg-type]
    assert client.post(f"/sl/vloge/{application.id}/sproti", data=VALID).status_code == 404
