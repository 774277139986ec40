"""A proposal: computed by the published rule, adopted by another person, discarded with a reason."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from grants.base.db import db
from grants.base.errors import Refused
from grants.base.transaction import unit_of_work
from grants.calls.models import Call
from grants.decisions import actions, distribution, queries
from grants.decisions.states import ProposalStatus
from tests.decisions.builders import make_drafted, make_opened, make_proposal, make_scored, officer_in_session, signer_in_session


def amounts(proposal_id: int) -> dict[tuple[str, str], int]:
    proposal = queries.get_proposal(proposal_id)
    return {(award.pot, award.application.organisation.name): award.amount_cents for award in proposal.awards}


def test_the_leftover_joins_before_the_point_value_is_computed(app: Flask) -> None:
    proposal = queries.get_proposal(make_proposal().id)
    costs, support = distribution.shown(proposal)
    assert (costs.paid_cents, costs.residual_cents, support.joined_cents, support.available_cents) == (15000, 35000, 35000, 135000)
    # 38 and 22 points share 1350.00; the second is capped at its request of 150.00, the first gets what remains.
    assert amounts(proposal.id) == {
        ("costs", "Kulturno društvo Sidro"): 10000, ("costs", "Športno društvo Burja"): 5000, ("costs", "Društvo Pod pragom"): 0,
        ("support", "Kulturno društvo Sidro"): 120000, ("support", "Športno društvo Burja"): 15000, ("support", "Društvo Pod pragom"): 0,
    }  # fmt: skip
    assert proposal.rulebook_sha256 == proposal.call.rulebook_sha256


def test_a_leftover_of_an_earlier_adopted_proposal_is_carried(app: Flask) -> None:
    call = make_scored()
    make_drafted(call, ["costs"])
    proposal = queries.get_proposal(make_proposal(call, ["support"]).id)
    (support,) = distribution.shown(proposal)
    assert (support.joined_cents, support.available_cents) == (35000, 135000)


def test_a_pot_waits_for_the_one_whose_leftover_it_gets(app: Flask) -> None:
    call = make_scored()
    with pytest.raises(Refused, match="Neprogramski stroški"), unit_of_work():
        actions.prepare(db.session.get_one(Call, call.id), ["support"], by=officer_in_session())


def test_a_pot_that_is_not_scored_is_not_divided(app: Flask) -> None:
    call = make_opened()
    with pytest.raises(Refused), unit_of_work():
        actions.prepare(db.session.get_one(Call, call.id), ["costs", "support"], by=officer_in_session())


def test_two_proposals_of_one_pot_never_stand_side_by_side(app: Flask) -> None:
    proposal = make_proposal()
    for _ in range(2):
        with pytest.raises(Refused), unit_of_work():
            actions.prepare(queries.get_proposal(proposal.id).call, ["costs"], by=officer_in_session())
        with unit_of_work():
            if queries.get_proposal(proposal.id).status == ProposalStatus.PREPARED:
                actions.adopt(queries.get_proposal(proposal.id), by=signer_in_session())


def test_a_discarded_proposal_frees_its_pots_and_keeps_its_reason(app: Flask) -> None:
    proposal = make_proposal()
    with pytest.raises(Refused), unit_of_work():
        actions.discard(queries.get_proposal(proposal.id), reason="  ", by=officer_in_session())
    with unit_of_work():
        actions.discard(queries.get_proposal(proposal.id), reason="Napačen sklop.", by=officer_in_session())
    again = make_proposal(queries.get_proposal(proposal.id).call)
    assert again.id != proposal.id


def test_four_eyes(app: Flask) -> None:
    from grants.accounts.actions import grant_role
    from grants.accounts.models import Role

    proposal = make_proposal()
    with unit_of_work():
        grant_role(officer_in_session(), Role.SIGNER, area="sport", by=None)
    with pytest.raises(Refused) as refused, unit_of_work():
        actions.adopt(queries.get_proposal(proposal.id), by=officer_in_session())
    assert refused.value.status == 403
    with unit_of_work():
        drafted = actions.adopt(queries.get_proposal(proposal.id), by=signer_in_session())
        assert len(drafted) == 6


def test_only_what_the_rule_gives_today_is_adopted(app: Flask) -> None:
    proposal = make_proposal()
    with unit_of_work():
        changed = queries.get_proposal(proposal.id)
        changed.allocation = {**changed.allocation, "results": changed.allocation["results"][:1]}
    with pytest.raises(Refused), unit_of_work():
        actions.adopt(queries.get_proposal(proposal.id), by=signer_in_session())


def test_of_several_applications_of_one_organisation_the_first_stands_for_all() -> None:
    rows: list[Any] = [
        SimpleNamespace(application_id=one, application=SimpleNamespace(organisation_id=org)) for one, org in ((1, 7), (2, 8), (3, 7))
    ]
    assert distribution.owners_of(rows, {1: "A001", 2: "A002", 3: "A003"}) == {"A001": "A001", "A003": "A001"}
