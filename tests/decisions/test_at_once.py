"""Two people of the office at the same moment: the money of a call is divided once, and whoever comes second is told so."""

from __future__ import annotations

from flask import Flask

from grants.accounts.models import Role
from grants.base.audit import AuditEvent
from grants.base.db import db
from grants.base.documents import Document
from grants.decisions.models import Decision, Proposal
from tests.applications.test_at_once import at_once
from tests.conftest import sign_in
from tests.decisions.builders import make_drafted, make_proposal, make_scored, make_user, officer, signer


def test_two_officers_who_prepare_at_once_make_one_proposal(app: Flask) -> None:
    call = make_scored()
    address = f"/sl/razpisi/{call.id}/razdelitve"
    people = (officer(), make_user("drugi.referent@obala.example", role=Role.OFFICER))
    clients = [sign_in(app.test_client(), person) for person in people]
    answers = at_once(app, lambda n: clients[n].post(address, data={"pots": ["costs", "support"]}), 2)
    first, second = sorted(one.status_code for one in answers)
    assert first == 303
    assert second in (409, 422)  # refused by the action, or by the form, which no longer offers these pots
    assert db.session.query(Proposal).count() == 1


def test_two_signers_who_adopt_at_once_draft_each_decision_once(app: Flask) -> None:
    proposal = make_proposal()
    address = f"/sl/razdelitve/{proposal.id}/sprejmi"
    people = (signer(), make_user("druga.podpisnica@obala.example", role=Role.SIGNER))
    clients = [sign_in(app.test_client(), person) for person in people]
    answers = at_once(app, lambda n: clients[n].post(address), 2)
    assert sorted(one.status_code for one in answers) == [303, 409]
    assert db.session.query(Decision).count() == 6


def test_a_proposal_is_adopted_or_discarded_and_never_both(app: Flask) -> None:
    proposal = make_proposal()
    address, clients = f"/sl/razdelitve/{proposal.id}", [sign_in(app.test_client(), person) for person in (signer(), officer())]
    answers = at_once(app, lambda n: clients[n].post(f"{address}/{('sprejmi', 'zavrzi')[n]}", data={"reason": "Napaka v razdelitvi."}), 2)
    assert sorted(one.status_code for one in answers) == [303, 409]
    adopted = db.session.get_one(Proposal, db.session.query(Proposal.id).scalar()).status == "adopted"
    assert (db.session.query(Decision).count() > 0) is adopted


def test_one_decision_and_all_decisions_issued_at_once_are_issued_once(app: Flask) -> None:
    drafted = make_drafted()
    decision = db.session.get_one(Decision, drafted[0].id)
    addresses = (f"/sl/odlocbe/{decision.id}/izdaj", f"/sl/razdelitve/{decision.award.proposal_id}/odlocbe/izdaj")
    clients = [sign_in(app.test_client(), signer()) for _ in range(2)]
    answers = at_once(app, lambda n: clients[n].post(addresses[n]), 2)
    assert answers[1].status_code == 303  # all others, or all
    assert answers[0].status_code in (303, 409)
    assert db.session.query(Document).filter_by(kind="decision").count() == 6
    assert db.session.query(AuditEvent).filter_by(kind="decision.issued").count() == 6
