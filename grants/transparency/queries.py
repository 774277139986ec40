"""Reads of what the public may see: pots of which every decision is issued."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TypeVarTuple

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import contains_eager, defer

from grants.applications.models import Application
from grants.base.db import db
from grants.base.errors import missing
from grants.calls.models import Call
from grants.calls.queries import get_call
from grants.decisions.models import Award, Decision, Proposal
from grants.decisions.queries import get_decision, settled_pots
from grants.decisions.states import DecisionStatus, ProposalStatus
from scoring.pools import settled_with
from scoring.rulebook import Rulebook

Columns = TypeVarTuple("Columns")
_LIGHT = (defer(Call.rulebook_text), defer(Call.rulebook_data), defer(Call.content), defer(Call.acknowledged))


@dataclass(frozen=True)
class CallResult:
    """One call in the list of results."""

    call: Call
    recipients: int
    amount_cents: int


def results() -> Sequence[CallResult]:
    """Calls with a pot whose decisions are all issued, the newest publication first. Two queries for any number of calls."""
    query = (
        public_awards(
            select(
                Application.call_id,
                func.count(func.distinct(Application.organisation_id)),
                func.coalesce(func.sum(Decision.amount_cents), 0),
            )
        )
        .where(Decision.amount_cents > 0)
        .group_by(Application.call_id)
    )
    sums = {call_id: (recipients, int(cents)) for call_id, recipients, cents in db.session.execute(query)}
    public = _public_pots().subquery()
    with_pots = select(Proposal.call_id).join(public, public.c.proposal_id == Proposal.id)
    calls = db.session.scalars(
        select(Call).options(*_LIGHT).where(Call.id.in_(with_pots)).order_by(Call.published_at.desc(), Call.id.desc())
    )
    return [CallResult(call, *sums.get(call.id, (0, 0))) for call in calls]


def public_awards(query: Select[*Columns]) -> Select[*Columns]:
    """A query over applications, with the decision and the award of each, as far as their pot is public."""
    public = _public_pots().subquery()
    return (
        query.join(Decision, Decision.application_id == Application.id)
        .join(Award, Award.id == Decision.award_id)
        .join(public, (public.c.proposal_id == Award.proposal_id) & (public.c.pot == Award.pot))
    )


def _public_pots() -> Select[int, str]:
    """(proposal, pot) of adopted proposals where every award has an issued decision.

    A pot is shown whole or not at all: its point value and its sum would tell the amount of those whose decision is not issued yet.
    """
    issued = func.sum(case((Decision.status == DecisionStatus.ISSUED, 1), else_=0))
    return (
        select(Award.proposal_id, Award.pot)
        .join(Proposal, Proposal.id == Award.proposal_id)
        .outerjoin(Decision, Decision.award_id == Award.id)
        .where(Proposal.status == ProposalStatus.ADOPTED)
        .group_by(Award.proposal_id, Award.pot)
        .having(issued == func.count(Award.id))
    )


def public_pots(call: Call) -> set[str]:
    """The pots of a call that are public. A pot for which nobody competed is public with the others of its proposal."""
    proposals = select(Proposal.id, Proposal.pots).where(Proposal.call_id == call.id, Proposal.status == ProposalStatus.ADOPTED)
    competed = (
        select(Award.proposal_id, Award.pot)
        .join(Proposal, Proposal.id == Award.proposal_id)
        .where(Proposal.call_id == call.id, Proposal.status == ProposalStatus.ADOPTED)
        .distinct()
    )
    with_awards = {(proposal, pot) for proposal, pot in db.session.execute(competed)}
    whole = {(proposal, pot) for proposal, pot in db.session.execute(_public_pots().where(Proposal.call_id == call.id))}
    public = {pot for _proposal, pot in whole}
    for identity, pots in db.session.execute(proposals):
        if not any((identity, pot) in with_awards - whole for pot in pots):
            public |= set(pots)
    return public


def recomputable_pots(call: Call) -> list[str]:
    """The public pots that can be recomputed, in the order of the rules: those that are settled with others are there only with all of them.

    A leftover may come from a pot that was settled before and is not public yet: how much it was is public with what it joined.
    """
    chosen, settled = public_pots(call), settled_pots(call)
    while short := unsettled(call.rulebook, chosen, settled - chosen):
        chosen -= short
    return [pot.id for _track, pot in call.rulebook.pots() if pot.id in chosen]


def unsettled(rulebook: Rulebook, chosen: set[str], before: Collection[str] = ()) -> set[str]:
    """Those of the chosen pots that need one that is not chosen: for its leftover, to pass theirs on afterwards, to exclude one another,
    or to be counted together.

    What is left of a pot that was settled `before` can be carried over, if all the pots along which it goes are chosen.
    """
    short: set[str] = set()
    for _track, pot in rulebook.pots():
        targets = set(pot.leftover.to) if pot.leftover else set()
        if pot.id not in chosen:
            carried = pot.leftover is not None and pot.leftover.when == "before" and pot.id in before and targets <= chosen
            short |= set() if carried else targets
        elif pot.leftover and pot.leftover.when == "after" and not targets <= chosen:
            short.add(pot.id)
        short |= {pot.id} if any(other.id not in chosen for other in settled_with(rulebook, pot)) else set()
    for rule in rulebook.exclusive:
        if not set(rule.pots) <= chosen:
            short |= set(rule.pots)
    return short & chosen


def decisions_in(call: Call) -> list[Decision]:
    """The issued decisions of a call with award, application and recipient, largest amounts first. One query."""
    query = (
        select(Decision)
        .join(Decision.award)
        .join(Award.application)
        .join(Application.organisation)
        .where(Application.call_id == call.id, Decision.status == DecisionStatus.ISSUED)
        .options(
            defer(Decision.sheet_data),
            contains_eager(Decision.award).contains_eager(Award.application).contains_eager(Application.organisation),
            contains_eager(Decision.award).contains_eager(Award.application).defer(Application.answers),
        )
    )
    return list(db.session.scalars(query.order_by(Award.pot, Decision.amount_cents.desc(), Decision.id)))


def adopted(call: Call) -> list[Proposal]:
    """The adopted proposals of a call in the order of adoption, without their awards. One query."""
    query = select(Proposal).where(Proposal.call_id == call.id, Proposal.status == ProposalStatus.ADOPTED)
    return list(db.session.scalars(query.order_by(Proposal.adopted_at, Proposal.id)))


@dataclass(frozen=True)
class PublicAward:
    """One award of a call, with the call in whose address it stands."""

    call: Call
    decision: Decision


def get_award(call_id: int, decision_id: int) -> PublicAward:
    """A decision of this very call, or 404."""
    call = get_call(call_id)
    decision = get_decision(decision_id)
    if decision.application.call_id != call.id:
        missing()
    return PublicAward(call, decision)
