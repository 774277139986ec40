"""Amounts that the panel decides: entered with their reasons, within the published limits, and paid as they were decided."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from flask import Flask

from grants.base import audit, clock
from grants.base.db import db
from grants.base.errors import Refused
from grants.base.transaction import unit_of_work
from grants.calls.models import Call
from grants.decisions import actions, amounts, queries
from grants.decisions.distribution import sheets_in
from grants.decisions.letters import grounds
from grants.decisions.models import Decision, PanelAmount
from grants.transparency import bundle
from scoring.bundle import verify_bundle
from tests.conftest import sign_in
from tests.decisions.builders import (
    RULEBOOK,
    make_issued,
    make_proposal,
    make_scored,
    officer,
    officer_in_session,
    signer_in_session,
)  # fmt: skip
from tests.decisions.test_pages import OFFICE, OTHERS, status
from tests.pages import LintingClient

PANEL = RULEBOOK.replace("engine: point_value", "engine: panel_amounts").replace(
    "caps: {request: requested}", "caps: {request: requested}\n        minimum_award: {amount: '100.00'}"
)
EXCLUSIVE = PANEL.replace(
    "tracks:\n",
    "exclusive:\n  - {id: once, text: {sl: Enkrat., it: Una volta.}, article: 4. člen, pots: [costs, support], except: [{holds: members < 20,"
    " text: {sl: Majhna društva., it: Associazioni piccole.}, article: 4. člen}]}\ntracks:\n",
    1,
)
ALONE = PANEL.replace("        leftover: {to: [support]}\n", "")
BOTH = {"sl": "Program ima največ udeležencev v občini.", "it": "Il programma ha il maggior numero di partecipanti."}
SIDRO, BURJA = "Kulturno društvo Sidro", "Športno društvo Burja"


def typed_for(call: Call, **given: str) -> dict[str, amounts.Typed]:
    """Amounts by the first distinctive word of the applicant's name."""
    rows = amounts.rows_of(call, call.rulebook.pot("support"))
    return {row.key: (given[word], BOTH) for row in rows for word in given if word in row.title}


def enter(call: Call, *, day: str = "2026-04-25", reason: dict[str, str] | None = None, **given: str) -> int:
    with unit_of_work():
        call = db.session.get_one(Call, call.id)
        typed = {key: (amount, BOTH if reason is None else reason) for key, (amount, _why) in typed_for(call, **given).items()}
        return actions.enter_amounts(call, "support", typed, decided_on=date.fromisoformat(day) if day else None, by=officer_in_session())


def faults(call: Call, **given: Any) -> list[str]:
    with pytest.raises(Refused) as refused:
        enter(call, **given)
    db.session.rollback()
    return [str(one) for one in refused.value.fields.values()] or [str(refused.value.message)]


def paid(pot: str = "support") -> dict[str, int]:
    found = db.session.scalars(db.select(Decision)).all()
    return {one.application.organisation.name: one.amount_cents for one in found if one.award.pot == pot}


def test_only_those_who_compete_wait_for_an_amount(app: Flask) -> None:
    call = make_scored(rulebook=PANEL)
    rows = amounts.rows_of(call, call.rulebook.pot("support"))
    assert [(row.title, row.requested_cents, row.limits.cap, row.limits.least) for row in rows] == [
        (SIDRO, 200000, 200000, 10000), (BURJA, 15000, 15000, 10000),
    ]  # fmt: skip


def test_what_is_wrong_with_an_amount_is_said_with_the_amounts(app: Flask) -> None:
    call = make_scored(rulebook=ALONE)
    assert faults(call, Burja="150,01") == [
        "150,01\xa0EUR je preveč. Dodeljeni znesek ne sme presegati zaprošenega, zato je omejen na 150,00 EUR."
    ]
    assert "99,99" in faults(call, Burja="99,99")[0] and "100,00" in faults(call, Burja="99,99")[0]
    assert "»veliko«" in faults(call, Burja="veliko")[0]
    assert "»-5«" in faults(call, Burja="-5")[0]
    assert len(faults(call, Burja="150", reason={"sl": "Zato.", "it": ""})) == 2
    assert faults(call, Burja="150", day="") == faults(call, Burja="150", day="2026-05-05") == faults(call, Burja="150", day="2026-04-01")
    (together,) = faults(call, Burja="150", Sidro="900")
    assert all(amount in together for amount in ("1.050,00", "1.000,00", " 50,00"))
    assert db.session.scalars(db.select(PanelAmount)).all() == []


def test_nothing_is_an_amount_too_and_needs_its_reason(app: Flask) -> None:
    call = make_scored(rulebook=PANEL)
    assert enter(call, Burja="0") == 1
    assert enter(call, Burja="0") == 0, "what did not change is not entered again"
    assert len(faults(call, Burja="", reason={})) == 3, "what was entered is not emptied"


def test_a_division_waits_until_every_amount_is_entered(app: Flask) -> None:
    call = make_scored(rulebook=PANEL)
    enter(call, Sidro="1000")
    with pytest.raises(Refused, match="niso vpisani") as refused:
        make_proposal(call)
    assert refused.value.pot == "support"  # type: ignore[attr-defined]
    db.session.rollback()
    enter(call, Sidro="1000", Burja="150,00")
    proposal = queries.get_proposal(make_proposal(call).id)
    assert {one.application.organisation.name: one.amount_cents for one in proposal.awards if one.pot == "support"} == {
        SIDRO: 100000, BURJA: 15000, "Društvo Pod pragom": 0,
    }  # fmt: skip


def test_amounts_do_not_change_under_a_proposal_that_waits(app: Flask) -> None:
    call = make_scored(rulebook=PANEL)
    enter(call, Sidro="1000", Burja="150")
    proposal = make_proposal(call)
    assert "čaka na podpisnika" in faults(call, Sidro="900")[0]
    with unit_of_work():
        actions.discard(queries.get_proposal(proposal.id), reason="Komisija je odločila drugače.", by=officer_in_session())
    assert enter(call, Sidro="900") == 1
    with unit_of_work():
        again = actions.prepare(db.session.get_one(Call, call.id), ["costs", "support"], by=officer_in_session())
    with unit_of_work():
        actions.adopt(queries.get_proposal(again.id), by=signer_in_session())
    assert paid() == {SIDRO: 90000, BURJA: 15000, "Društvo Pod pragom": 0}
    kept = db.session.scalars(db.select(PanelAmount).order_by(PanelAmount.id)).all()
    events = audit.events_of("panel_amount", [one.id for one in kept], audit.STAFF)
    assert [event.data["amount_cents"] for event in events] == [100000, 15000, 90000]


def test_more_than_there_is_with_all_that_joins_is_refused_by_the_computation(app: Flask) -> None:
    call = make_scored(rulebook=PANEL)  # 1000.00 and the 350.00 that are left of the costs
    enter(call, Sidro="1200,01", Burja="150")
    with pytest.raises(Refused, match="višji od"):
        make_proposal(call)


def test_the_reason_stands_in_the_decision_and_in_the_public_result(app: Flask) -> None:
    call = make_scored(rulebook=PANEL)
    enter(call, Sidro="1000", Burja="0")
    make_issued(call)
    decision = next(one for one in db.session.scalars(db.select(Decision)) if one.award.pot == "support" and one.amount_cents)
    from grants.decisions.letters import act

    facts = json.dumps(act.facts_of(decision, signature=None), ensure_ascii=False)
    assert BOTH["sl"] in facts and BOTH["it"] in facts and "zahtevek za razliko" in facts
    data = bundle.of_call(db.session.get_one(Call, call.id))
    told = json.dumps(data["decided"], ensure_ascii=False)
    assert told.count(BOTH["sl"]) == 1, "why somebody got nothing stands in that decision alone"
    assert verify_bundle(data).differences == ()
    data["decided"]["support"]["A001"]["cents"] -= 1
    assert verify_bundle(data).differences


def test_the_page_is_for_the_office_and_the_officer_enters(client: LintingClient) -> None:
    call = make_scored(rulebook=PANEL)
    page = f"/sl/razpisi/{call.id}/zneski/support"
    assert client.get(page).status_code == 302
    assert {kind: status(client, kind, page) for kind in OFFICE} == dict.fromkeys(OFFICE, 200)
    assert {kind: status(client, kind, page) for kind in OTHERS} == dict.fromkeys(OTHERS, 404)
    assert {kind: status(client, kind, page, "POST") for kind in ("signer", "finance", "auditor")} == dict.fromkeys(
        ("signer", "finance", "auditor"), 403
    )
    assert {kind: status(client, kind, page, "POST") for kind in OTHERS} == dict.fromkeys(OTHERS, 404)
    assert status(client, "officer", f"/sl/razpisi/{call.id}/zneski/costs") == 404, "those amounts follow from the rule"


def test_the_officer_enters_amounts_corrects_them_and_computes(client: LintingClient) -> None:
    call = make_scored(rulebook=PANEL)
    page, division = f"/sl/razpisi/{call.id}/zneski/support", f"/sl/razpisi/{call.id}/razdelitve"
    sign_in(client, officer())
    refused = client.post(division, data={"pots": ["costs", "support"]})
    assert refused.status_code == 409 and f'href="{page}"' in refused.text, "the refusal leads to the page"
    rows = {row.title: row.key for row in amounts.rows_of(db.session.get_one(Call, call.id), call.rulebook.pot("support"))}
    data = {"decided_on": "25. 4. 2026"}
    for name, amount in ((SIDRO, "1.000,00"), (BURJA, "200")):
        data |= {f"amount-{rows[name]}": amount, f"reason-{rows[name]}-sl": BOTH["sl"], f"reason-{rows[name]}-it": BOTH["it"]}
    wrong = client.post(page, data=data)
    assert wrong.status_code == 422 and f'href="#amount-{rows[BURJA]}"' in wrong.text and "1.000,00" in wrong.text
    assert client.post(page, data=data | {"decided_on": "31. 2. 2026"}).status_code == 422
    assert client.post(page, data=data | {f"amount-{rows[BURJA]}": "150"}).status_code == 303
    shown = client.get(page.replace("/sl/", "/it/"))
    assert shown.status_code == 200 and "1000,00" in shown.text
    assert client.post(division, data={"pots": ["costs", "support"]}).status_code == 303
    assert "<form" not in client.get(page).text.split("<main")[1].split("</main>")[0], "a distribution waits: only seen"


@pytest.mark.parametrize(("changed", "said"), [({"amount_cents": 15001}, "presega mejo"), ({"reason": {}}, "nima utemeljitve")])
def test_an_amount_that_the_rules_do_not_allow_any_more_is_named_with_a_way_out(app: Flask, changed: dict[str, Any], said: str) -> None:
    call = make_scored(rulebook=PANEL)
    enter(call, Sidro="100", Burja="150")
    with unit_of_work():
        burja = next(one for one in db.session.scalars(db.select(PanelAmount)) if one.amount_cents == 15000)
        number = burja.sheet.application.number
        for name, value in changed.items():
            setattr(burja, name, value)
    with pytest.raises(Refused, match=f"{number} \\({BURJA}\\).*{said}") as refused:
        make_proposal(call)
    assert refused.value.pot == "support"  # type: ignore[attr-defined]


def test_nobody_decided_about_an_applicant_who_competes_in_another_of_exclusive_pots(app: Flask) -> None:
    call = make_scored(rulebook=EXCLUSIVE)
    assert [row.title for row in amounts.rows_of(call, call.rulebook.pot("support"))] == [BURJA]
    enter(call, Burja="150")
    make_issued(call)
    barred = next(
        one for one in db.session.scalars(db.select(Decision)) if one.award.pot == "support" and one.application.organisation.name == SIDRO
    )
    (said,) = grounds.of_decision(barred, ["sl", "it"])["not_granted"]
    assert barred.amount_cents == 0 and "Neprogramski stroški" in said["sl"] and "Spese non legate ai programmi" in said["it"]
    assert "komisija" not in said["sl"] and "commissione" not in said["it"]


def test_an_award_beside_another_one_says_by_which_exception_it_stands(app: Flask) -> None:
    call = make_scored(rulebook=EXCLUSIVE)
    enter(call, Burja="150")
    make_issued(call)
    both = [one for one in db.session.scalars(db.select(Decision)) if one.application.organisation.name == BURJA]
    assert {one.award.pot for one in both if one.amount_cents} == {"costs", "support"}
    for decision in both:
        first = grounds.of_decision(decision, ["sl", "it"])["calculation"][0]["text"]
        assert (
            "po izjemi »Majhna društva« (4. člen)" in first["sl"]
            and "in base all'eccezione «Associazioni piccole» (4. člen)" in first["it"]
        )


def test_the_reason_of_an_amount_that_is_not_paid_in_the_end_is_not_published(app: Flask) -> None:
    call = make_scored(rulebook=EXCLUSIVE)
    enter(call, Burja="150")
    private = {"sl": "Zasebna beseda o vlagatelju.", "it": "Parola riservata sul richiedente."}
    sheet = next(one for one in sheets_in(call, ["support"]) if one.application.organisation.name == SIDRO)
    with unit_of_work():  # entered before the pot in which it competes instead was concluded
        db.session.add(
            PanelAmount(
                sheet_id=sheet.id, amount_cents=5000, reason=private, decided_on=date(2026, 4, 25), entered_at=clock.now(),
                entered_by_id=officer_in_session().id,
            )
        )  # fmt: skip
    make_issued(call)
    data = bundle.of_call(db.session.get_one(Call, call.id))
    told = json.dumps(data["decided"], ensure_ascii=False)
    assert private["sl"] not in told and private["it"] not in told and told.count(BOTH["sl"]) == 1
    assert verify_bundle(data).differences == ()
