"""Issuing: complete acts only, each with its signed document and its message; then applications and the call come to their end."""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask
from pyhanko.pdf_utils.reader import PdfFileReader

from grants.applications.models import Application
from grants.applications.states import ApplicationStatus
from grants.base import audit, documents, files, signing
from grants.base.db import db
from grants.base.errors import Refused
from grants.base.mail import Message
from grants.base.transaction import unit_of_work
from grants.calls.models import Call
from grants.calls.states import CallStatus
from grants.decisions import actions, queries
from grants.decisions.models import Decision
from grants.decisions.states import DecisionStatus
from tests.decisions.builders import THREE, make_drafted, make_issued, make_scored, officer_in_session, render, signer_in_session


def decision_of(name: str, pot: str) -> Decision:
    found = [one for one in db.session.scalars(db.select(Decision)) if one.award.pot == pot and one.application.organisation.name == name]
    return queries.get_decision(found[0].id)


def test_adoption_drafts_a_decision_for_each_award_with_a_line_for_each_criterion(app: Flask) -> None:
    make_drafted()
    decision = decision_of("Športno društvo Burja", "support")
    assert decision.number.startswith(decision.application.call.reference + "-")
    assert [(line.criterion, line.maximum, line.points) for line in decision.lines] == [
        ("size", "20", "5"),
        ("young", "10", "10"),
        ("quality", "10", "7"),
    ]
    assert "12" in decision.lines[0].reason_sl and "fascia" in decision.lines[0].reason_it
    assert decision.lines[2].reason_sl == "Načrt je dober, a izvajalci niso navedeni."
    assert decision.lines[2].reason_it == "Il piano è buono, ma gli esecutori non sono indicati."
    assert (decision.criteria_count, decision.languages, decision.sheet_sha256) == (3, "sl,it", decision.award.sheet.sha256)


def test_a_pot_without_criteria_gives_its_settlement_as_the_reason(app: Flask) -> None:
    make_drafted()
    decision = decision_of("Kulturno društvo Sidro", "costs")
    assert [line.criterion for line in decision.lines] == ["settlement"]
    assert "Izkazani stroški: 100,00 EUR." in decision.lines[0].reason_sl
    assert "Spese comprovate: 100,00 EUR." in decision.lines[0].reason_it


def test_a_criterion_at_its_maximum_says_that_it_is_met(app: Flask) -> None:
    from dataclasses import replace

    make_drafted(applicants=[replace(one, mark="10") for one in THREE])
    quality = decision_of("Kulturno društvo Sidro", "support").lines[2]
    assert quality.points == "10"
    assert "v celoti izpolnjeno" in quality.reason_sl
    assert "pienamente soddisfatto" in quality.reason_it


@pytest.mark.parametrize("language", ["sl", "it"])
def test_a_decision_with_a_missing_reason_is_refused_and_the_gap_named(app: Flask, language: str) -> None:
    make_drafted()
    chosen = decision_of("Kulturno društvo Sidro", "support").id
    with unit_of_work():
        setattr(queries.get_decision(chosen).lines[2], f"reason_{language}", " \n\u00a0")
    with pytest.raises(Refused, match=rf"Kakovost \({language}\)"), unit_of_work():
        actions.issue(queries.get_decision(chosen), by=signer_in_session())
    with pytest.raises(Refused, match="Kakovost"), unit_of_work():
        actions.issue_all(queries.get_decision(chosen).award.proposal, by=signer_in_session())
    assert db.session.scalars(db.select(Decision.status).distinct()).all() == [DecisionStatus.DRAFTED]


def test_a_missing_reason_is_entered_once_and_recorded(app: Flask) -> None:
    make_drafted()
    chosen = decision_of("Kulturno društvo Sidro", "support").id
    with unit_of_work():
        queries.get_decision(chosen).lines[2].reason_it = ""
    with unit_of_work():
        actions.complete_reason(
            queries.get_decision(chosen).lines[2], language="it", text="Il piano non indica gli esecutori.", by=officer_in_session()
        )
    with pytest.raises(Refused), unit_of_work():
        actions.complete_reason(queries.get_decision(chosen).lines[2], language="it", text="Altro.", by=officer_in_session())
    with unit_of_work():
        actions.issue(queries.get_decision(chosen), by=signer_in_session())
    kinds = [entry.kind.name for entry in audit.timeline(queries.get_decision(chosen), audit.STAFF)]
    assert kinds == ["decision.drafted", "decision.reason_completed", "decision.issued"]
    with pytest.raises(Refused), unit_of_work():
        actions.complete_reason(queries.get_decision(chosen).lines[2], language="it", text="Altro.", by=officer_in_session())


def test_a_line_too_few_is_refused(app: Flask) -> None:
    make_drafted()
    chosen = decision_of("Kulturno društvo Sidro", "support").id
    with unit_of_work():
        db.session.delete(queries.get_decision(chosen).lines[0])
    with pytest.raises(Refused), unit_of_work():
        actions.issue(queries.get_decision(chosen), by=signer_in_session())


def test_a_sheet_that_is_not_the_panels_is_refused(app: Flask) -> None:
    make_drafted()
    chosen = decision_of("Kulturno društvo Sidro", "support").id
    with pytest.raises(Exception, match=r"frozen|never changed|Odločitve|list"), unit_of_work():
        sheet = queries.get_decision(chosen).award.sheet
        sheet.data = {**sheet.data, "total": "40"}
        db.session.flush()
        actions.issue(queries.get_decision(chosen), by=signer_in_session())
    assert queries.get_decision(chosen).status == DecisionStatus.DRAFTED


def test_a_signer_who_acts_for_the_applicant_signs_nothing(app: Flask) -> None:
    from grants.accounts.actions import add_member
    from grants.accounts.models import MemberRole, Organisation

    make_drafted()
    chosen = decision_of("Kulturno društvo Sidro", "support")
    organisation, identity = chosen.application.organisation_id, chosen.id
    with unit_of_work():
        add_member(db.session.get_one(Organisation, organisation), signer_in_session(), MemberRole.EDITOR, by=None)
    with pytest.raises(Refused), unit_of_work():
        actions.issue(queries.get_decision(identity), by=signer_in_session())


def test_applications_and_the_call_end_with_their_last_decision(app: Flask) -> None:
    call = make_scored()
    make_issued(call, ["costs"])
    statuses = set(db.session.scalars(db.select(Application.status).where(Application.call_id == call.id)))
    assert statuses == {ApplicationStatus.IN_EVALUATION}, "the other pot of the track is not divided yet"
    drafted = make_drafted(call, ["support"])
    for number, decision in enumerate(drafted, start=1):
        with unit_of_work():
            actions.issue(queries.get_decision(decision.id), by=signer_in_session())
        done = sum(
            one == ApplicationStatus.DECIDED
            for one in db.session.scalars(db.select(Application.status).where(Application.call_id == call.id))
        )
        assert done == number
    assert db.session.get_one(Call, call.id).status == CallStatus.CONCLUDED
    assert audit.timeline(db.session.get_one(Call, call.id), audit.PUBLIC)[-1].data == {"decisions": 6}
    with pytest.raises(Refused), unit_of_work():
        actions.issue(queries.get_decision(drafted[0].id), by=signer_in_session())


def test_the_signed_act_carries_its_sheet_and_the_applicant_is_told(app: Flask) -> None:
    proposal = make_issued()
    assert documents.jobs.progress(actions.batch_of(proposal)).total == 6
    render()
    progress = documents.jobs.progress(actions.batch_of(proposal))
    assert (progress.done, progress.failed) == (6, 0)
    decision = decision_of("Športno društvo Burja", "support")
    document = queries.documents_of([decision])[decision.id]
    assert document.file_sha256
    pdf = files.read(document.file_sha256)
    report = signing.verify(pdf, documents.signer().roots)
    assert report.valid, report.problem
    names = PdfFileReader(io.BytesIO(pdf)).root["/Names"]["/EmbeddedFiles"]["/Names"]
    attached = json.loads(names[1].get_object()["/EF"]["/F"].get_object().data)
    assert attached["sheet"] == decision.sheet_data == decision.award.sheet.data
    digest = hashlib.sha256(audit.canonical_json(attached["sheet"]).encode()).hexdigest()
    assert attached["sheet_sha256"] == digest == decision.sheet_sha256
    assert attached["award"]["amount_cents"] == decision.amount_cents == 15000
    message = db.session.scalars(db.select(Message).where(Message.event == "decisions/issued", Message.about_id == decision.id)).one()
    assert message.to == decision.application.organisation.email
    assert message.body.startswith(f"=== ODDANO, ŠTEVILKA {decision.application.number} ===")
    assert "ni vročitev" in message.body and decision.number in message.subject
    assert message.sent_at is not None


def test_the_facts_of_the_act_are_those_that_its_document_asks_for(app: Flask) -> None:
    sample = json.loads((Path(__file__).parents[1] / "base" / "facts" / "decision.json").read_text(encoding="utf-8"))
    make_issued()
    decision = decision_of("Društvo Pod pragom", "support")
    facts = queries.documents_of([decision])[decision.id].facts
    assert set(facts) - set(sample) == {"sheet", "sheet_sha256", "rulebook_sha256", "award"} and not set(sample) - set(facts)
    assert (facts["act"], facts["outcome"], facts["awards"], facts["conditions"]) == ("decision", "refused", [], [])
    assert (facts["points_total"], facts["points_maximum"], facts["threshold"]) == ("7", "40", "15")
    assert facts["not_granted"][0]["sl"].startswith("Vloga je dosegla toliko točk: 7. Pravila zahtevajo najmanj 15")
    assert facts["not_granted"][0]["it"].startswith("La domanda ha ottenuto il seguente punteggio: 7.")
    assert "pritožba" in facts["remedy"]["sl"] and "ricorso" in facts["remedy"]["it"]
    assert [step["text"]["it"] for step in facts["course"]][-1].startswith("Adozione della ripartizione")
    assert facts["criteria"][0]["article"] == {"sl": "9. člen", "it": "articolo 9"}
    assert facts["conditions_met"][1]["proof"] == {
        "sl": "podatki iz vloge: »Število članov« (12) ≥ 5 – drži",
        "it": "dati della domanda: «Numero dei soci» (12) ≥ 5 – risulta",
    }
    partly = decision_of("Kulturno društvo Sidro", "support")
    facts = queries.documents_of([partly])[partly.id].facts
    assert (facts["outcome"], facts["refused"][0]["amount_cents"], facts["awards"][0]["amount_cents"]) == ("partly", 80000, 120000)
    assert "Fondi messi a bando" in facts["calculation"][0]["text"]["it"]
    assert "«Spese non legate ai programmi»" in facts["calculation"][1]["text"]["it"], "titles of pots speak the language of the part"


def test_the_general_regime_gives_an_order_of_the_mayor_with_court_action_in_one_language(app: Flask) -> None:
    make_issued(make_scored(regime="general", languages=["sl"]))
    decision = decision_of("Kulturno društvo Sidro", "support")
    facts = queries.documents_of([decision])[decision.id].facts
    assert (facts["act"], facts["languages"], facts["organ"]) == ("order", ["sl"], {"sl": "Občina Obala, županja"})
    assert "upravni spor" in facts["remedy"]["sl"] and "pritožba" not in facts["remedy"]["sl"].replace("pritožbe", "")
    assert facts["criteria"][2]["reason"] == {"sl": "Načrt je dober, a izvajalci niso navedeni."}
    render()
    assert queries.documents_of([decision])[decision.id].file_sha256


def test_issuing_does_not_load_what_renders_and_signs(tmp_path: Path) -> None:
    """It would be loaded inside the transaction, while everybody else waits for the lock of the database, and stay in the memory of the worker."""
    program = (
        "import sys; from grants.app import create_app; from grants.base import documents; app = create_app(); app.app_context().push();"
        "print(documents.signature_facts()['signer'] == documents.signature_facts()['signer'], [n for n in ('weasyprint', 'pyhanko') if n in sys.modules],"
        "documents.signer().facts() == documents.signature_facts())"
    )
    environment = {**os.environ, "GRANTS_DATA": str(tmp_path)}
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", program], env=environment, cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True [] True"
