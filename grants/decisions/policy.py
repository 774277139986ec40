"""Who may read, prepare, adopt and issue. Whether it may happen now is asked by the actions."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from grants.accounts.models import Role, User
from grants.accounts.policy import holds, member_role
from grants.applications import joint
from grants.base.access import Verdict
from grants.calls.models import Call
from grants.decisions.models import Decision, Proposal
from grants.decisions.queries import Owed, PotOfCall
from grants.decisions.states import DecisionStatus

READERS = (Role.OFFICER, Role.FINANCE, Role.SIGNER, Role.AUDITOR)


def _one_of(user: User, roles: tuple[Role, ...], area: str) -> bool:
    return any(holds(user, role, area) for role in roles)


def may_see_proposals(user: User, call: Call) -> Verdict:
    """Those in the office who prepare, sign, pay or audit in this area; to others a division that is not adopted does not exist."""
    return Verdict.yes() if _one_of(user, READERS, call.area) else Verdict.hidden()


def may_prepare(user: User, call: Call) -> Verdict:
    """The call officer of the area."""
    if not may_see_proposals(user, call):
        return Verdict.hidden()
    if holds(user, Role.OFFICER, call.area):
        return Verdict.yes()
    return Verdict.no(_l("Only the call officer of this area computes a distribution."))


def may_see_amounts(user: User, pot: PotOfCall) -> Verdict:
    """As the proposals of the call."""
    return may_see_proposals(user, pot.call)


def may_enter_amounts(user: User, pot: PotOfCall) -> Verdict:
    """The call officer of the area."""
    if not may_see_amounts(user, pot):
        return Verdict.hidden()
    if not holds(user, Role.OFFICER, pot.call.area):
        return Verdict.no(_l("Only the call officer of this area enters the amounts that the panel decided."))
    return Verdict.yes()


def may_see_proposal(user: User, proposal: Proposal) -> Verdict:
    """As the list of proposals."""
    return may_see_proposals(user, proposal.call)


def may_discard(user: User, proposal: Proposal) -> Verdict:
    """The call officer or the signer of the area."""
    if not may_see_proposal(user, proposal):
        return Verdict.hidden()
    if _one_of(user, (Role.OFFICER, Role.SIGNER), proposal.call.area):
        return Verdict.yes()
    return Verdict.no(_l("Only the call officer or the signer of this area discards a distribution."))


def may_adopt(user: User, proposal: Proposal) -> Verdict:
    """The signer of the area, if somebody else prepared it: four eyes."""
    if not may_see_proposal(user, proposal):
        return Verdict.hidden()
    if not holds(user, Role.SIGNER, proposal.call.area):
        return Verdict.no(_l("Only the signer of this area adopts a distribution."))
    if proposal.prepared_by_id == user.id:
        return Verdict.no(_l("You prepared this distribution yourself. Another signer has to adopt it, so that four eyes have seen it."))
    if user.memberships:
        joint.load_partners([award.application for award in proposal.awards])
    if any(joint.involves(award.application, user) for award in proposal.awards):
        return Verdict.no(_l("You act for one of the applicants in this distribution, so you may not adopt it. Another signer has to."))
    return Verdict.yes()


def may_issue_all(user: User, proposal: Proposal) -> Verdict:
    """The signer of the area."""
    if not may_see_proposal(user, proposal):
        return Verdict.hidden()
    if holds(user, Role.SIGNER, proposal.call.area):
        return Verdict.yes()
    return Verdict.no(_l("Only the signer of this area issues decisions."))


def is_party(user: User, decision: Decision) -> bool:
    """Whether the person acts for the organisation that the decision is about."""
    return member_role(user, decision.application.organisation_id) is not None


def reads_in_office(user: User, decision: Decision) -> bool:
    """Whether the person reads it as somebody of the office."""
    return _one_of(user, READERS, decision.application.call.area)


def may_see_decision(user: User, decision: Decision) -> Verdict:
    """The office always; the party once it is issued; nobody else learns that it exists."""
    if reads_in_office(user, decision):
        return Verdict.yes()
    if decision.status == DecisionStatus.ISSUED and is_party(user, decision):
        return Verdict.yes()
    return Verdict.hidden()


def may_issue(user: User, decision: Decision) -> Verdict:
    """The signer of the area; a member of the applicant never signs for the office."""
    if not may_see_decision(user, decision):
        return Verdict.hidden()
    if not holds(user, Role.SIGNER, decision.application.call.area):
        return Verdict.no(_l("Only the signer of this area issues decisions."))
    if is_party(user, decision):
        return Verdict.no(_l("You act for the applicant of this decision, so you may not sign it. Another signer has to."))
    return Verdict.yes()


def may_complete(user: User, decision: Decision) -> Verdict:
    """The call officer of the area enters a reason that the panel still owes."""
    if not may_see_decision(user, decision):
        return Verdict.hidden()
    if holds(user, Role.OFFICER, decision.application.call.area):
        return Verdict.yes()
    return Verdict.no(_l("Only the call officer of this area enters a reason of the panel."))


def may_complete_line(user: User, owed: Owed) -> Verdict:
    """As the decision it stands in."""
    return may_complete(user, owed.decision)
