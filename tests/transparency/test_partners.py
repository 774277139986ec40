"""What becomes of partners after the opening: a conflict of interest reaches them, the act and the public pages name them, the award is the applicant's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from grants.accounts.actions import add_member
from grants.accounts.models import MemberRole, Organisation, User
from grants.applications import joint
from grants.applications.actions import office
from grants.applications.models import Application, ApplicationPartner
from grants.applications.states import PartnerStatus
from grants.base import clock
from grants.base.db import db
from grants.base.transaction import unit_of_work
from grants.base.workflow import move
from grants.base.workflow import start as begin
from grants.calls.models import Call
from grants.decisions import policy
from grants.decisions.letters import act
from grants.decisions.models import Decision, Proposal
from grants.evaluation import queries as evaluation
from tests.applications.builders import make_application, make_organisation, owner_of
from tests.applications.joint import agreed, named, submitted
from tests.calls.builders import at, make_call
from tests.conftest import sign_in
from tests.decisions.builders import RULEBOOK, THREE, make_issued, make_proposal, make_scored, signer
from tests.evaluation import builders as panels
from tests.pages import LintingClient

JOINT = RULEBOOK.replace("    pots:\n", "    partners: {most: 2, article: 6. člen}\n    pots:\n", 1)
LEAD = THREE[0].name


def application_of(call: Call, name: str) -> Application:
    query = db.select(Application).join(Application.organisation).where(Application.call_id == call.id, Organisation.name == name)
    return db.session.scalars(query).one()


def join(call: Call, name: str, partner: Organisation, *, agreed: bool = True) -> None:
    """As an application on paper is joined: a partner, with or without its consent."""
    with unit_of_work():
        application = application_of(call, name)
        other = db.session.get_one(Organisation, partner.id)
        by = owner_of(other)
        made = ApplicationPartner(
            place=len(application.partners) + 1, tax_number=other.tax_number, name=other.name, email="", task="Pripravi oder.", asked_at=clock.now(),
            asked_by_id=by.id, on_paper=True,
        )  # fmt: skip
        application.named_partners.append(made)
        begin(made, by=by, name=made.name)
        db.session.flush()
        if agreed:
            made.consented_at, made.consented_sha256 = clock.now(), joint.mark_of(application, made)
            move(made, PartnerStatus.CONSENTED, by=by, name=made.name, sha256=made.consented_sha256)


def acts_for(person: User, organisation: Organisation) -> None:
    with unit_of_work():
        organisation = db.session.get_one(Organisation, organisation.id)
        add_member(organisation, db.session.get_one(User, person.id), MemberRole.READER, by=owner_of(organisation))


def test_act_and_public_pages_name_the_partners_that_agreed_and_the_award_is_the_applicants(client: LintingClient) -> None:
    call = make_scored(rulebook=JOINT)
    partner, silent = make_organisation(name="Gledališče Oljka"), make_organisation(name="Društvo Molk")
    join(call, LEAD, partner)
    join(call, LEAD, silent, agreed=False)
    call_id = make_issued(call).call_id
    page = client.get(f"/sl/razpisi/{call_id}/rezultati").text
    assert "skupaj s partnerji: Gledališče Oljka" in page and "Društvo Molk" not in page
    decisions = {(one.application.organisation.name, one.award.pot): one for one in db.session.scalars(db.select(Decision))}
    decision = decisions[LEAD, "support"]
    assert "Gledališče Oljka" in client.get(f"/it/razpisi/{call_id}/rezultati/{decision.id}").text
    facts = act.facts_of(decision, signature=None)
    assert facts["party_name"] == LEAD
    assert (
        "Gledališče Oljka" in facts["partners"]["sl"]
        and "Gledališče Oljka" in facts["partners"]["it"]
        and "Molk" not in facts["partners"]["sl"]
    )
    assert "partners" not in act.facts_of(decisions[THREE[1].name, "support"], signature=None)


def test_whoever_acts_for_a_partner_neither_scores_nor_adopts(client: LintingClient) -> None:
    call = make_scored(rulebook=JOINT)
    partner = make_organisation()
    join(call, LEAD, partner)
    panel = evaluation.find_panel(db.session.get_one(Call, call.id))
    assert panel is not None
    seat = panel.members[1]
    application = application_of(call, LEAD)
    assert not evaluation.has_link(seat, application)
    acts_for(seat.user, partner)
    seat = db.session.merge(seat)
    assert evaluation.has_link(seat, application_of(call, LEAD))
    assert not evaluation.has_link(seat, application_of(call, THREE[1].name))
    proposal = make_proposal(call)
    assert policy.may_adopt(signer(), db.session.get_one(Proposal, proposal.id))
    acts_for(signer(), partner)
    db.session.expire_all()
    assert not policy.may_adopt(signer(), db.session.get_one(Proposal, proposal.id))


def test_the_results_cost_one_statement_more_whatever_the_number_of_partners(
    client: LintingClient, queries: Callable[[], list[str]]
) -> None:
    call = make_scored(rulebook=JOINT)
    join(call, LEAD, make_organisation())
    call_id = make_issued(call).call_id
    address = f"/sl/razpisi/{call_id}/rezultati"

    def spent() -> int:
        client.get(address)
        queries()
        client.get(address)
        return len(queries())

    one = spent()
    join(call, LEAD, make_organisation())
    join(call, THREE[1].name, make_organisation())
    assert spent() == one


def test_the_panel_declares_on_partners_too_and_sees_what_each_of_them_does(client: LintingClient) -> None:
    before = clock.now() - timedelta(days=30)
    rules = panels.RULEBOOK.replace("    pots:\n", "    partners: {most: 2, article: 6. člen}\n    pots:\n", 1)
    scene = panels.make_opened(1, rulebook=rules)
    times = {"opens_at": before - timedelta(days=10), "closes_at": before + timedelta(days=10), "opening_at": before + timedelta(days=11)}
    call = make_call(rulebook=rules, **times)
    with at(before):
        application = make_application("ready", call=call, track="operating", members=40, plan="Načrt.", costs=10000, requested=200000)
        partner = named(application, make_organisation(name="Gledališče Oljka"), "Postavi oder in luči.")
        agreed(partner)
        submitted(application)
    with at(before + timedelta(days=12)), unit_of_work():
        office.open_call(db.session.get_one(Call, call.id), by=scene.officer)
    scene = panels.appoint(replace(scene, call_id=call.id, application_ids=[application.id]))
    sign_in(client, scene.user(0))
    page = client.get(f"/sl/razpisi/{call.id}/izjava").text
    assert "skupaj s partnerji: Gledališče Oljka" in page
    panels.start(panels.declare(scene))
    page = client.get(f"/sl/ocenjevanja/{scene.evaluation().id}/vloge/{application.id}").text
    assert "Gledališče Oljka" in page and "Postavi oder in luči." in page
