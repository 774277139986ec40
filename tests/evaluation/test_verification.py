"""What the office verifies in an application: proven or not, the value that counts, on record for good, and seen by whom it concerns."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from grants.accounts.models import Role
from grants.applications.models import Application
from grants.applications.queries import facts_of
from grants.base import audit
from grants.base.db import db
from grants.base.errors import Refused
from grants.base.transaction import unit_of_work
from grants.calls import parameters
from grants.calls.models import Call
from grants.evaluation import facts
from grants.evaluation.verification import findings
from grants.evaluation.verification.actions import Finding, verify
from scoring.facts import MISSING, Proven
from scoring.form import settled
from tests.applications.builders import make_application, make_organisation, make_person
from tests.applications.builders import make_opened as open_call
from tests.calls.builders import make_call, make_officer
from tests.conftest import sign_in
from tests.evaluation.builders import WORK, Scene, make_collected, make_concluded, make_opened, make_started
from tests.pages import LintingClient

WHY = {"sl": "Na seznamu je manj članov.", "it": "I soci in elenco sono di meno."}
FOUND = {"proven": True, "value": "30", "source_kind": "document", "source": "Seznam članov", "reason": WHY}
NOT_PROVEN = {"proven": False, "reason": WHY}
SENT = {
    "replaces": "",
    "proven": "y",
    "value": "30",
    "source_kind": "document",
    "source": "Seznam članov",
    "reason-sl": WHY["sl"],
    "reason-it": WHY["it"],
}


def record(scene: Scene, number: int = 0, place: str = "members", **given: Any) -> int:
    """The officer records something; gives the id of the record."""
    with unit_of_work():
        subject = findings.get_subject(scene.application_ids[number], place)
        latest = subject.answer.latest
        finding = Finding(**({"replaces": latest.id if latest else None} | given))
        return verify(subject, finding, by=scene.officer).id


def size_of(scene: Scene, number: int = 0) -> tuple[str, str]:
    """Points and reason of the criterion that looks at the members."""
    line = next(
        line for line in facts.computed_lines(scene.evaluation(WORK), facts_of(scene.application(number))) if line.criterion == "size"
    )
    return str(line.points), line.sentence("en")


def test_a_verified_value_counts_instead_of_the_stated_one(app: Flask) -> None:
    scene = make_started(1)
    assert size_of(scene)[0] == "20"  # 40 members are stated
    record(scene, **FOUND)
    points, why = size_of(scene)
    assert points == "5"
    assert "30 counts; the application states 40" in why and "Seznam članov" in why


def test_what_is_not_proven_counts_as_nothing_and_the_application_stays(app: Flask) -> None:
    scene = make_started(1)
    record(scene, **NOT_PROVEN)
    points, why = size_of(scene)
    assert points == "0" and "is not proven" in why
    assert scene.application(0).status == "in_evaluation"


def test_a_confirmed_value_counts_as_stated_with_its_source(app: Flask) -> None:
    scene = make_started(1)
    record(scene, proven=True, source_kind="register", source="AJPES")
    points, why = size_of(scene)
    assert points == "20" and "AJPES" in why and "confirmed" in why


def test_a_correction_is_a_new_record_that_names_the_one_before_and_the_latest_counts(app: Flask) -> None:
    scene = make_started(1)
    first = record(scene, **NOT_PROVEN)
    second = record(scene, **FOUND)
    records = findings.get_subject(scene.application_ids[0], "members").answer.records
    assert [(one.id, one.replaces_id, one.sequence, one.proven) for one in records] == [(first, None, 1, False), (second, first, 2, True)]
    assert facts_of(scene.application(0))["members"] == Proven(40, 30, True, on="2026-05-04", source="Seznam članov", reason=WHY)
    entries = [entry for entry in audit.timeline(scene.application(0), audit.PARTY) if entry.kind.name == "application.fact_verified"]
    assert [entry.actor_id for entry in entries] == [scene.officer.id] * 2


def test_the_database_refuses_to_change_or_remove_a_record(app: Flask) -> None:
    scene = make_started(1)
    record(scene, **FOUND)
    for statement in ("UPDATE verification SET proven = false", "DELETE FROM verification"):
        with pytest.raises(DBAPIError), unit_of_work():
            db.session.execute(text(statement))


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({**FOUND, "source": " "}, "source"),
        ({**FOUND, "source_kind": ""}, "source_kind"),
        ({**FOUND, "source": "a" * 201}, "source"),
        ({**FOUND, "value": "trideset"}, "value"),
        ({**FOUND, "reason": {"sl": WHY["sl"]}}, "reason-it"),
        ({**FOUND, "reason": {"sl": "Kratko.", "it": WHY["it"]}}, "reason-sl"),
        ({"proven": False}, "reason-sl"),
        ({**NOT_PROVEN, "value": "30"}, "value"),
    ],
)
def test_what_is_incomplete_is_refused_beside_its_field(app: Flask, given: dict[str, Any], field: str) -> None:
    scene = make_started(1)
    with pytest.raises(Refused) as refusal:
        record(scene, **given)
    assert refusal.value.status == 422 and field in refusal.value.fields
    assert findings.shown(scene.application(0)) == []


def test_two_officers_do_not_overwrite_each_other(app: Flask) -> None:
    scene = make_started(1)
    record(scene, **FOUND)
    with pytest.raises(Refused) as refusal:
        record(scene, **NOT_PROVEN, replaces=None)
    assert refusal.value.status == 409


def test_nothing_is_recorded_once_points_are_concluded(app: Flask) -> None:
    record(make_collected(1), **FOUND)  # before the conclusion it may
    with pytest.raises(Refused, match="zaključila"):
        record(make_concluded(1), **FOUND)


def test_before_the_opening_there_is_nothing_to_verify(app: Flask, client: LintingClient) -> None:
    application = make_application("submitted", call=make_call(rulebook=(make_opened(0).call.rulebook_text)))
    sign_in(client, make_officer("sport"))
    assert client.get(f"/en/vloge/{application.id}/preverjanje").status_code == 404
    assert client.get(f"/en/vloge/{application.id}/preverjanje/members").status_code == 404


@pytest.mark.parametrize(
    ("role", "area", "listed", "form"),
    [(Role.OFFICER, "sport", 200, 200), (Role.FINANCE, "sport", 200, 403), (Role.SIGNER, "sport", 200, 403), (Role.AUDITOR, "sport", 200, 403), (Role.OFFICER, "culture", 404, 404), (Role.ADMINISTRATOR, "", 404, 404)],
)  # fmt: skip
def test_the_office_of_the_area_reads_and_its_officer_records(
    app: Flask, client: LintingClient, role: Role, area: str, listed: int, form: int
) -> None:
    scene = make_started(1)
    address = f"/en/vloge/{scene.application_ids[0]}/preverjanje"
    sign_in(client, make_officer(area, role))
    assert client.get(address).status_code == listed
    assert client.get(f"{address}/members").status_code == form
    assert client.post(f"{address}/members", data=SENT).status_code == (303 if form == 200 else form)


def test_the_applicant_and_the_panel_have_no_access_to_the_page_of_the_office(app: Flask, client: LintingClient) -> None:
    scene = make_started(1)
    for person in (scene.owner(0), scene.user(0), make_person()):
        sign_in(client, person)
        for tail in ("", "/members"):
            assert client.get(f"/en/vloge/{scene.application_ids[0]}/preverjanje{tail}").status_code == 404


def test_an_answer_that_nobody_wants_proven_has_no_page(app: Flask, client: LintingClient) -> None:
    scene = make_started(1)
    sign_in(client, scene.officer)
    for place in ("plan", "nothing", "members-1-x", "members-0-"):
        assert client.get(f"/en/vloge/{scene.application_ids[0]}/preverjanje/{place}").status_code == 404


def test_the_officer_records_on_the_page_and_everybody_concerned_reads_both_values(app: Flask, client: LintingClient) -> None:
    scene = make_collected(1)
    identity = scene.application_ids[0]
    sign_in(client, scene.officer)
    page = client.get(f"/en/vloge/{identity}/preverjanje/members").text
    assert "A list of members." in page and "proof.pdf" in page
    answer = client.post(f"/en/vloge/{identity}/preverjanje/members", data=SENT)
    assert answer.status_code == 303
    assert "not verified yet" not in client.get(f"/en/vloge/{identity}/preverjanje").text
    evaluation = scene.evaluation(WORK).id
    readers = [
        (scene.owner(0), f"/sl/vloge/{identity}"),
        (scene.user(1), f"/sl/ocenjevanja/{evaluation}/vloge/{identity}"),
        (scene.user(1), f"/sl/ocenjevanja/{evaluation}/vloge/{identity}/zbirni-list"),
        (scene.officer, f"/sl/vloge/{identity}"),
    ]
    for person, address in readers:
        sign_in(client, person)
        shown = client.get(address).text
        assert "Kaj je občina preverila" in shown and "dokument: Seznam članov" in shown and WHY["sl"] in shown, address


def test_a_form_with_faults_keeps_what_was_typed(app: Flask, client: LintingClient) -> None:
    scene = make_started(1)
    sign_in(client, scene.officer)
    address = f"/en/vloge/{scene.application_ids[0]}/preverjanje/members"
    answer = client.post(address, data=SENT | {"value": "tri", "reason-it": ""})
    assert answer.status_code == 422 and 'value="tri"' in answer.text and WHY["sl"] in answer.text
    assert client.post(address, data={}).status_code == 422
    assert findings.shown(scene.application(0)) == []


def test_a_page_made_before_another_record_is_refused_and_then_knows_it(app: Flask, client: LintingClient) -> None:
    scene = make_started(1)
    record(scene, **NOT_PROVEN)
    sign_in(client, scene.officer)
    address = f"/en/vloge/{scene.application_ids[0]}/preverjanje/members"
    answer = client.post(address, data=SENT)
    assert answer.status_code == 409 and "Somebody recorded something" in answer.text
    latest = findings.get_subject(scene.application_ids[0], "members").answer.latest
    assert latest is not None and f'value="{latest.id}"' in answer.text
    assert client.post(address, data=SENT | {"replaces": str(latest.id)}).status_code == 303


TABLE = """format: "1"
id: groups-test
version: "1"
title: {sl: Skupine, it: Gruppi, en: Groups}
languages: [sl, it]
source: [invented]
tracks:
  - id: groups
    kind: operating
    title: {sl: Skupine, it: Gruppi, en: Groups}
    article: 1. člen
    facts:
      - id: group
        kind: table
        min_rows: 2
        max_rows: 5
        label: {sl: Skupina, it: Gruppo, en: Group}
        columns:
          - {id: hours, kind: integer, required: true, minimum: "1", maximum: "90", label: {sl: Ure, it: Ore, en: Hours}}
          - {id: coach, kind: boolean, label: {sl: Usposobljen trener, it: Allenatore abilitato, en: Qualified coach}, checked_in: {sl: Razvid, it: Registro, en: Register}}
          - {id: level, kind: choice, label: {sl: Raven, it: Livello, en: Level}, proof: {sl: Licenca., it: Licenza., en: Licence.}, choices: [{id: a, label: {sl: prva, it: prima, en: first}}, {id: b, label: {sl: druga, it: seconda, en: second}}]}
          - {id: asked, kind: money, required: true, minimum: "1", maximum: "2000.00", label: {sl: Zaprošeno, it: Richiesto, en: Asked}}
      - {id: requested, kind: money, required: true, minimum: "1", maximum: "2000.00", label: {sl: Zaprošeni znesek, it: Importo richiesto, en: Amount requested}}
    pots:
      - id: groups
        title: {sl: Skupine, it: Gruppi, en: Groups}
        article: 2. člen
        amount: "500.00"
        engine: point_value
        caps: {request: asked}
        rounding: {point_value: exact, award_unit: "0.01", closing: largest_remainder, tie_break: [earlier_submission]}
        items: {table: group}
        criteria:
          - {id: hours, article: 3. člen, kind: per_unit, fact: hours, per_unit: "1", most_units: "90", maximum: "90", title: {sl: Ure, it: Ore, en: Hours}}
          - {id: coach, article: 4. člen, kind: flag, fact: coach, points: "10", maximum: "10", title: {sl: Trener, it: Allenatore, en: Coach}}
"""


def test_the_cells_of_a_table_are_verified_row_by_row(app: Flask, client: LintingClient) -> None:
    call = make_call(rulebook=TABLE)
    rows = [{"hours": 10, "coach": True, "level": "a", "asked": 50000}, {"hours": 20, "coach": True, "level": "b", "asked": 50000}]
    organisation = make_organisation(make_person())
    identity = make_application("submitted", call=call, organisation=organisation, group=rows).id
    open_call(db.session.get_one(Call, call.id))
    officer = make_officer("sport").id
    sign_in(client, make_officer("sport"))
    listed = client.get(f"/en/vloge/{identity}/preverjanje").text
    assert "Group 1: Qualified coach" in listed and "Group 2: Level" in listed
    address = f"/en/vloge/{identity}/preverjanje/group-2-coach"
    sent = {"proven": "y", "value": "n", "source_kind": "register", "source": "Razvid", "reason-sl": WHY["sl"], "reason-it": WHY["it"]}
    assert client.post(address, data=sent).status_code == 303
    assert client.post(f"/en/vloge/{identity}/preverjanje/group-1-level", data=sent | {"value": "b"}).status_code == 303
    application = db.session.get_one(Application, identity)
    counted = facts_of(application)["group"]
    assert (counted[0]["coach"], counted[1]["coach"].verified, counted[0]["level"].verified) == (True, False, "b")
    assert counted[1]["hours"] == 20 and application.answers["group"][1]["coach"] in (True, "y")
    track = call.rulebook.track("groups")
    from scoring.points import score

    sheet = score(track, track.pots[0], "A001", facts_of(application))
    assert [str(item.total) for item in sheet.items] == ["20", "20"]
    assert officer


HOURS = (
    (Path(__file__).parents[1] / "applications" / "projects.yaml")
    .read_text(encoding="utf-8")
    .replace("{id: done, kind: integer,", "{id: done, kind: integer, proof: {sl: Evidenca ur., it: Registro delle ore.},")
    .replace("{id: total_costs, kind: money,", "{id: total_costs, kind: money, proof: {sl: Računi., it: Fatture.},")
)


def test_what_is_computed_follows_the_verified_answers_even_when_it_was_confirmed_before(app: Flask) -> None:
    call = make_call(rulebook=HOURS)
    identity = make_application("submitted", call=call, registered=True, led="2.0", done=10).id
    open_call(db.session.get_one(Call, call.id))
    with unit_of_work():
        stated = facts_of(db.session.get_one(Application, identity))
        officer = make_officer("sport")
    for place, value in (("total_costs", None), ("done", "4")):
        with unit_of_work():
            given = FOUND | {"value": value}
            verify(findings.get_subject(identity, place), Finding(**given), by=db.session.merge(officer))
    facts_now = facts_of(db.session.get_one(Application, identity))
    less = 6 * parameters.get(call.parameter_set).volunteer_rates()["substantive"]
    assert facts_now["worth"].verified == stated["worth"] - less > 0
    counted = settled(call.rulebook.track("project"), facts_now)["total_costs"]
    assert counted.verified is MISSING and counted.proven and counted.stated == stated["total_costs"] - less
