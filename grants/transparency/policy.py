"""What everybody may read: results once their decisions are issued. Until then nobody learns from here that there are any."""

from __future__ import annotations

from grants.accounts.models import User
from grants.base.access import Verdict
from grants.calls import policy as calls
from grants.calls.models import Call
from grants.decisions.states import DecisionStatus
from grants.transparency.queries import PublicAward, public_pots, recomputable_pots


def may_see_results(user: User | None, call: Call) -> Verdict:
    """Whoever may see the call: everybody, once it was published. The page says so while nothing is decided."""
    return calls.may_see(user, call)


def may_see_bundle(user: User | None, call: Call) -> Verdict:
    """Everybody, once a pot of the call is decided whole and so is every pot whose leftover it got."""
    if calls.may_see(user, call) and recomputable_pots(call):
        return Verdict.yes()
    return Verdict.hidden()


def may_see_award(user: User | None, found: PublicAward) -> Verdict:
    """Everybody, if money was awarded and its pot is public. A refusal is a matter of the applicant and the office."""
    decision = found.decision
    if decision.status != DecisionStatus.ISSUED or not decision.amount_cents:
        return Verdict.hidden()
    return Verdict.yes() if decision.award.pot in public_pots(found.call) else Verdict.hidden()
