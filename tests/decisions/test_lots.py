"""Drawn lots: asked for where equals compete for what is left, recorded once, and public with their order."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from grants.base.db import db
from grants.base.errors import Refused
from grants.base.transaction import unit_of_work
from grants.calls.models import Call
from grants.decisions import actions, lots, queries
from grants.decisions.models import Decision, DrawnLot
from grants.transparency import bundle
from scoring.bundle import verify_bundle
from tests.conftest import sign_in
from tests.decisions.builders import RULEBOOK, Applicant, make_issued, make_proposal, make_scored, officer, officer_in_session
from tests.decisions.test_pages import OFFICE, OTHERS, status
from tests.pages import LintingClient

LIST = RULEBOOK.replace("engine: point_value", "engine: waterfall\n        last: partial")
LIST = (
    LIST[: LIST.rindex("        rounding:")]
    + '        rounding: {award_unit: "0.01", closing: leave, tie_break: ["criterion:quality", lot]}\n'
)
POTS = ["costs", "support"]
TWINS = (
    Applicant("Prvo društvo", requested="900.00", costs="0"),
    Applicant("Drugo društvo", requested="900.00", costs="0"),
    Applicant("Tretje društvo", requested="900.00", costs="0"),
    Applicant("Najboljše društvo", requested="100.00", costs="0", mark="9"),
)


def tie(call: Call) -> lots.Tie:
    found = lots.tie_of(db.session.get_one(Call, call.id), POTS)
    assert found is not None
    return found


def draw(call: Call, *order: str, day: str = "2026-04-25", **said: str) -> DrawnLot:
    """Record a lot; `order` are first words of names, who was drawn first first."""
    with unit_of_work():
        call = db.session.get_one(Call, call.id)
        found = lots.tie_of(call, POTS)
        keys = {} if found is None else {one.application.organisation.name.split()[0]: one.key for one in found.tied}
        drawn = lots.Drawn(
            {keys[name]: str(place) for place, name in enumerate(order, start=1) if name in keys},
            **({"place": "Sejna soba", "drawn_by": "Livio Morgan", "witnesses": "Jana Primožič, članice komisije"} | said),
        )
        return actions.record_lot(call, POTS, drawn, drawn_on=date.fromisoformat(day), by=officer_in_session())


def faults(call: Call, *order: str, **said: Any) -> list[str]:
    with pytest.raises(Refused) as refused:
        draw(call, *order, **said)
    db.session.rollback()
    return sorted(refused.value.fields)


def test_the_division_stops_at_the_tie_and_names_everybody_who_is_equal(app: Flask) -> None:
    call = make_scored(TWINS, rulebook=LIST)
    with pytest.raises(Refused, match="Prvo društvo.*Drugo društvo.*Tretje društvo") as refused:
        make_proposal(call)
    assert "Najboljše" not in str(refused.value.message)
    db.session.rollback()
    assert [one.application.organisation.name for one in tie(call).tied] == ["Prvo društvo", "Drugo društvo", "Tretje društvo"]


def test_a_lot_is_recorded_whole_or_not_at_all(app: Flask) -> None:
    call = make_scored(TWINS, rulebook=LIST)
    assert len(faults(call, "Prvo", "Drugo")) == 1, "a place is missing"
    assert len(faults(call, "Prvo", "Prvo", "Drugo", "Tretje")) == 1, "a place out of range"
    assert faults(call, "Prvo", "Drugo", "Tretje", place=" ", witnesses="") == ["place", "witnesses"]
    assert faults(call, "Prvo", "Drugo", "Tretje", day="2026-05-05") == ["drawn_on"]
    assert db.session.scalars(db.select(DrawnLot)).all() == []


def test_the_drawn_order_divides_the_money_and_stands_in_decision_and_bundle(app: Flask) -> None:
    call = make_scored(TWINS, rulebook=LIST)
    draw(call, "Tretje", "Prvo", "Drugo")
    make_issued(call, POTS, TWINS)
    decisions = {one.application.organisation.name: one for one in db.session.scalars(db.select(Decision)) if one.award.pot == "support"}
    # 1500.00: the best has 100.00, who was drawn first 900.00, who was drawn second what is left, the third nothing.
    assert {name: one.amount_cents for name, one in decisions.items()} == {
        "Najboljše društvo": 10000, "Tretje društvo": 90000, "Prvo društvo": 50000, "Drugo društvo": 0,
    }  # fmt: skip
    from grants.decisions.letters import act

    facts = json.dumps(act.facts_of(decisions["Prvo društvo"], signature=None), ensure_ascii=False)
    assert "na mesto 2 od 3" in facts and "il posto 2 su 3" in facts and "Livio Morgan" in facts
    assert "žreb" not in json.dumps(act.facts_of(decisions["Najboljše društvo"], signature=None)["course"], ensure_ascii=False)
    data = bundle.of_call(db.session.get_one(Call, call.id))
    assert data["lots"] == {"support A001": 2, "support A002": 3, "support A003": 1}
    assert verify_bundle(data).differences == ()
    data["lots"]["support A003"] = 4
    assert verify_bundle(data).differences


def test_a_recorded_lot_is_never_changed_and_never_drawn_again(app: Flask) -> None:
    call = make_scored(TWINS, rulebook=LIST)
    lot = draw(call, "Tretje", "Prvo", "Drugo")
    with pytest.raises(Refused, match="žreb|Žreb"):
        draw(call, "Prvo", "Drugo", "Tretje")
    db.session.rollback()
    for statement in (
        "UPDATE lot_place SET place = 9",
        "DELETE FROM lot_place",
        "UPDATE drawn_lot SET place = 'x'",
        "DELETE FROM drawn_lot",
    ):
        with pytest.raises(DBAPIError, match=r"never changed|permission denied"), unit_of_work():
            db.session.execute(text(statement))
    assert [one.place for one in db.session.get_one(DrawnLot, lot.id).places] == [1, 2, 3]


def test_the_page_of_lots_is_for_the_office_and_the_officer_records(client: LintingClient) -> None:
    call = make_scored(TWINS, rulebook=LIST)
    page = f"/sl/razpisi/{call.id}/zrebi?pot=costs&pot=support"
    assert client.get(page).status_code == 302
    assert {kind: status(client, kind, page) for kind in OFFICE} == dict.fromkeys(OFFICE, 200)
    assert {kind: status(client, kind, page) for kind in OTHERS} == dict.fromkeys(OTHERS, 404)
    readers = ("signer", "finance", "auditor")
    assert {kind: status(client, kind, page, "POST") for kind in readers} == dict.fromkeys(readers, 403)
    assert {kind: status(client, kind, page, "POST") for kind in OTHERS} == dict.fromkeys(OTHERS, 404)


def test_the_officer_is_led_to_the_lot_records_it_and_computes(client: LintingClient) -> None:
    call = make_scored(TWINS, rulebook=LIST)
    division = f"/sl/razpisi/{call.id}/razdelitve"
    sign_in(client, officer())
    refused = client.post(division, data={"pots": POTS})
    page = f"/sl/razpisi/{call.id}/zrebi?pot=costs&pot=support"
    assert refused.status_code == 409 and page.replace("&", "&amp;") in refused.text
    keys = [one.key for one in tie(call).tied]
    data = {"drawn_on": "25. 4. 2026", "place": "Sejna soba", "drawn_by": "Livio Morgan", "witnesses": "Komisija"}
    data |= {f"place-{key}": str(place) for place, key in enumerate(keys, start=1)}
    wrong = client.post(page, data=data | {f"place-{keys[1]}": "1", "drawn_by": ""})
    assert wrong.status_code == 422 and f'href="#place-{keys[1]}"' in wrong.text and 'href="#drawn_by"' in wrong.text
    assert client.post(page, data=data | {"place": "x" * 300}).status_code == 422
    assert client.post(page, data=data).status_code == 303
    assert client.post(page, data=data).status_code == 409
    seen = client.get(f"/it/razpisi/{call.id}/zrebi")
    assert "Livio Morgan" in seen.text and "<form" not in seen.text.split("<main")[1].split("</main>")[0]
    assert client.post(division, data={"pots": POTS}).status_code == 303
    assert len(queries.proposals_of(db.session.get_one(Call, call.id))) == 1
